"""Words of the audit of trace headers: verdicts, what to do, sampling in force, how to force a trace."""

from __future__ import annotations

from collections.abc import Mapping

from mesh_graph.answers.trace_sampling import SamplingOrigin
from mesh_graph.traces.audit import Propagation

__all__ = ["FORCE", "HEADERS", "MESSAGES", "ORIGINS", "STATUSES", "VERDICTS"]

HEADERS = (
    "x-request-id",
    "x-b3-traceid",
    "x-b3-spanid",
    "x-b3-parentspanid",
    "x-b3-sampled",
    "x-b3-flags",
    "b3",
    "traceparent",
    "tracestate",
    "x-ot-span-context",
)
"""What an application copies from a request that it got to the requests that it makes for it."""

VERDICTS: Mapping[Propagation, str] = {
    Propagation.DROPS: "drops headers",
    Propagation.SOMETIMES: "drops some",
    Propagation.TOO_FEW: "too few calls to tell",
    Propagation.FORWARDS: "hands them on",
    Propagation.NOT_ASKED: "nothing to hand on",
}

STATUSES: Mapping[Propagation, str] = {
    Propagation.DROPS: "failure",
    Propagation.SOMETIMES: "degraded",
    Propagation.TOO_FEW: "no_data",
    Propagation.FORWARDS: "healthy",
    Propagation.NOT_ASKED: "no_data",
}
"""Sign beside a verdict; the same shapes and colours as everywhere."""

ORIGINS: Mapping[SamplingOrigin, str] = {
    SamplingOrigin.TELEMETRY: "Telemetry {name}",
    SamplingOrigin.MESH_CONFIG: "the mesh configuration",
    SamplingOrigin.ISTIOD: "istiod's PILOT_TRACE_SAMPLING",
    SamplingOrigin.DEFAULT: "Istio's default: nobody says otherwise",
}

FORCE = "curl -s -D - -o /dev/null -H 'x-envoy-force-trace: true' http://SERVICE:PORT/PATH"

MESSAGES: Mapping[str, str] = {
    "nothing": "No traces were found in this time, so nothing can be said about who hands headers on. Look "
    "back further, or see below how much is sampled.",
    "all-well": "No service was found to drop trace headers, in {traces} traces with {spans} spans.",
    "accused": "{count} of {all} services drop the trace headers of their callers, in {traces} traces with "
    "{spans} spans. Behind such a service every trace begins anew.",
    "accused.one": "{service} drops the trace headers of its callers, in {traces} traces with {spans} "
    "spans. Behind it every trace begins anew.",
    "of-calls": "{unjoined} of {calls} calls that it made belong to no trace of a caller (95%: {low} to "
    "{high})",
    "broken": "{source} → {service} → {destination}: {calls} calls, none of them in a trace that came in",
    "asked-without": "Callers in the mesh ask it without headers: a caller's proxy takes no part in tracing",
    "orphans": "{count} spans name a parent that nobody reported",
    "headers": "The application has to copy these headers from each request that it gets to the requests "
    "that it makes for it. Istio's proxies cannot: they do not know which request led to which.",
    "own-account": "A service that is called and also calls on its own account, a poller say, looks the "
    "same. Spans do not tell why a call was made.",
    "unseen": "Calls that the mesh counts and that no trace has, though both ends report spans:",
    "cut-ids": "Trace ids of 64 bits are the end of ids of 128 bits: somebody in these traces cuts ids, and "
    "they fall apart in two.",
    "mixed": "{short} traces have ids of 64 bits, {long} of 128.",
    "sampled": "About {share} of the requests are traced (95%: {low} to {high}): {requests} in these "
    "traces, {expected} by the mesh's metrics.",
    "sampled.fewer": "That is less than declared anywhere: spans are lost on the way, sampled again by a "
    "collector, or a caller's decision goes first.",
    "sampled.more": "That is more than declared anywhere: callers decide for themselves, or traces are "
    "forced.",
    "sampled.unknown": "How much is traced cannot be estimated: the mesh counts no requests to these "
    "services.",
    "declared.none": "What is declared is not known: no cluster is connected.",
    "declared": "{percent} in {place}, by {origin}",
    "place.cluster": "all of {cluster}",
    "place.namespace": "namespace {namespace}",
    "place.workloads": "{labels} in namespace {namespace}",
    "force": "One request can be traced whatever is sampled: with the header x-envoy-force-trace from "
    "within the mesh. Envoy believes it from inside only, from an external address the gateway removes it; "
    "there, x-client-trace-id with a fresh UUID does the same if the gateway allows it. The answer then has "
    "an x-request-id: look for it here as the tag guid:x-request-id.",
}
