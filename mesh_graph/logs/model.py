"""What a log line says: when, who wrote it, how grave it is; of a proxy's line, of which request it tells."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Access", "Level", "Line"]


class Level(StrEnum):
    """How grave a line is; the gravest first."""

    ERROR = "error"
    WARN = "warn"
    INFO = "info"
    DEBUG = "debug"
    UNKNOWN = "unknown"

    @property
    def gravity(self) -> int:
        """From 4 down to 0, which is a line that does not say."""
        return tuple(reversed(Level)).index(self)


@dataclass(frozen=True, slots=True)
class Access:
    """One request or connection, as a proxy wrote it down; what it did not say is empty or None.

    Attributes
    ----------
    code, flags : str
        Response code and Envoy's response flags, as written.
    grpc_status : str
        A number, where the operator's own format has it; a name that is none of gRPC's stays.
    details, failure : str
        Why Envoy answered so, and why the connection to the server failed.
    duration_ms, upstream_ms : int or None
        Of the whole request, and of it what the server took.
    received, sent : int or None
        Bytes of the bodies.
    upstream_cluster : str
        Envoy's name of whom it called: ``outbound|9080|v3|reviews.bookinfo.svc.cluster.local``.
    downstream : str
        Address of the caller.
    """

    method: str = ""
    path: str = ""
    protocol: str = ""
    code: str = ""
    flags: str = ""
    grpc_status: str = ""
    details: str = ""
    failure: str = ""
    duration_ms: int | None = None
    upstream_ms: int | None = None
    received: int | None = None
    sent: int | None = None
    forwarded_for: str = ""
    user_agent: str = ""
    request_id: str = ""
    trace_id: str = ""
    authority: str = ""
    upstream_host: str = ""
    upstream_cluster: str = ""
    downstream: str = ""
    server_name: str = ""
    route: str = ""

    @property
    def is_inbound(self) -> bool:
        """Whether the pod was asked; it asked itself where not, or it is not known."""
        return self.upstream_cluster.startswith("inbound|")

    @property
    def subset(self) -> str:
        """Subset of the service that was called; empty for none."""
        parts = self.upstream_cluster.split("|")
        return parts[2] if len(parts) == 4 else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line.

    Attributes
    ----------
    at : float or None
        When the container wrote it, Unix seconds; None where nobody says.
    text : str
        Without colours; control characters shown as signs, bytes that are no UTF-8 as U+FFFD.
    left_out : int
        Characters at its end that are not in ``text``.
    access : Access or None
        For a line of a proxy's access log.
    trace_id : str
        Hexadecimal, of the trace that the line itself names.
    """

    at: float | None
    pod: str
    container: str
    is_proxy: bool
    text: str
    left_out: int = 0
    level: Level = Level.UNKNOWN
    access: Access | None = None
    trace_id: str = ""
