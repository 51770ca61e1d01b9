"""``mesh-graph check`` as pipelines call it: exit codes, text, JSON."""

import json

import pytest

from mesh_graph.cli import main

GOOD = """
apiVersion: v1
kind: Service
metadata: {name: reviews}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews}
spec:
  hosts: [reviews]
  http: [{route: [{destination: {host: reviews}}]}]
"""
MISSING_HOST = GOOD.replace("{host: reviews}", "{host: revews}")
MISSING_SUBSET = GOOD.replace("{host: reviews}", "{host: reviews, subset: v2}")
REFUSED = "a: [b\n"
HOST = "spec/http[0]/route[0]/destination/host"


@pytest.fixture
def checked(tmp_path, capsys):
    """Run the check over a folder with one file; its exit code and what it wrote."""

    def run(text: str, *arguments: str):
        (tmp_path / "routes.yaml").write_text(text)
        code = main(["check", "--manifests", str(tmp_path), *arguments])
        return code, capsys.readouterr().out

    return run


@pytest.mark.parametrize(
    ("text", "arguments", "code"),
    [
        (GOOD, (), 0),
        (GOOD, ("--fail-on", "unknown"), 0),
        (MISSING_HOST, (), 1),
        (MISSING_HOST, ("--fail-on", "warning"), 1),
        (MISSING_SUBSET, (), 0),
        (MISSING_SUBSET, ("--fail-on", "error"), 0),
        (MISSING_SUBSET, ("--fail-on", "warning"), 1),
        (REFUSED, (), 2),
        (GOOD + "---\n" + REFUSED, ("--fail-on", "warning"), 2),
        ("", (), 0),
    ],
)
def test_exit_code(checked, text, arguments, code):
    for form in ("text", "json"):
        assert checked(text, "--format", form, *arguments)[0] == code


def test_text_says_where_what_why_and_how_to_mend_it(checked):
    _, text = checked(MISSING_HOST)
    for words in (
        f"routes.yaml:11: error KIA1101 VirtualService default/reviews {HOST}\n",
        "sends to revews.default.svc.cluster.local, which is neither",
        "answered 503",
        "reviews was probably meant",
        f"    {HOST}: reviews\n",
        "1 error\n",
    ):
        assert words in text


def test_nothing_found_is_said(checked):
    assert checked(GOOD)[1].endswith("\n\nNothing found.\n")


def test_what_could_not_be_read_is_not_called_free_of_findings(checked):
    assert checked(GOOD + "---\n" + REFUSED)[1].endswith("\nNothing found in what was checked.\n")


def test_refused_file_is_named(checked):
    _, text = checked(REFUSED)
    assert "not seen: routes.yaml is not read in full: is no YAML" in text


def test_json_has_every_part(checked):
    _, text = checked(MISSING_HOST, "--format", "json")
    answer = json.loads(text)
    assert (answer["gaps"], answer["notChecked"]) == ([], [])
    (finding,) = answer["findings"]
    patch = finding.pop("patch")
    assert "host: reviews\n" in patch["yaml"]
    assert patch["kubectl"] is None, "a folder is not patched by kubectl"
    expected = {
        "code": "KIA1101",
        "severity": "error",
        "kind": "VirtualService",
        "cluster": "",
        "namespace": "default",
        "name": "reviews",
        "path": HOST,
        "file": "routes.yaml",
        "line": 11,
    }
    assert {key: finding[key] for key in expected} == expected
    assert all(finding[key] for key in ("title", "message", "why", "mend"))


def test_demo_is_checked_where_nothing_is_set(capsys):
    assert main(["check"]) == 1
    assert "KIA1102" in capsys.readouterr().out


def test_prometheus_alone_has_no_configuration(capsys):
    assert main(["check", "--prometheus-url", "http://127.0.0.1:9"]) == 2
    assert "nothing to check" in capsys.readouterr().err


def test_name_cannot_move_the_cursor(checked):
    text = MISSING_HOST.replace("metadata: {name: reviews}\nspec", 'metadata: {name: "a\\x1b[2J\\nb"}\nspec')
    _, written = checked(text)
    assert "\x1b" not in written
    assert "default/a?[2J?b" in written
