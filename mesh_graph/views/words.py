"""The English message catalogue: message id and parameters → words.

Analysis hands over ids and parameters; only here do they become sentences. A message without an entry is
shown by its id and parameters, so that a new one is never lost, and a test names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import Formatter

from mesh_graph.topology.attributes import Gap

__all__ = ["MESSAGES", "fill", "gap_text", "say"]

MESSAGES: dict[str, str] = {
    "charts.empty": "No history for this part.",
    "logs-off.no-cluster": "Logs are read from a cluster, and none that runs pods is connected.",
    "logs-off.no-cluster.advice": "Start with --kubeconfig FILE or --in-cluster, and with a sign-in.",
    "logs-off.no-sign-in": "Pod logs are off, because nobody signs in here: whoever reaches this address "
    "would read them.",
    "logs-off.no-sign-in.advice": "Start with --users-file FILE, and grant the right logs in it "
    "(docs/logs.md).",
    "logs-off.no-right": "You may not read the logs of pods here.",
    "logs-off.no-right.advice": "Who runs Meshgraph can give you the right logs.",
    "charts.title": "Over time, UTC",
    "count.nodes": "{count} nodes",
    "count.edges": "{count} edges",
    "count.namespaces": "{count} namespaces",
    "count.namespace.one": "1 namespace",
    "count.node.one": "1 node",
    "count.edge.one": "1 edge",
    "declared-now": "Of the past only the configuration is shown that has not changed since: what existed "
    "then is not known",
    "declared-unseen": "Not read from {cluster}: {kinds}. What only they tell is not shown",
    "declared.MESH_EXTERNAL": "Registered as a host outside the mesh by {entry}",
    "declared.MESH_INTERNAL": "Registered as a part of the mesh by {entry}",
    "declared.": "Registered by {entry}",
    "declared.any-host": "any host",
    "declared.bare": "{bare} of {pods} pods have no proxy",
    "declared.circuit_breaker": "A circuit breaker limits connections, or ejects failing pods",
    "declared.fault_injection": "Requests are delayed or aborted on purpose",
    "declared.hosts": "Hosts",
    "declared.machines": "Stands for machines outside Kubernetes: {names}",
    "declared.mirroring": "Requests are copied to another place",
    "declared.more-hosts": " and {count} more",
    "declared.request_routing": "Requests are routed by conditions",
    "declared.tcp_shifting": "TCP connections are shared by weights",
    "declared.timeout": "Requests are cut off after a time-out",
    "declared.title": "Declared",
    "declared.traffic_shifting": "Requests are shared by weights",
    "declared.virtual_service": "A virtual service routes its traffic",
    "edge.errors": "{ratio} err",
    "edge.vanished": "last {rate}",
    "edge.partial": "incomplete",
    "edge.tcp-errors": "{ratio} of closed connections",
    "edge.unrated": "unknown: nothing was counted that can fail",
    "error.config": "A setting cannot be used",
    "error.error": "Error",
    "error.internal": "Internal error",
    "error.invalid-reply": "The source's answer cannot be read",
    "error.invalid-request": "A parameter is wrong",
    "error.no-graphviz": "Graphviz did not draw this",
    "error.not-allowed": "Nothing may be seen",
    "error.not-signed-in": "Not signed in",
    "error.sign-in-unavailable": "Nobody can sign in",
    "error.too-many-attempts": "Too many attempts",
    "traces-partial": "The tracing backend answered in part: {warning}",
    "trace-metrics-failed": "What the mesh counts is not told beside the traces: {reason}",
    "trace-services-left-out": "{count} more services were not looked at",
    "trace-service-failed": "Traces of {service} could not be had: {reason}",
    "logs.list": "Lines of the pods' logs",
    "logs.loading": "Reading the logs …",
    "error.logs-off": "Logs are not read here",
    "error.nothing-traced": "Nobody is asked for traces",
    "error.refused-host": "Unknown host",
    "error.refused-origin": "Request from another site",
    "error.refused": "The source refuses our credentials",
    "error.rejected": "The source declined the query",
    "error.not-recorded": "The recording does not hold this",
    "error.source-error": "The source could not answer",
    "error.timeout": "The source did not answer in time",
    "error.too-much-data": "The answer is too large",
    "error.unknown-namespace": "No such namespace in this mesh",
    "error.unknown-node": "No such node in this graph",
    "error.unknown-trace": "No such trace",
    "error.nothing-declared": "No cluster is connected",
    "error.unknown-object": "No such object in the clusters",
    "error.unreachable": "The source cannot be reached",
    "coarse-window": "The window of {window} holds few scrapes ({interval} apart): rates are coarse. Use a "
    "longer window.",
    "destination-without-cluster": "{rows} rows left out: their destination names no cluster",
    "earlier-failed": "Vanished and new are not shown: {reason}",
    "family-failed": "No {family}: {reason}",
    "focus": "Focus on it",
    "focus.missing": "{name} is not in this view: it had no traffic in the window, or is hidden",
    "focus.on": "Focus on {name}",
    "folded": "{nodes} nodes are folded into {parts}: click one to open it in place",
    "half-reported": "The destination reports only part of what arrives: the source's report is shown",
    "latency-at-most": "The slowest of several series: the response time of all together is at most this",
    "level.err": "failing",
    "level.idle": "no traffic",
    "level.ok": "healthy",
    "level.unrated": "no error ratio",
    "level.warn": "degraded",
    "node.beyond": "+ {count} more",
    "node.beyond-edges": "{count} of its edges are outside the focus",
    "node.folded": "{count} inside",
    "node.external": "outside the mesh",
    "node.injected": "between callers and workloads",
    "node.gateway": "gateway",
    "node.no-pods": "nothing there: no pods",
    "node.no-service": "nothing there: no such service",
    "node.no-workload": "nothing there: no such workload",
    "node.no-sidecar": "no sidecar seen",
    "node.outside": "outside the selection",
    "node.root": "traffic enters here",
    "node.unknown": "unknown",
    "node.waypoint": "waypoint: what it carries is counted from end to end, not again here",
    "nothing-earlier": "The earlier view has no traffic to compare with: nothing is marked new or vanished",
    "partial-answer": "{family} is a partial answer: {warning}",
    "pod-address-called": "{rows} rows left out: a pod was called by its address",
    "panel.missing": "The selected part is not in this picture: it has no traffic now, or other namespaces "
    "are chosen.",
    "open.app": "Open application",
    "open.service": "Open service",
    "open.workload": "Open workload",
    "problem.internal": "Something went wrong here.",
    "problem.not-found": "There is nothing at this address.",
    "problem.no-graphviz": "Drawing needs Graphviz beside the server, and a graph it can draw in time. "
    "/dotgraph gives what it would draw.",
    "problem.not-signed-in": "Sign in first.",
    "problem.refused-host": "This address is not served under the name in your request.",
    "problem.refused-origin": "The request came from another site.",
    "reporter-unknown": "{rows} rows left out: their reporter is unknown",
    "source-without-identity": "{rows} rows left out: their source has no workload and no app",
    "state.new": "new",
    "split-part-failed": "Part of this page is missing: {reason}",
    "state.vanished": "vanished",
    "traces.calls": "Traces of calls from {caller} to {service}",
    "traces.failed": "failed ones",
    "traces.of": "Traces of {service}",
    "summary.shown": "{shown} of {whole} nodes shown",
    "summary.errors": "{ratio} errors",
    "summary.found": "{count} found",
    "summary.no-requests": "no requests",
    "summary.window": "rates over {window}",
}
"""Words of every message, by id; ``{name}`` is a parameter."""


def say(message: str, parameters: Mapping[str, str] | None = None, **more: str) -> str:
    """Words of a message.

    Parameters that the words need and that are missing show as ``…``; nothing in a parameter's value is
    interpreted.
    """
    values = {**(parameters or {}), **more}
    words = MESSAGES.get(message)
    if words is None:
        details = ", ".join(f"{name} {value}" for name, value in values.items())
        return message.replace("-", " ").replace(".", ": ") + (f" ({details})" if details else "")
    return fill(words, values)


def fill(words: str, values: Mapping[str, str]) -> str:
    """Words with ``{name}`` replaced by its value, ``…`` where there is none; values are not interpreted."""
    return "".join(
        text + (values.get(field) or "…" if field is not None else "")
        for text, field, _, _ in Formatter().parse(words)
    )


def gap_text(gap: Gap) -> str:
    """Words of a gap: what could not be seen, and why."""
    return say(gap.message, dict(gap.parameters))


def count_text(count: int, one: str, many: str) -> str:
    """Words of a number of things."""
    return say(one) if count == 1 else say(many, count=f"{count:,}")


def joined(texts: Iterable[str]) -> str:
    """Texts in one line, set apart by a middle dot."""
    return " · ".join(text for text in texts if text)
