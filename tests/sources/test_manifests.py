"""A folder of manifests: what is read, what is refused and named, and that hostile text is no danger."""

import os

import pytest

from mesh_graph.sources.manifests import ManifestSource

SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: %s}\nspec: {selector: {app: a}}\n"


def source(folder, **files):
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_yaml", ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return ManifestSource(folder)


def refusals(folder, **files):
    gaps = source(folder, **files).snapshot().gaps
    assert {gap.message for gap in gaps} <= {"manifests.refused"}
    return [dict(gap.parameters)["problem"] for gap in gaps]


def names(snapshot, kind="Service"):
    return [f"{one.namespace}/{one.name}" for one in snapshot.objects(kind)]


def test_all_documents_of_all_files_are_read(tmp_path):
    read = source(
        tmp_path, a_yaml=SERVICE % "one" + "---\n" + SERVICE % "two", below__b_yaml=SERVICE % "three"
    )
    assert names(read.snapshot()) == ["default/one", "default/three", "default/two"]
    assert read.snapshot().gaps == ()


def test_items_of_a_list_are_objects(tmp_path):
    item = "- {apiVersion: v1, kind: Service, metadata: {name: %s, namespace: shop}}\n"
    text = "apiVersion: v1\nkind: List\nitems:\n" + item % "a" + "- 5\n" + item % "b"
    snapshot = source(tmp_path, l_yaml=text).snapshot()
    assert names(snapshot) == ["shop/a", "shop/b"]
    assert [one.origin.line_of("") for one in snapshot.objects("Service")] == [4, 6]


def test_json_and_yml_are_manifests_and_other_files_are_not(tmp_path):
    (tmp_path / "a.json").write_text('{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}}')
    (tmp_path / "b.yml").write_text(SERVICE % "b")
    (tmp_path / "c.txt").write_text(SERVICE % "c")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "d.yaml").write_text(SERVICE % "d")
    assert names(ManifestSource(tmp_path).snapshot()) == ["default/a", "default/b"]


def test_kinds_that_are_not_known_are_passed_over(tmp_path):
    text = "kind: Kustomization\nresources: []\n---\njust text\n---\n- 1\n---\n"
    assert refusals(tmp_path, a_yaml=text) == []


def test_legacy_rules_are_read(tmp_path):
    rule = "apiVersion: config.istio.io/v1alpha2\nkind: %s\nmetadata: {name: x}\nspec: {}\n"
    snapshot = source(tmp_path, r_yaml=rule % "RouteRule", e_yaml=rule % "EgressRule").snapshot()
    assert (names(snapshot, "RouteRule"), names(snapshot, "EgressRule")) == (["default/x"], ["default/x"])


def test_every_part_knows_its_line(tmp_path):
    text = """# a comment
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews}
spec:
  http:
  - route:
    - destination: {host: a}
    - destination:
        host: b
      weight: 5
"""
    (one,) = source(tmp_path, v_yaml=text).snapshot().objects("VirtualService")
    assert (one.origin.file, one.origin.line_of("")) == ("v.yaml", 2)
    route = "spec/http[0]/route[1]"
    lines = [
        one.origin.line_of(f"{route}{part}") for part in ("", "/destination", "/destination/host", "/weight")
    ]
    assert lines == [9, 9, 10, 11]
    assert one.origin.line_of("spec/http[0]/route[0]/subset") == 8
    assert one.origin.line_of("spec/gateways[0]") == 5


def laughs(line):
    """A text whose aliases unfold to 10^9 values."""
    rows = [f"{chr(98 + i)}: &{chr(98 + i)} " + line(chr(97 + i)) for i in range(9)]
    return "a: &a {x: 1}\n" + "\n".join(rows)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: " + "[" * 100_000, "nested deeper than"),
        ("{a: " * 5000, "nested deeper than"),
        (laughs(lambda name: f"[{','.join(['*' + name] * 10)}]"), "aliases unfolded"),
        (laughs(lambda name: f"{{<<: [{','.join(['*' + name] * 10)}]}}"), "aliases unfolded"),
        ("a: &a [*a]", "part of"),
        ("kind: List\nitems: &a [{kind: List, items: *a}]", "part of"),
        ("a: *b", "undefined alias"),
        ("x: " + "a" * (9 * 2**20), "larger than 8 MiB"),
        ("a: " + "9" * 5000, "is no YAML"),
        ("? [a, b]\n: c", "is no YAML"),
        ("kind: {{ .Values.kind }}", "is no YAML"),
        ("a:\n\t- b", "is no YAML: found character that cannot start any token (line 2)"),
        ("!!python/object/apply:os.system [ls]", "is no YAML"),
        ("a: !!int abc", "is no YAML"),
        ("a: 1\nb: 2\na: 3\n", "holds the key a twice (line 3)"),
        ("a: [{b: {c: 1, c: 1}}]", "holds the key c twice (line 1)"),
        ('a: \x00"', "is no YAML"),
        (b"\xff\xfe\x00\x01", "is not UTF-8"),
        ((SERVICE % "[1]"), "line 1: the Service has no metadata.name"),
        ("---\n" + (SERVICE % "a, namespace: 7"), "line 2: the Service has a metadata.namespace"),
    ],
)  # fmt: skip
def test_hostile_file_is_refused_with_the_reason_and_the_others_count(tmp_path, text, problem):
    read = source(tmp_path, bad_yaml=text, good_yaml=SERVICE % "good")
    (said,) = [dict(gap.parameters) for gap in read.snapshot().gaps]
    assert said["file"] == "bad.yaml"
    assert problem in said["problem"]
    assert len(said["problem"]) < 300
    assert names(read.snapshot()) == ["default/good"]


@pytest.mark.parametrize(
    "value", ["2026-01-01", "12:30:45", "yes", ".inf", "!!binary aGk=", "!!set {a, b}", "1e999"]
)
def test_odd_value_is_harmless(tmp_path, value):
    assert refusals(tmp_path, a_yaml=(SERVICE % "a").replace("app: a", f"app: {value}")) == []


def test_object_that_is_declared_twice_is_named_and_the_later_one_counts(tmp_path):
    later = SERVICE.replace("app: a", "app: b")
    read = source(tmp_path, a_yaml=SERVICE % "x", b_yaml=later % "y" + "---\n" + later % "x").snapshot()
    assert [(one.name, one.spec["selector"]["app"]) for one in read.objects("Service")] == [
        ("x", "b"),
        ("y", "b"),
    ]
    (gap,) = read.gaps
    assert (gap.message, dict(gap.parameters)) == (
        "manifests.twice",
        {"object": "Service default/x", "first": "a.yaml:1", "second": "b.yaml:6"},
    )


def test_merged_keys_and_the_same_key_elsewhere_are_no_repetition(tmp_path):
    text = "a: &a {k: 1}\nb: &b {k: 2}\nc: {<<: *a, k: 3}\nd: {<<: [*a, *b]}\ne: {<<: *a, <<: *b}\n"
    assert refusals(tmp_path, a_yaml=text) == []


def test_date_stays_text(tmp_path):
    text = (SERVICE % "a, creationTimestamp: 2026-01-01T00:00:00Z").replace(
        "selector: {app: a}", "type: 2026-01-01"
    )
    (one,) = source(tmp_path, a_yaml=text).snapshot().objects("Service")
    assert (one.spec["type"], one.created_at) == ("2026-01-01", 1767225600)


def test_link_and_pipe_are_no_way_out(tmp_path):
    (tmp_path / "inside").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.yaml").write_text(SERVICE % "a")
    (tmp_path / "inside" / "out").symlink_to(tmp_path / "outside", target_is_directory=True)
    (tmp_path / "inside" / "gone.yaml").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "inside" / "pipe.yaml")
    snapshot = ManifestSource(tmp_path / "inside").snapshot()
    assert names(snapshot) == []
    assert [dict(gap.parameters)["problem"] for gap in snapshot.gaps] == ["is no regular file"] * 2


def test_changed_folder_is_read_anew_and_an_unchanged_one_is_not(tmp_path):
    source(tmp_path, a_yaml=SERVICE % "a")
    read = ManifestSource(tmp_path, every_s=0)
    first = read.snapshot()
    assert read.snapshot() is first
    (tmp_path / "b.yaml").write_text(SERVICE % "b")
    second = read.snapshot()
    assert names(second) == ["default/a", "default/b"]
    assert second.version > first.version
    (tmp_path / "a.yaml").unlink()
    assert names(read.snapshot()) == ["default/b"]
    assert names(first) == ["default/a"]
