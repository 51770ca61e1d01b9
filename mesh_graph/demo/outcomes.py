"""How one call ends, as its two proxies write it down.

Source of the pairs: two real Envoys in a row, as listed in ``docs/architecture.md`` (never arrived; arrived,
answer lost; retries). ``times`` counts the attempts that one request makes at the server.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "GRPC_CANCELLED",
    "GRPC_INTERNAL",
    "GRPC_NOT_FOUND",
    "GRPC_OK",
    "GRPC_RETRIED",
    "GRPC_TIMEOUT",
    "GRPC_UNAVAILABLE",
    "HTTP_ABORTED",
    "HTTP_BLACK_HOLE",
    "HTTP_CLIENT_GONE",
    "HTTP_NO_HOST",
    "HTTP_NO_ROUTE",
    "HTTP_OK",
    "HTTP_OVERFLOW",
    "HTTP_RATE_LIMITED",
    "HTTP_REFUSED",
    "HTTP_RESET",
    "HTTP_RETRIED_IN_VAIN",
    "HTTP_RETRY_HELPED",
    "HTTP_RETRY_TIMEOUT",
    "HTTP_TIMEOUT",
    "TCP_BLACK_HOLE",
    "TCP_OK",
    "TCP_REFUSED",
    "Outcome",
    "Report",
    "http_code",
]


@dataclass(frozen=True, slots=True)
class Report:
    """One row that a proxy writes."""

    code: str = ""
    flags: str = "-"
    grpc: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """The rows of both proxies for one request.

    Attributes
    ----------
    source, destination : tuple of Report
        Empty where that proxy sees nothing.
    chooses_host : bool
        Whether the source's proxy picked an endpoint, and so names the destination workload.
    """

    source: tuple[Report, ...]
    destination: tuple[Report, ...] = ()
    chooses_host: bool = True


def http_code(code: int) -> Outcome:
    """An answer of the application that both proxies saw."""
    row = (Report(str(code)),)
    return Outcome(row, row)


HTTP_OK = http_code(200)
HTTP_REFUSED = Outcome((Report("503", "UF"),))
"""Connection refused, retries switched off."""
HTTP_OVERFLOW = Outcome((Report("503", "UO"),))
"""Circuit breaker of the client's proxy."""
HTTP_NO_HOST = Outcome((Report("503", "UH"),), chooses_host=False)
HTTP_NO_ROUTE = Outcome((Report("404", "NR"),), chooses_host=False)
HTTP_ABORTED = Outcome((Report("503", "FI"),), chooses_host=False)
"""Fault injection in the client's proxy."""
HTTP_RATE_LIMITED = Outcome((Report("429", "RL"),), chooses_host=False)
HTTP_BLACK_HOLE = Outcome((Report("502"),), chooses_host=False)
"""``outboundTrafficPolicy: REGISTRY_ONLY`` and a host that is not in the registry."""
HTTP_TIMEOUT = Outcome((Report("504", "UT"),), (Report("0", "DC"),))
HTTP_RETRY_TIMEOUT = Outcome((Report("504", "URX,UT"),), (Report("0", "DR", times=3),))
"""Two retries, each of them timed out (HTTP/2)."""
HTTP_RESET = Outcome((Report("503", "UC"),), (Report("503", "UC"),))
"""The application closed the connection: its own proxy says so first."""
HTTP_CLIENT_GONE = Outcome((Report("0", "DC"),), (Report("0", "DC"),))
HTTP_RETRY_HELPED = Outcome((Report("200"),), (Report("503"), Report("200")))
HTTP_RETRIED_IN_VAIN = Outcome((Report("503", "URX"),), (Report("503", times=2), Report("503", "DC")))

GRPC_OK = Outcome((Report("200", grpc="0"),), (Report("200", grpc="0"),))
GRPC_NOT_FOUND = Outcome((Report("200", grpc="5"),), (Report("200", grpc="5"),))
GRPC_INTERNAL = Outcome((Report("200", grpc="13"),), (Report("200", grpc="13"),))
GRPC_UNAVAILABLE = Outcome((Report("200", grpc="14"),), (Report("200", grpc="14"),))
GRPC_TIMEOUT = Outcome((Report("200", "UT", "14"),), (Report("0", "DR"),))
GRPC_CANCELLED = Outcome((Report("0", "DC"),), (Report("0", "DR"),))
GRPC_RETRIED = Outcome((Report("200", grpc="0"),), (Report("200", grpc="14"), Report("200", grpc="0")))

TCP_OK = Outcome((Report(),), (Report(),))
TCP_REFUSED = Outcome((Report(flags="UF,URX"),))
TCP_BLACK_HOLE = Outcome((Report(flags="UH"),), chooses_host=False)
