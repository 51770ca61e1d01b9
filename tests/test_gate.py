"""The gate command: what it prints, and what it tells a pipeline."""

from __future__ import annotations

import argparse
import json

import pytest

from mesh_graph import gate
from mesh_graph.demo.simulator import Simulator
from mesh_graph.errors import ConfigError, InvalidRequest, SourceTimeout, SourceUnreachable
from mesh_graph.mesh import Mesh
from mesh_graph.settings import load_settings
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.query import Family
from mesh_graph.views.split_text import split_text
from tests import canary_mesh
from tests.canary_mesh import NAMESPACE, VIEW
from tests.peers import free_port

AT = "at=2026-11-21T10:20:00Z"


def judge(*argv: str, **settings: object) -> int:
    parser = argparse.ArgumentParser()
    gate.add_arguments(parser)
    return gate.judge_split(load_settings(settings), parser.parse_args(argv))


@pytest.mark.parametrize(
    ("service", "code"),
    [("good", gate.PROMOTE), ("bad", gate.ROLL_BACK), ("silent", gate.WAIT), ("dead", gate.WAIT)],
)
def test_the_exit_code_is_the_verdict(canaries, service, code):
    assert gate.exit_code(canaries.split(VIEW, f"{NAMESPACE}/{service}").split) == code


def test_a_name_that_nobody_has_is_not_let_through(canaries):
    nobody = canaries.split(VIEW, f"{NAMESPACE}/nobody").split
    assert gate.exit_code(nobody) == gate.CANNOT_SAY
    assert "is it called that?" in split_text(nobody)


class WithoutHistograms(DemoSource):
    """A source whose response times cannot be read."""

    def instant(self, query, at):
        if query.family is Family.REQUEST_DURATION:
            raise SourceTimeout(self.name, "q", "No answer.")
        return super().instant(query, at)


def test_a_canary_of_which_something_cannot_be_measured_is_not_let_through():
    mesh = Mesh(WithoutHistograms(Simulator(canary_mesh.mesh())))
    assert gate.exit_code(mesh.split(VIEW, f"{NAMESPACE}/good").split) == gate.CANNOT_SAY
    mesh.close()


def test_text_says_the_verdict_first(capsys):
    assert judge("bookinfo/reviews", "--view", AT) == 0
    verdict, *rest = capsys.readouterr().out.splitlines()
    assert verdict.split("  ")[0] in ("PROMOTE", "ROLL BACK", "HOLD", "WAIT")
    assert "bookinfo/reviews:" in verdict
    assert any(line.startswith("Counted for ") for line in rest)
    assert any(line.startswith("  Errors ") for line in rest)


def test_json_is_the_api_s(capsys):
    judge("bookinfo/reviews", "--view", AT, "--format", "json", "--anchor", "30m")
    printed = json.loads(capsys.readouterr().out)
    assert (printed["service"], printed["anchor"]["kind"]) == ("reviews", "chosen")


def test_a_source_that_does_not_answer_cannot_say(capsys):
    url = f"http://127.0.0.1:{free_port()}"
    assert judge("shop/cart", "--gate", prometheus_url=url) == gate.CANNOT_SAY
    assert url in capsys.readouterr().err


def test_without_gate_a_source_that_does_not_answer_is_an_error():
    with pytest.raises(SourceUnreachable):
        judge("shop/cart", prometheus_url=f"http://127.0.0.1:{free_port()}")


def test_what_is_no_split_is_refused():
    with pytest.raises(ConfigError, match="NAMESPACE/NAME"):
        judge("cart")


def test_a_wrong_anchor_is_named():
    with pytest.raises(InvalidRequest, match="anchor"):
        judge("bookinfo/reviews", "--anchor", "soon")
