"""The scripts behind the two commands, run as they are on machines that lack something."""

import re
import shutil
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from tests.peers import PEERS

ROOT = Path(__file__).parents[1]
ALWAYS_THERE = ("sh", "bash", "env", "id", "dirname", "grep", "cat", "ls")


@pytest.fixture
def machine(tmp_path):
    """A PATH with the named programs of this machine and nothing else."""

    def build(*programs: str) -> Path:
        for program in (*ALWAYS_THERE, *programs):
            found = shutil.which(program)
            assert found, program
            (tmp_path / program).symlink_to(found)
        return tmp_path

    return build


def add_program(folder: Path, name: str, body: str) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)


def run(script: str, path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "scripts" / script],
        env={"PATH": str(path), "HOME": str(path), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


WORKING = f'exec {sys.executable} "$@"'
BROKEN = "echo 'python3.13: command not found' >&2; exit 127"
WITHOUT_VENV = 'case "$*" in *ensurepip*) exit 1;; *--version*) echo Python 3.11.2;; esac'
TOO_OLD = 'case "$*" in *--version*) echo Python 3.9.2;; *) exit 1;; esac'


def test_python_that_only_has_a_name_is_passed_over(machine):
    path = machine()
    add_program(path, "python3.13", BROKEN)
    add_program(path, "python3.12", WITHOUT_VENV)
    add_program(path, "python3", WORKING)
    assert run("choose-python", path).stdout.strip() == str(path / "python3")


def test_newest_known_python_is_chosen(machine):
    path = machine()
    for name in ("python3", "python3.11", "python3.13"):
        add_program(path, name, WORKING)
    assert run("choose-python", path).stdout.strip() == str(path / "python3.13")


def test_complete_machine_is_met_with_silence(machine):
    path = machine("git", "make", "curl")
    add_program(path, "python3", WORKING)
    checked = run("check-prerequisites", path)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


@pytest.mark.parametrize("lacking", ["git", "make", "curl"])
def test_missing_tool_is_named_with_the_command_that_mends_it(machine, lacking):
    path = machine(*({"git", "make", "curl"} - {lacking}))
    add_program(path, "python3", WORKING)
    checked = run("check-prerequisites", path)
    assert checked.returncode == 1
    assert f"Missing: {lacking}. To mend it: " in checked.stderr
    assert f"apt-get install {lacking}" in checked.stderr


@pytest.mark.parametrize(
    ("python", "what", "packages"),
    [
        (WITHOUT_VENV, "venv of Python 3.11.2", "python3-venv"),
        (TOO_OLD, "Python 3.9.2", "python3 python3-venv"),
    ],
)
def test_unfit_python_is_named_with_the_command_that_mends_it(machine, python, what, packages):
    path = machine("git", "make", "curl")
    add_program(path, "python3", python)
    checked = run("check-prerequisites", path)
    assert checked.returncode == 1
    assert what in checked.stderr
    assert f"apt-get install {packages}\n" in checked.stderr


@pytest.fixture
def without_rights(machine):
    """A machine without peers whose user is not root and has no sudo."""
    path = machine()
    (path / "id").unlink()
    add_program(path, "id", "echo 1000")
    add_program(path, "dpkg-query", "exit 1")
    add_program(path, "apt-get", "exit 100")
    return path


def test_missing_peers_without_rights_are_named_and_left(without_rights):
    done = run("install-peers", without_rights)
    assert done.returncode == 0
    for words in ("victoria-metrics", "chromium", "as root: apt-get install", "built with Go", "skipped"):
        assert words in done.stderr


def test_missing_peers_without_rights_fail_in_ci(without_rights):
    assert run("install-peers", without_rights, CI="true").returncode == 1


def test_peers_are_installed_with_rights(without_rights):
    (without_rights / "id").unlink()
    add_program(without_rights, "id", "echo 0")
    (without_rights / "apt-get").unlink()
    add_program(without_rights, "apt-get", f'echo "$*" >>{without_rights}/asked')
    assert run("install-peers", without_rights).returncode == 0
    update, install = (without_rights / "asked").read_text().splitlines()
    assert update == "update -qq"
    assert install.endswith(
        "--no-install-recommends prometheus victoria-metrics chromium graphviz fonts-dejavu-core etcd-server "
        "default-jre-headless maven nodejs npm"
    )


def load(script: str):
    spec = spec_from_file_location(script, ROOT / "scripts" / f"{script}.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("licence", "compatible"),
    [
        ("MIT", True),
        ("Apache-2.0 OR BSD-2-Clause", True),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("License :: OSI Approved :: BSD License", True),
        ("PSF-2.0", True),
        ("GPL-3.0-only OR MIT", True),
        ("GPL-3.0-or-later", False),
        ("AGPL-3.0", False),
        ("LGPL-2.1", False),
        ("MIT AND GPL-2.0", False),
        ("License :: OSI Approved :: GNU Affero General Public License v3", False),
        ("Proprietary", False),
        ("", False),
    ],
)
def test_licence_goes_with_apache_2(licence, compatible):
    assert load("check_licences").is_compatible(licence) is compatible


SOUND = {"name": "flask", "version": "3.1.3", "vulns": []}
ILL = {"name": "a", "version": "1", "vulns": [{"id": "CVE-2026-1", "fix_versions": ["1.1", "2"]}]}
UNKNOWN = {"name": "b", "version": "1", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "sentence", "is_good"),
    [
        ([SOUND], "No known vulnerability in 1 packages.", True),
        ([SOUND, UNKNOWN], "No known vulnerability in 1 packages; of 1 it knows nothing.", True),
        ([SOUND, ILL], "a 1: CVE-2026-1, mended in 1.1, 2", False),
        ([UNKNOWN], "no package was audited", True),
        (None, "no package was audited", True),
    ],
    ids=["sound", "one-unknown", "ill", "all-unknown", "no-answer"],
)
def test_a_known_vulnerability_fails_and_an_unreachable_database_is_said(packages, sentence, is_good):
    found = None if packages is None else {"dependencies": packages}
    said, good = load("audit_packages").judge(found)
    assert sentence in said
    assert good is is_good


def test_settings_table_is_as_its_script_writes_it():
    before = (ROOT / "docs/configuration.md").read_text()
    assert load("write_settings_table").rewritten(before) == before


def test_every_program_that_tests_ask_for_is_installed():
    script = (ROOT / "scripts/install-peers").read_text()
    brought_by_others = {"envoy", "promtool"}  # a Python package, and Debian's prometheus
    needed = {program for programs in PEERS.values() for program in programs} - brought_by_others
    assert [program for program in needed if not re.search(rf'[ "]{program}[ "]', script)] == []
