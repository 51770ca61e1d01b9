"""The command line as people type it: real processes, their words and exit codes."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from mesh_graph.cli import COMMANDS, main
from mesh_graph.settings import rows
from mesh_graph.settings.load import flag_of

ROOT = Path(__file__).parents[1]
START_S = 60


@pytest.fixture
def start(monkeypatch):
    """Start ``python app.py`` with flags; the process and the first line it prints."""
    for name in [name for name in os.environ if name.startswith("MESH_GRAPH_")]:
        monkeypatch.delenv(name)
    started = []

    def run(*flags: str) -> tuple[subprocess.Popen[str], str]:
        process = subprocess.Popen(
            [sys.executable, "app.py", *flags],
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        started.append(process)
        assert process.stdout is not None
        return process, process.stdout.readline().strip()

    yield run
    for process in started:
        process.kill()
        process.communicate()


def refusal(capsys, *arguments: str) -> str:
    """What a command line that cannot be used answers; exit code 2, nothing on the standard output."""
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    return printed.err


def test_dashboard_prints_its_address_serves_there_and_stops_when_told(start):
    process, line = start("--port", "0")
    assert line.startswith("Meshgraph shows ")
    url = line.rpartition(" ")[2]
    assert requests.get(url, timeout=START_S).status_code == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(START_S) == 0


def test_taken_port_is_told_in_a_sentence(start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process, _ = start("--port", str(port))
        _, words = process.communicate(timeout=START_S)
    assert process.returncode == 2
    assert f"127.0.0.1 port {port} is in use" in words
    assert "Traceback" not in words


def test_host_that_is_not_this_machine_is_told_in_a_sentence(start):
    process, _ = start("--host", "192.0.2.1", "--insecure-no-auth", "--port", "0")
    _, words = process.communicate(timeout=START_S)
    assert process.returncode == 2
    assert "no address of this machine" in words
    assert "Traceback" not in words


def test_address_that_others_reach_is_refused(capsys):
    words = refusal(capsys, "serve", "--host", "0.0.0.0")
    assert "--insecure-no-auth" in words


@pytest.mark.parametrize(
    ("flag", "meant"),
    [
        ("--prometeus-url=http://a", "--prometheus-url"),
        ("--prot", "--port"),
        ("--window", "--window-s"),
        ("--prometheus-urls", "--prometheus-url"),
    ],
)
def test_unknown_flag_is_refused_with_the_nearest_one(capsys, flag, meant):
    assert refusal(capsys, "serve", flag) == f"mesh-graph: {flag} is no option. Did you mean {meant}?\n"


def test_flag_unlike_any_is_refused_without_a_guess(capsys):
    assert refusal(capsys, "serve", "--zzz") == "mesh-graph: --zzz is no option.\n"


@pytest.mark.parametrize("flag", ["--prometheus-password", "--prometheus-bearer-token=x"])
def test_secret_is_not_taken_on_the_command_line(capsys, flag):
    words = refusal(capsys, "serve", flag)
    name = flag.partition("=")[0]
    assert f"{name}-file" in words
    assert "MESH_GRAPH_PROMETHEUS_" in words


@pytest.mark.parametrize("arguments", [(), ("dance",), ("serve", "--port")])
def test_incomplete_command_line_says_where_help_is(capsys, arguments):
    assert "--help" in refusal(capsys, *arguments)


def test_wrong_value_names_the_flag(capsys):
    assert "--port ninety: " in refusal(capsys, "serve", "--port", "ninety")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_every_flag(capsys, command):
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    assert [row.name for row in rows() if not row.is_secret and flag_of(row.name) not in shown] == []


def test_version_is_the_package_s(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out.strip()[0].isdigit()
