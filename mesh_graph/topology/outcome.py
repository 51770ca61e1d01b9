"""What an error is: the one definition, for edges, overview and canary.

==========  ====================  ============  ===========================================
protocol    code                  flags         outcome
==========  ====================  ============  ===========================================
http, grpc  no response (0)       DC or DR      hung up: in the total, not in the errors
http, grpc  no response (0)       any other     error
http        5xx                   any           error
http        4xx                   any           client error
http        any other             any           ok
grpc        1 (cancelled)         any           hung up
grpc        2, 4, 12, 13, 14, 15  any           error
grpc        0                     any           ok
grpc        any other status      any           client error
grpc        no status             any           as http, by the HTTP code
tcp         (none)                TCP_FAILED    error, of closed connections
==========  ====================  ============  ===========================================

A code that is no number (a mesh may drop the label) says nothing: its flags decide, and without a flag that
tells of a failure it is ok.
"""

from __future__ import annotations

from enum import StrEnum

from mesh_graph.fields import NO_RESPONSE
from mesh_graph.model import Protocol

__all__ = [
    "ANSWER_LOST",
    "CLIENT_GONE",
    "DEGRADED_FROM",
    "FAILURE_FROM",
    "NEVER_ARRIVED",
    "PROXY_STATUSES",
    "SERVER_DIED",
    "TCP_FAILED",
    "Outcome",
    "flags_text",
    "had_begun",
    "outcome",
    "response_code",
    "split_flags",
]

NEVER_ARRIVED = frozenset({"UH", "UF", "UO", "NR", "NC", "FI", "RL", "RLSE", "UAEX"})
"""Flags of requests that the client's proxy ended before they reached a server."""
ANSWER_LOST = frozenset({"UT", "UC", "UR", "UPE", "LR", "SI"})
"""Flags of requests that reached the server and whose answer did not reach the client."""
SERVER_DIED = frozenset({"UC", "UR"})
"""Those of ``ANSWER_LOST`` that the server may not have lived to count."""
CLIENT_GONE = frozenset({"DC", "DR"})
"""Flags of requests whose client went away: disconnected (HTTP/1) or reset the stream (HTTP/2)."""
TCP_FAILED = frozenset({"UF", "UH", "UO", "UC", "UR", "NR", "LR", "UAEX"})
"""Flags of closed TCP connections that count as errors."""

DEGRADED_FROM, FAILURE_FROM = 0.001, 0.1
"""Error ratios from which something is degraded, and failing, where nobody has set another tolerance."""

PROXY_STATUSES = frozenset({4, 14})
"""gRPC statuses that a proxy writes where no answer came."""

_GRPC_ERRORS = frozenset({2, 4, 12, 13, 14, 15})


class Outcome(StrEnum):
    """How a request or connection ended."""

    OK = "ok"
    ERROR = "error"
    CLIENT_ERROR = "client_error"
    HUNG_UP = "hung_up"


def split_flags(label: str) -> frozenset[str]:
    """Set of the response flags in a ``response_flags`` label, which lists them in any order.

    Examples
    --------
    >>> sorted(split_flags("URX, UT")), split_flags("-")
    (['URX', 'UT'], frozenset())
    """
    return frozenset(flag for flag in map(str.strip, label.split(",")) if flag not in ("", "-"))


def flags_text(flags: frozenset[str]) -> str:
    """Flags as a sorted comma list, ``""`` for none."""
    return ",".join(sorted(flags))


def response_code(protocol: str, code: str, grpc_status: str) -> str:
    """The code that a request is shown under: gRPC status where there is one, else the HTTP code.

    ``NO_RESPONSE`` where nothing came back: Istio writes code 0 then, whatever the protocol.

    Examples
    --------
    >>> response_code("grpc", "200", "14"), response_code("grpc", "503", ""), response_code("http", "0", "")
    ('14', '503', '-')
    """
    if code in ("0", NO_RESPONSE):
        return NO_RESPONSE
    return grpc_status if protocol == Protocol.GRPC and grpc_status else code


def had_begun(protocol: str, code: str) -> bool:
    """Whether an answer that was lost had begun, so that both proxies count the request under its own code.

    Where nothing came, the client's proxy makes up a 5xx, a 408 or a status of ``PROXY_STATUSES`` itself.
    Source: two real Envoys in a row (``tests/envoy``); 408 from Envoy's description of SI.

    Examples
    --------
    >>> had_begun("http", "200"), had_begun("http", "504"), had_begun("grpc", "2"), had_begun("grpc", "14")
    (True, False, True, False)
    """
    if not (code.isascii() and code.isdigit() and len(code) <= 3):
        return False
    if protocol == Protocol.GRPC and int(code) < 100:
        return int(code) not in PROXY_STATUSES
    return 0 < int(code) < 500 and int(code) != 408


def outcome(protocol: str, code: str, flags: frozenset[str]) -> Outcome:
    """How requests (http, grpc) or closed connections (tcp) ended; see the table above.

    Parameters
    ----------
    protocol : str
        ``Protocol`` value.
    code : str
        As ``response_code`` gives it; ignored for tcp.
    flags : frozenset of str
        Of the report that is shown, after the merge.
    """
    if protocol == Protocol.TCP:
        return Outcome.ERROR if flags & TCP_FAILED else Outcome.OK
    if code == NO_RESPONSE:
        return Outcome.HUNG_UP if flags & CLIENT_GONE else Outcome.ERROR
    number = int(code) if code.isascii() and code.isdigit() and len(code) <= 3 else None
    if number is None:
        return _by_flags(flags)
    if protocol == Protocol.GRPC and number < 100:
        return _by_grpc_status(number)
    return {5: Outcome.ERROR, 4: Outcome.CLIENT_ERROR}.get(number // 100, Outcome.OK)


def _by_grpc_status(status: int) -> Outcome:
    if status == 0:
        return Outcome.OK
    if status == 1:
        return Outcome.HUNG_UP
    return Outcome.ERROR if status in _GRPC_ERRORS else Outcome.CLIENT_ERROR


def _by_flags(flags: frozenset[str]) -> Outcome:
    if flags & CLIENT_GONE:
        return Outcome.HUNG_UP
    return Outcome.ERROR if flags & (NEVER_ARRIVED | ANSWER_LOST) else Outcome.OK
