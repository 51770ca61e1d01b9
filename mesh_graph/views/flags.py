"""Codes and Envoy's response flags in words.

Source: Envoy's access-log documentation ("Response Flags"), the gRPC status codes, the HTTP status registry.
"""

from __future__ import annotations

from http import HTTPStatus

from mesh_graph.model import Protocol

__all__ = ["FLAGS", "code_words", "flag_words"]

FLAGS: dict[str, str] = {
    "DC": "the caller hung up",
    "DF": "name resolution failed",
    "DI": "delayed by fault injection",
    "DO": "dropped by overload protection",
    "DPE": "the caller broke the protocol",
    "DR": "the caller reset the stream",
    "DT": "took longer than the connection may last",
    "DRCF": "failed to decompress the request",
    "FI": "aborted by fault injection",
    "IH": "a header broke a strict rule",
    "LH": "the local health check failed",
    "LR": "reset by the local proxy",
    "NC": "no such upstream cluster",
    "NFCF": "no filter configuration",
    "NR": "no route matched",
    "OM": "the proxy ran out of memory",
    "OR": "an overload manager rejected it",
    "RFCF": "the filter configuration could not be read",
    "RL": "rate limited",
    "RLSE": "the rate limit service failed",
    "SI": "the stream was idle too long",
    "UAEX": "denied by authorization",
    "UC": "the server closed the connection",
    "UF": "could not connect to the server",
    "UH": "no healthy server",
    "UMSDR": "the request was too long for the server's limit",
    "UO": "stopped by the circuit breaker",
    "UPE": "the server broke the protocol",
    "UR": "the server reset the stream",
    "URX": "all retries failed",
    "UT": "the server took too long",
}
"""What happened, by flag."""

_GRPC = (
    "OK",
    "cancelled",
    "unknown error",
    "invalid argument",
    "deadline exceeded",
    "not found",
    "already exists",
    "permission denied",
    "resource exhausted",
    "failed precondition",
    "aborted",
    "out of range",
    "unimplemented",
    "internal",
    "unavailable",
    "data loss",
    "unauthenticated",
)


def flag_words(flags: str) -> str:
    """Words of a comma list of flags; an unknown flag stands for itself.

    Examples
    --------
    >>> flag_words("URX,UT")
    'all retries failed; the server took too long'
    """
    return "; ".join(FLAGS.get(flag, flag) for flag in flags.split(",") if flag)


def code_words(code: str, protocol: str) -> str:
    """Words of a response code: of gRPC for grpc (its HTTP codes aside), else of HTTP; empty for tcp.

    Examples
    --------
    >>> code_words("503", "http"), code_words("14", "grpc"), code_words("0", "http")
    ('Service Unavailable', 'unavailable', 'no response')
    """
    if protocol == Protocol.TCP:
        return ""
    if not (code.isascii() and code.isdigit()):
        return "no response"
    number = int(code)
    if protocol == Protocol.GRPC and number < len(_GRPC):
        return _GRPC[number]
    if number == 0:
        return "no response"
    try:
        return HTTPStatus(number).phrase
    except ValueError:
        return ""
