"""What the containers of a simulated mesh write of a request, in the words of their kind.

Proxies write Istio's default access log ("Envoy Access Logs", istio.io); applications what people have them
write: the Python page its own format, the Java reviews stack traces, the others JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from mesh_graph.demo.containers import PROXY
from mesh_graph.demo.envoy_tags import is_error
from mesh_graph.demo.outcomes import Report
from mesh_graph.demo.spec import Workload
from mesh_graph.traces.model import Span, SpanKind

__all__ = ["access_text", "app_texts", "heap_text", "start_texts"]

_DETAILS = {
    "": "via_upstream",
    "DC": "downstream_remote_disconnect",
    "DR": "http2.remote_reset",
    "FI": "fault_filter_abort",
    "NR": "route_not_found",
    "RL": "request_rate_limited",
    "UC": "upstream_reset_before_response_started{connection_termination}",
    "UF": "upstream_reset_before_response_started{remote_connection_failure}",
    "UH": "no_healthy_upstream",
    "UO": "upstream_reset_before_response_started{overflow}",
    "URX": "via_upstream",
    "UT": "response_timeout",
}
_FAILURES = {"UF": "delayed_connect_error:_Connection_refused", "UC": "connection_termination"}
_WARN_FROM = 0.85
"""Share of its memory from which a process complains."""
_QUIET = 5
"""Applications write down one in so many requests that went well."""


def access_text(span: Span) -> str:
    """Line of the access log for one end of one request."""
    told, url = span.attributes, urlsplit(str(span.attributes.get("http.url", "")))
    flags = str(told.get("response_flags") or "-")
    first = flags.partition(",")[0].strip("-")
    number = int(span.span_id, 16)
    own = str(told.get("node_id", "")).split("~")[1]
    is_client = span.kind is SpanKind.CLIENT
    cluster = str(told.get("upstream_cluster", "-"))
    port = cluster.split("|")[1] if "|" in cluster else "443"
    there = f"10.{number % 200 + 20}.{(number >> 8) % 256}.{(number >> 16) % 254 + 1}:{port}"
    upstream = "-" if first in ("NR", "UH") else there if is_client else f"127.0.0.6:{port}"
    peer = f"{own if is_client else told.get('peer.address', '10.0.0.1')}:{40000 + number % 20000}"
    ms, code = span.duration_us // 1000, str(told.get("http.status_code") or "0")
    served = "-" if first or code == "0" else str(max(0, ms - number % 2))
    return (
        f'[{_clock(span.start_us / 1e6)}] "{told.get("http.method", "-")} {url.path} '
        f'{told.get("http.protocol", "-")}" {code} {flags} {_DETAILS.get(first, "-")} - '
        f'"{_FAILURES.get(first, "-")}" {number % 900} {(number >> 10) % 9000 if not first else 95} {ms} '
        f'{served} "-" "{"curl/8.9.1" if number % 7 else "Mozilla/5.0 (X11; Linux x86_64)"}" '
        f'"{told.get("guid:x-request-id", "-")}" "{url.netloc}" "{upstream}" '
        f"{cluster} {own}:{50000 + number % 9000} {there} {peer} - default"
    )


def app_texts(workload: Workload, span: Span) -> Iterator[str]:
    """What an application writes of a request that it served or made: of failures, else now and then."""
    told = span.attributes
    code, flags = str(told.get("http.status_code") or "0"), str(told.get("response_flags") or "-")
    has_failed = is_error(Report(code, flags, str(told.get("grpc.status_code") or "")))
    is_client = span.kind is SpanKind.CLIENT
    if not has_failed and (is_client or int(span.span_id, 16) % _QUIET):
        return
    if workload.app == "reviews":
        yield from _java(span, code, has_failed=has_failed, is_client=is_client)
    elif workload.app == "productpage":
        at = _clock((span.start_us + span.duration_us) / 1e6).replace("T", " ").replace(".", ",").rstrip("Z")
        yield f"{at} {'ERROR' if has_failed else 'INFO'} productpage: {_asked(span)} {code}"
    else:
        yield _json(workload, span, code, has_failed=has_failed)


def start_texts(workload: Workload, container: str, at: float) -> Iterator[tuple[float, str]]:
    """What a container writes as it starts, with the instants (Unix seconds)."""
    if container == PROXY:
        for after, words in (
            (0.4, "info\tProxy role\tips=[10.0.0.1] type=sidecar"),
            (0.9, "info\tStarting proxy agent"),
            (1.1, "info\txdsproxy\tconnected to upstream XDS server: istiod.istio-system.svc:15012"),
            (2.3, "info\tReadiness succeeded in 1.9s"),
            (2.4, "info\tEnvoy proxy is ready"),
        ):
            yield at + after, f"{_clock(at + after)}\t{words}"
        return
    yield at + 0.2, f"INFO {workload.app} {workload.version} starts"
    yield at + 1.6, f"INFO {workload.app} listens on :8080"


def heap_text(workload: Workload, used: float) -> str:
    """How much of its memory a process fills, 0..1, as it writes it."""
    told = {"level": "warn" if used > _WARN_FROM else "info", "logger": workload.app}
    return json.dumps({**told, "msg": f"heap {used:.0%} full", "parcels": int(used * 90_000)})


def _java(span: Span, code: str, *, has_failed: bool, is_client: bool) -> Iterator[str]:
    if not has_failed:
        yield f"[INFO    ] served {_asked(span)} {code} in {span.duration_us / 1000:.1f} ms"
    elif is_client:
        yield f"[ERROR   ] ratings did not answer: HTTP {code} of {_asked(span)}; the page has no stars"
        yield "javax.ws.rs.ServiceUnavailableException: HTTP 503 Service Unavailable"
        yield "\tat application.rest.LibertyRestEndpoint.getRatings(LibertyRestEndpoint.java:117)"
        yield "\tat application.rest.LibertyRestEndpoint.bookReviewsById(LibertyRestEndpoint.java:164)"
        yield "\t... 31 more"
    else:
        yield f"[ERROR   ] {_asked(span)} was not served: {code}"


def _json(workload: Workload, span: Span, code: str, *, has_failed: bool) -> str:
    grpc = str(span.attributes.get("grpc.status_code") or "")
    what = "call" if span.kind is SpanKind.CLIENT else "request"
    return json.dumps(
        {
            "time": _clock((span.start_us + span.duration_us) / 1e6),
            "level": "error" if has_failed else "info",
            "logger": workload.app,
            "msg": f"{what} {'failed' if has_failed else 'done'}",
            "of": _asked(span),
            "status": grpc or code,
            "ms": round(span.duration_us / 1000, 1),
            "trace_id": span.trace_id,
        }
    )


def _asked(span: Span) -> str:
    return f"{span.attributes.get('http.method', '')} {span.attributes.get('http.url', '')}"


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
