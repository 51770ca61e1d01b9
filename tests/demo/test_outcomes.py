"""Each outcome against what two real Envoys in a row wrote (source | destination), code and flag."""

from __future__ import annotations

import pytest

from mesh_graph.demo import outcomes
from mesh_graph.demo.outcomes import Outcome, Report


def rows(reports: tuple[Report, ...]) -> list[str]:
    """Rows as "times code/status flags", flags sorted."""
    return [
        f"{r.times} {'/'.join(filter(None, (r.code, r.grpc)))} {','.join(sorted(r.flags.split(',')))}"
        for r in reports
    ]


@pytest.mark.parametrize(
    ("outcome", "source", "destination"),
    [
        pytest.param(outcomes.HTTP_OK, ["1 200 -"], ["1 200 -"], id="well"),
        pytest.param(outcomes.http_code(404), ["1 404 -"], ["1 404 -"], id="the application's own answer"),
        pytest.param(outcomes.HTTP_TIMEOUT, ["1 504 UT"], ["1 0 DC"], id="route time-out, HTTP/1"),
        pytest.param(outcomes.GRPC_TIMEOUT, ["1 200/14 UT"], ["1 0 DR"], id="route time-out, HTTP/2"),
        pytest.param(
            outcomes.HTTP_RETRY_TIMEOUT, ["1 504 URX,UT"], ["3 0 DR"], id="per-try time-out, 2 retries"
        ),
        pytest.param(
            outcomes.HTTP_RETRIED_IN_VAIN, ["1 503 URX"], ["2 503 -", "1 503 DC"], id="503 with 2 retries"
        ),
        pytest.param(outcomes.HTTP_RETRY_HELPED, ["1 200 -"], ["1 503 -", "1 200 -"], id="a retry helped"),
        pytest.param(outcomes.HTTP_REFUSED, ["1 503 UF"], [], id="server port closed"),
        pytest.param(outcomes.HTTP_RESET, ["1 503 UC"], ["1 503 UC"], id="the application resets"),
        pytest.param(outcomes.HTTP_CLIENT_GONE, ["1 0 DC"], ["1 0 DC"], id="client goes away, HTTP/1"),
        pytest.param(outcomes.GRPC_CANCELLED, ["1 0 DC"], ["1 0 DR"], id="client goes away, HTTP/2"),
        pytest.param(outcomes.HTTP_OVERFLOW, ["1 503 UO"], [], id="circuit breaker"),
        pytest.param(outcomes.HTTP_NO_HOST, ["1 503 UH"], [], id="no healthy host"),
        pytest.param(outcomes.HTTP_NO_ROUTE, ["1 404 NR"], [], id="no route"),
        pytest.param(outcomes.HTTP_ABORTED, ["1 503 FI"], [], id="fault injection"),
        pytest.param(outcomes.HTTP_RATE_LIMITED, ["1 429 RL"], [], id="rate limit"),
        pytest.param(outcomes.TCP_OK, ["1  -"], ["1  -"], id="connection"),
        pytest.param(outcomes.TCP_REFUSED, ["1  UF,URX"], [], id="connection refused"),
    ],
)
def test_both_proxies_write_what_real_ones_do(outcome: Outcome, source: list[str], destination: list[str]):
    assert rows(outcome.source) == source
    assert rows(outcome.destination) == destination


def test_only_a_proxy_that_chose_a_host_names_the_workload():
    nameless = {
        name for name in outcomes.__all__ if not getattr(getattr(outcomes, name), "chooses_host", True)
    }
    assert nameless == {
        "HTTP_NO_HOST", "HTTP_NO_ROUTE", "HTTP_ABORTED", "HTTP_RATE_LIMITED", "HTTP_BLACK_HOLE",
        "TCP_BLACK_HOLE",
    }  # fmt: skip
