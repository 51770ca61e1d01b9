"""The command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from mesh_graph.demo.__main__ import SHORT_NAMES, main
from mesh_graph.demo.containers import POD_FAMILIES
from mesh_graph.demo.simulator import FAMILIES
from mesh_graph.sources.trace_file import open_trace_file
from mesh_graph.traces.otlp import parse_otlp
from mesh_graph.traces.zipkin import parse_zipkin

START, END = "1793534400", "1793534430"


def history(*options: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["openmetrics", "--start", START, "--end", END, *options]) == 0
    return capsys.readouterr().out


def test_history_is_written_on_the_grid_of_the_step(capsys: pytest.CaptureFixture[str]):
    text = history("--namespaces", "1", "--families", "requests", capsys=capsys)
    assert {line.rsplit(" ", 1)[1] for line in text.splitlines() if not line.startswith("#")} == {
        "1793534400.000",
        "1793534415.000",
        "1793534430.000",
    }


def test_history_goes_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    options = ("--namespaces", "1", "--families", "requests,tcp")
    path = tmp_path / "history.om"
    assert history(*options, "--output", str(path), capsys=capsys) == ""
    assert path.read_text() == history(*options, capsys=capsys)


@pytest.mark.parametrize(
    ("options", "inside", "outside"),
    [
        ((), {"shop", "bookinfo"}, {"bookinfo-1"}),
        (("--namespaces", "2"), {"bookinfo", "bookinfo-1"}, {"shop", "bookinfo-2"}),
        (("--namespaces", "2", "--story"), {"shop", "bookinfo", "bookinfo-1"}, {"bookinfo-2"}),
    ],
)
def test_the_mesh_is_the_one_asked_for(
    options: tuple[str, ...], inside: set[str], outside: set[str], capsys: pytest.CaptureFixture[str]
):
    text = history(*options, "--families", "requests", "--step", "30", capsys=capsys)
    assert all(f'destination_workload_namespace="{namespace}"' in text for namespace in inside)
    assert not any(f'destination_workload_namespace="{namespace}"' in text for namespace in outside)


def test_options_before_the_word_openmetrics_hold_too(capsys: pytest.CaptureFixture[str]):
    mesh = ("--namespaces", "1", "--families", "requests")
    assert main([*mesh, "openmetrics", "--start", START, "--end", END]) == 0
    assert capsys.readouterr().out == history(*mesh, capsys=capsys)


def test_no_series_is_written_twice(capsys: pytest.CaptureFixture[str]):
    text = history("--namespaces", "2", "--story", "--replicas", "2", "--step", "30", capsys=capsys)
    keys = [(line.rsplit(" ", 2)[0], line.rsplit(" ", 1)[1]) for line in text.splitlines() if line[0] != "#"]
    assert len(set(keys)) == len(keys)


def test_a_dated_incident_and_a_seed_change_the_counts(capsys: pytest.CaptureFixture[str]):
    options = ("--namespaces", "1", "--families", "requests")
    usual = history(*options, capsys=capsys)
    assert history(*options, "--seed", "3", capsys=capsys) != usual
    assert 'response_flags="UF"' not in history(*options, "--incident-at", END, capsys=capsys)


def test_a_load_is_a_factor_of_all_rates(capsys: pytest.CaptureFixture[str]):
    """Counters of four times the rates count about four times as much in a minute."""
    options = ("--namespaces", "1", "--families", "requests", "--step", "60")

    def counted(*more: str) -> float:
        lines = history(*options, *more, capsys=capsys).splitlines()
        values = [tuple(map(float, line.split(" ")[:-3:-1])) for line in lines if line[0] != "#"]
        first, last = min(values)[0], max(values)[0]
        return sum(v for t, v in values if t == last) - sum(v for t, v in values if t == first)

    assert counted("--load", "4") == pytest.approx(4 * counted(), rel=0.35)


def test_the_short_names_cover_every_family():
    named = sorted(family for families in SHORT_NAMES.values() for family in families)
    assert named == sorted([*FAMILIES, *POD_FAMILIES])


@pytest.mark.parametrize(("form", "parse"), [("zipkin", parse_zipkin), ("otlp", parse_otlp)])
def test_traces_are_written_in_the_format_asked_for(form, parse, capsys: pytest.CaptureFixture[str]):
    options = ["--namespaces", "1", "traces", "--start", START, "--end", END, "--sampling", "1"]
    assert main([*options, "--format", form]) == 0
    traces = parse(json.loads(capsys.readouterr().out)).traces
    assert {trace.spans[0].service for trace in traces} == {"istio-ingressgateway.istio-system"}
    assert all(float(START) <= trace.spans[0].start_us / 1e6 <= float(END) for trace in traces)


def test_traces_go_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "traces.json"
    assert main(["traces", "--start", START, "--end", END, "--output", str(path)]) == 0
    assert capsys.readouterr().out == ""
    assert open_trace_file(path).services()


@pytest.mark.parametrize(
    "options",
    [
        ["--families", "requests,nothing"],
        ["--namespaces", "-1"],
        ["--replicas", "x"],
        ["--incident-at", "-5"],
        ["--load", "0"],
    ],
)
def test_a_wrong_option_is_explained(options: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(options)
    assert options[0] in capsys.readouterr().err


def test_the_server_starts_on_loopback_and_says_where():
    command = [sys.executable, "-m", "mesh_graph.demo", "--port", "0", "--namespaces", "1"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr
            line = process.stderr.readline()
            url = line.split()[-1]
            assert url.startswith("http://127.0.0.1:")
            # Eight pods and their cluster.
            assert len(requests.get(url, timeout=10).json()) == 9
        finally:
            process.terminate()
