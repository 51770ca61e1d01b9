"""The users file is read anew when it changes; one that cannot be used lets nobody in."""

import os

import pytest

from mesh_graph.access.refusals import SignInUnavailable
from mesh_graph.access.users_file import UsersFile, read_roll
from mesh_graph.errors import ConfigError


def test_a_change_is_seen_at_once(tmp_path):
    path = tmp_path / "users.yaml"
    path.write_text("users: {ada: {}}")
    file = UsersFile(path)
    assert set(file.roll().users) == {"ada"}
    path.write_text("users: {bob: {}}")
    assert set(file.roll().users) == {"bob"}


def test_a_file_that_became_bad_lets_nobody_in_until_it_is_mended(tmp_path):
    path = tmp_path / "users.yaml"
    path.write_text("users: {ada: {}}")
    file = UsersFile(path)
    file.roll()
    path.write_text("users: {ada: {")
    for _ in range(2):
        with pytest.raises(SignInUnavailable) as caught:
            file.roll()
    assert "line 1 is no YAML" in caught.value.reason
    assert "users.yaml" not in str(caught.value)
    path.write_text("users: {ada: {}, bob: {}}")
    assert set(file.roll().users) == {"ada", "bob"}


def test_a_file_that_is_gone_lets_nobody_in(tmp_path):
    path = tmp_path / "users.yaml"
    path.write_text("users: {ada: {}}")
    file = UsersFile(path)
    file.roll()
    path.unlink()
    with pytest.raises(SignInUnavailable):
        file.roll()


def test_a_mounted_secret_changes_as_a_whole(tmp_path):
    """Kubernetes links each key through ``..data``, which it points to another folder."""
    for number, name in enumerate(("ada", "bob")):
        (tmp_path / f"..{number}").mkdir()
        (tmp_path / f"..{number}" / "users.yaml").write_text(f"users: {{{name}: {{}}}}")
    (tmp_path / "..data").symlink_to("..0")
    (tmp_path / "users.yaml").symlink_to("..data/users.yaml")
    file = UsersFile(tmp_path)
    assert set(file.roll().users) == {"ada"}
    (tmp_path / "..new").symlink_to("..1")
    os.replace(tmp_path / "..new", tmp_path / "..data")
    assert set(file.roll().users) == {"bob"}


def test_all_files_of_a_folder_count(tmp_path):
    (tmp_path / "a.yaml").write_text("users: {ada: {groups: [g]}}")
    (tmp_path / "b.yml").write_text("groups: {g: {namespaces: [x]}}")
    (tmp_path / "notes.txt").write_text("{")
    assert set(read_roll(tmp_path).users) == {"ada"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfe", "is not text in UTF-8"),
        (b"#" * (4 * 2**20 + 1), "is larger than"),
        (None, "holds no file"),
    ],
    ids=["binary", "large", "empty"],
)
def test_what_is_no_users_file_is_told(tmp_path, content, reason):
    if content is not None:
        (tmp_path / "users.yaml").write_bytes(content)
    with pytest.raises(ConfigError, match=reason):
        read_roll(tmp_path)


def test_without_a_file_there_is_nobody():
    assert UsersFile(None).roll().users == {}
