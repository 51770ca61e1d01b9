"""What goes wrong between two proxies, and what each of them counts of it.

``HUNG_UP`` stands for the flag that a server's proxy gives a request whose client's proxy has gone: DC where
the hop is HTTP/1 and the connection closes, DR where it is HTTP/2 and the stream is reset.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from tests.envoy.bootstrap import HOPS
from tests.envoy.pair import Row

__all__ = ["HUNG_UP", "SCENARIOS", "Flow", "Scenario"]

HUNG_UP = "hung up"


class Flow(NamedTuple):
    """What tells one row of the merged flows from another here."""

    code: str
    flags: str
    outcome: str
    arrived: bool = True


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is done, and how many requests each reporter and the canonical merge then have.

    Attributes
    ----------
    path : str
        Policy of the source's proxy and behaviour of the application.
    source, destination : dict of Row to int
    flows : dict of Flow to int
    how : str
        Method of ``Pair``.
    times : int
        Requests sent, one after the other.
    protocol : str
        ``http`` or ``grpc``.
    hops : tuple of str
        Protocols between the proxies for which this is so.
    """

    path: str
    source: dict[Row, int]
    destination: dict[Row, int]
    flows: dict[Flow, int]
    how: str = "ask"
    times: int = 1
    protocol: str = "http"
    hops: tuple[str, ...] = HOPS


def _alone(code: str, flags: str = "-") -> Row:
    return Row(code, flags, workload=False)


def _grpc(status: str, flags: str = "-", *, workload: bool = True) -> Row:
    # Where a proxy answers gRPC itself, the HTTP code is 200 too.
    return Row("200", flags, status, workload)


def _refused(code: str, flags: str, outcome: str = "error") -> Flow:
    return Flow(code, flags, outcome, arrived=False)


def _error(code: str, flags: str) -> Flow:
    return Flow(code, flags, "error")


OK = Row("200")
GONE = Row("0", HUNG_UP)
CUT = Row("200", "UPE")
LATE = Row("200", HUNG_UP)
WELL = Flow("200", "", "ok")
LEFT = Flow("-", HUNG_UP, "hung_up")

_ANSWERS = (
    Scenario("plain/ok", {OK: 1}, {OK: 1}, {WELL: 1}),
    Scenario("plain/404", {Row("404"): 1}, {Row("404"): 1}, {Flow("404", "", "client_error"): 1}),
    Scenario("plain/503", {Row("503"): 1}, {Row("503"): 1}, {_error("503", ""): 1}),
    Scenario("delay/ok", {Row("200", "DI"): 1}, {OK: 1}, {WELL: 1}),
    Scenario("mirror/ok", {OK: 1}, {OK: 2}, {WELL: 2}),
)
_RETRIES = (
    Scenario("retry/503", {Row("503", "URX"): 1}, {Row("503"): 3}, {_error("503", ""): 3}),
    Scenario("retry/flaky", {OK: 1}, {Row("503"): 2, OK: 1}, {_error("503", ""): 2, WELL: 1}),
    Scenario("retry/refused", {Row("503", "URX"): 1}, {Row("503", "UF"): 3}, {_error("503", "UF"): 3}),
    Scenario("retry/reset", {Row("503", "URX"): 1}, {Row("503", "UC"): 3}, {_error("503", "UC"): 3}),
)
_TIMEOUTS = (
    Scenario("timeout/slow", {Row("504", "UT"): 1}, {GONE: 1}, {_error("504", "UT"): 1}),
    Scenario("idle/slow", {Row("504", "SI"): 1}, {GONE: 1}, {_error("504", "SI"): 1}),
    Scenario("per-try/slow", {Row("504", "URX,UT"): 1}, {GONE: 3}, {_error("504", "URX,UT"): 1, LEFT: 2}),
    # The longest duration of a stream has no flag of its own.
    Scenario("duration/slow", {Row("504"): 1}, {GONE: 1}, {LEFT: 1}),
)
_BROKEN = (
    Scenario("plain/refused", {Row("503"): 1}, {Row("503", "UF"): 1}, {_error("503", "UF"): 1}),
    Scenario("plain/reset", {Row("503"): 1}, {Row("503", "UC"): 1}, {_error("503", "UC"): 1}),
    Scenario("plain/slow", {Row("0", "DC"): 1}, {GONE: 1}, {LEFT: 1}, how="abandon"),
    Scenario("mortal/slow", {Row("503", "UC"): 1}, {}, {_error("503", "UC"): 1}, how="lose_destination"),
)
# Answers that break off after their head, which both proxies have counted by then.
_BROKEN_OFF = (
    Scenario("plain/cut", {CUT: 1}, {CUT: 1}, {Flow("200", "UPE", "ok"): 1}, hops=("h1",)),
    Scenario("plain/cut", {Row("200", "UR"): 1}, {CUT: 1}, {Flow("200", "UPE", "ok"): 1}, hops=("h2",)),
    Scenario("timeout/half", {Row("200", "UT"): 1}, {LATE: 1}, {Flow("200", HUNG_UP, "ok"): 1}),
)
_NEVER_ARRIVED = (
    Scenario("closed/ok", {Row("503", "UF"): 1}, {}, {_refused("503", "UF"): 1}),
    Scenario("closed-retry/ok", {Row("503", "URX,UF"): 1}, {}, {_refused("503", "UF,URX"): 1}),
    Scenario("full/ok", {_alone("503", "UO"): 1}, {}, {_refused("503", "UO"): 1}),
    Scenario("deserted/ok", {_alone("503", "UH"): 1}, {}, {_refused("503", "UH"): 1}),
    Scenario("abort/ok", {_alone("418", "FI"): 1}, {}, {_refused("418", "FI", "client_error"): 1}),
    Scenario("itself/ok", {_alone("404"): 1}, {}, {_refused("404", "", "client_error"): 1}),
    Scenario("nowhere/ok", {_alone("404", "NR"): 1}, {}, {_refused("404", "NR", "client_error"): 1}),
    Scenario(
        "limited/ok",
        {OK: 1, _alone("429", "RL"): 2},
        {OK: 1},
        {WELL: 1, _refused("429", "RL", "client_error"): 2},
        times=3,
    ),
)
_GRPC = (
    Scenario("plain/grpc-0", {_grpc("0"): 1}, {_grpc("0"): 1}, {Flow("0", "", "ok"): 1}),
    Scenario("plain/grpc-14", {_grpc("14"): 1}, {_grpc("14"): 1}, {_error("14", ""): 1}),
    Scenario("plain/reset", {_grpc("14"): 1}, {_grpc("14", "UC"): 1}, {_error("14", "UC"): 1}),
    Scenario("timeout/slow", {_grpc("14", "UT"): 1}, {GONE: 1}, {_error("14", "UT"): 1}),
    Scenario("closed/ok", {_grpc("14", "UF"): 1}, {}, {_refused("14", "UF"): 1}),
    Scenario("full/ok", {_grpc("14", "UO", workload=False): 1}, {}, {_refused("14", "UO"): 1}),
)

SCENARIOS = (
    *_ANSWERS,
    *_RETRIES,
    *_TIMEOUTS,
    *_BROKEN,
    *_BROKEN_OFF,
    *_NEVER_ARRIVED,
    *(replace(scenario, protocol="grpc") for scenario in _GRPC),
)
