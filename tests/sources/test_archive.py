"""Zip files that are not what they should be: each is refused with its reason, and nothing is unpacked."""

from __future__ import annotations

import os
import struct
import zipfile
from io import BytesIO
from itertools import count

import pytest

from mesh_graph.sources.archive import ArchiveLimits, ArchiveRefused, read_archive, write_archive

CONTENTS = {"one.json": b"{}", "two/three.npy": bytes(range(256)) * 40}
SMALL = ArchiveLimits(packed_bytes=20_000, unpacked_bytes=100_000, entries=8, directory_bytes=1000)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "file.zip"
    write_archive(path, CONTENTS)
    return path


def zipped(path, entries, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in entries:
            archive.writestr(name, content)


def refused(path, limits=SMALL, **options) -> str:
    with pytest.raises(ArchiveRefused) as caught:
        read_archive(path, limits, **options)
    assert sorted(path.parent.iterdir()) == [path], "nothing was unpacked"
    return str(caught.value)


def test_contents_come_back_whole(path):
    assert read_archive(path, SMALL) == CONTENTS


def test_writing_leaves_the_old_file_where_it_fails(path):
    before = path.read_bytes()
    with pytest.raises(TypeError):
        write_archive(path, {"one": "not bytes", "two": None})
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("kept", [0, 1, 21, 41, 60, -1, -22])
def test_a_truncated_file_is_no_archive(path, kept):
    path.write_bytes(path.read_bytes()[:kept])
    assert refused(path) == "is no zip archive, or was truncated"


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"<html>" * 100, b"PK\5\6", bytes(5000)])
def test_a_foreign_file_is_no_archive(path, content):
    path.write_bytes(content)
    assert refused(path) == "is no zip archive, or was truncated"


def test_every_flipped_byte_is_refused_or_changes_nothing(path):
    body = path.read_bytes()
    for place in range(0, len(body), 7):
        path.write_bytes(body[:place] + bytes([body[place] ^ 0x55]) + body[place + 1 :])
        try:
            found = read_archive(path, SMALL)
        except ArchiveRefused:
            continue
        # Names and dates have no checksum; contents have.
        assert set(found.values()) <= set(CONTENTS.values())


def test_a_bomb_is_refused_by_what_it_says_it_unpacks_to(path):
    zipped(path, [("bomb", bytes(SMALL.unpacked_bytes + 1))])
    assert path.stat().st_size < 1000
    assert refused(path).startswith("unpacks to more than")


def test_a_bomb_of_many_entries_counts_as_a_whole(path):
    zipped(path, [(f"bomb{i}", bytes(SMALL.unpacked_bytes // 4)) for i in range(5)])
    assert refused(path).startswith("unpacks to more than")


def test_a_bomb_that_lies_about_its_size_is_not_read_beyond_it(path):
    zipped(path, [("bomb", bytes(SMALL.unpacked_bytes * 10))])
    body = bytearray(path.read_bytes())
    told = struct.pack("<L", SMALL.unpacked_bytes * 10)
    assert body.count(told) == 2
    path.write_bytes(bytes(body.replace(told, struct.pack("<L", 100))))
    assert refused(path) == "is damaged or truncated"


def test_a_large_file_is_refused_before_it_is_read(path):
    with path.open("ab") as file:
        file.truncate(10**12)
    assert refused(path).startswith("is larger than")


def test_more_entries_than_allowed_are_refused(path):
    zipped(path, [(str(i), b"") for i in range(9)])
    assert refused(path) == "has more than 8 entries"


def test_a_list_of_entries_that_lies_about_their_number_is_refused_by_its_size(path):
    zipped(path, [(f"{i:>200}", b"") for i in range(9)])
    body = bytearray(path.read_bytes())
    body[-14:-10] = struct.pack("<2H", 1, 1)
    path.write_bytes(bytes(body))
    assert refused(path) == "has more than 8 entries"


def test_an_entry_that_is_there_twice_is_refused(path):
    with pytest.warns(UserWarning, match="Duplicate"):
        zipped(path, [("a", b"1"), ("a", b"2")])
    assert refused(path) == "has an entry twice"


def test_other_packings_and_encryption_are_refused(path):
    zipped(path, [("a", b"1" * 1000)], zipfile.ZIP_BZIP2)
    assert refused(path) == "is encrypted, or packed in another way"
    zipped(path, [("a", b"1" * 1000)])
    body = bytearray(path.read_bytes())
    body[body.rindex(b"PK\1\2") + 8] |= 1
    path.write_bytes(bytes(body))
    assert refused(path) == "is encrypted, or packed in another way"


def test_a_64_bit_archive_is_of_another_kind(path):
    body = path.read_bytes()
    path.write_bytes(body[:-22] + b"PK\6\7" + bytes(16) + body[-22:])
    assert refused(path) == "is a zip archive of another kind"


def test_a_comment_could_hide_another_archive(path):
    inner = BytesIO()
    zipped(inner, [("a", b"1")])
    body = path.read_bytes()[:-2] + struct.pack("<H", len(inner.getvalue())) + inner.getvalue()
    path.write_bytes(body)
    with pytest.raises(ArchiveRefused):
        read_archive(path, ArchiveLimits(entries=0))


def test_what_takes_too_long_is_given_up(path):
    seconds = count(step=40)
    assert refused(path, ArchiveLimits(), clock=lambda: float(next(seconds))) == "takes too long to unpack"


def test_a_pipe_is_not_waited_for(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert refused(path) == "is no regular file"


def test_paths_that_lead_elsewhere_are_names_and_nothing_more(path):
    zipped(path, [("../../evil", b"1"), ("/etc/evil", b"2")])
    assert set(read_archive(path, SMALL).values()) == {b"1", b"2"}
    assert list(path.parent.iterdir()) == [path]
