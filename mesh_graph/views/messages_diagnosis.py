"""Words of the diagnosis, in English: message id → what is so and what to do about it.

``{name}`` is a parameter of the finding. ``RUNGS`` holds the question that each rung of the ladder asks.
"""

from __future__ import annotations

from typing import NamedTuple

from mesh_graph.diagnosis.report import Evidence, Finding
from mesh_graph.views.numbers import format_significant
from mesh_graph.views.words import fill

__all__ = ["MESSAGES", "RUNGS", "Words", "evidence_words", "finding_words"]


class Words(NamedTuple):
    """A finding in words: what is so, and what mends it."""

    text: str
    fix: str


RUNGS: dict[str, str] = {
    "scope": "Does the query scope match any of Istio's series?",
    "series": "Are there Istio metrics at this instant?",
    "labels": "Do they carry the labels that the graph is made of?",
    "namespaces": "Does the mesh know the selected namespaces?",
    "window": "Does the window hold two scrapes?",
    "traffic": "Was anything counted within the window?",
    "applications": "Do workloads carry application labels?",
    "reporters": "Do both ends report?",
    "tcp-ends": "Do the two ends of TCP connections know each other?",
    "destinations": "Does any traffic go to a service of the mesh?",
    "sources": "Does any traffic come from a known workload?",
    "hide": "Does the view hide what there is?",
}

MESSAGES: dict[str, Words] = {
    # Why there is nothing to draw.
    "scope-matches-nothing": Words(
        "Istio's metrics are there, but none of their series matches the query scope.",
        "Correct query_scope (--query-scope), or leave it out: compare it with the labels that "
        "istio_requests_total really has.",
    ),
    "no-istio-series": Words(
        "The source holds no Istio metrics, neither at this instant nor in the hour before.",
        "Let Prometheus scrape the sidecars (port 15090, path /stats/prometheus) and check its targets page; "
        "if the mesh's metrics are elsewhere, set --prometheus-url.",
    ),
    "scrapes-stopped": Words(
        "There were Istio metrics within {span} before {at}, but their series have ended.",
        "Look at the targets page of Prometheus for scrapes that fail, or choose an earlier instant.",
    ),
    "instant-in-future": Words(
        "{at} lies in the future: the source's clock says {now}.",
        "Choose an earlier instant or go back to live.",
    ),
    "instant-before-data": Words(
        "The source holds no Istio metrics around {at}, but it does today.",
        "Choose a later instant: Prometheus was not scraping yet, or has dropped data that old.",
    ),
    "labels-dropped": Words(
        "No series of {family} carries {labels}.",
        "Look for metric_relabel_configs, recording rules or an Istio Telemetry override that drop them, and "
        "keep them.",
    ),
    "labels-partly-dropped": Words(
        "Up to {count} of {series} series lack {labels}: their traffic cannot be placed.",
        "Look for scrape jobs or proxies whose relabelling or Telemetry override drops them, and keep them.",
    ),
    "namespace-unknown": Words(
        "Istio's metrics do not know {namespaces}, among {known} namespaces with workloads that are called.",
        "Choose another namespace. It has {close}. If it is spelled right, its pods have no sidecars "
        "or are not scraped.",
    ),
    "window-too-short": Words(
        "A rate takes two scrapes, and {window} may hold only one: they come every {interval}.",
        "Choose a window of {shortest} or more, or let Prometheus scrape more often.",
    ),
    "idle-hidden": Words(
        "{series} series are there, but none has counted anything for {span}: all edges are idle, and "
        "idle edges are hidden.",
        "Turn on idle edges, send some traffic, or look at an instant when there was some.",
    ),
    "no-traffic": Words(
        "{series} series are there, but none has counted anything for {span}.",
        "Send some traffic, or look at an instant when there was some.",
    ),
    "traffic-earlier": Words(
        "Nothing was counted for {window}, but there was traffic within {span}.",
        "Choose a longer window, an earlier instant, or turn on idle edges.",
    ),
    "canonical-labels-missing": Words(
        "No workload carries a canonical service label; app labels are there.",
        "Set app_labels (--app-labels) to auto or app.",
    ),
    "application-labels-missing": Words(
        "No workload that is called carries an application label, so there is nothing to group versions by.",
        "Label pods with app.kubernetes.io/name or app, and version; or look at the workload graph.",
    ),
    "source-reports-only": Words(
        "Only callers report: the servers' proxies are not scraped, or the servers have no sidecar.",
        "Inject sidecars into the servers, or let Prometheus scrape their pods.",
    ),
    "destination-reports-only": Words(
        "Only servers report: the callers' proxies are not scraped, or the callers have no sidecar.",
        "Inject sidecars into the callers, or let Prometheus scrape their pods.",
    ),
    "tcp-halves": Words(
        "Some TCP connections appear as two halves, each ending in an unknown node: without mutual TLS the "
        "two proxies cannot tell each other who they are.",
        "Turn on mutual TLS between them (PeerAuthentication STRICT, or a DestinationRule with "
        "ISTIO_MUTUAL).",
    ),
    "passthrough-only": Words(
        "All traffic goes to hosts that the mesh does not know (PassthroughCluster, BlackHoleCluster).",
        "Declare the hosts with ServiceEntries, or give the Services' ports their protocol names.",
    ),
    "unknown-sources-only": Words(
        "All traffic comes from unknown sources: callers without a sidecar, such as probes and scrapes.",
        "Inject sidecars into the callers; to leave such traffic out, hide unknown nodes.",
    ),
    "hidden-by-expression": Words(
        "The view hides what matches {expression}.",
        "Clear the hide expression.",
    ),
    "unanswered": Words("The source did not answer: {problem}", "{advice}"),
    # Why the picture may be wrong.
    "doubled-by-replicas": Words(
        "Rates are shown too large: replicas of Prometheus store the same series ({label} {values}, for "
        "instance of {example}).",
        "Let the store remove duplicates (Thanos: --query.replica-label={label}), or set a query scope on "
        "one replica.",
    ),
    "doubled-by-jobs": Words(
        "Rates are shown too large: one pod is scraped by several jobs ({values}, for instance {example}).",
        "Keep Istio's metrics in one of the jobs, or set a query scope on one: --query-scope 'job=\"…\"'.",
    ),
    "one-reporter": Words(
        "Only the {reporter} reports {family}: what the other end saw is not in the picture.",
        "Inject sidecars at the other end, or let Prometheus scrape it.",
    ),
    "coarse-window": Words(
        "The window of {window} holds few scrapes (one every {interval}): rates are rough.",
        "Choose a longer window.",
    ),
    "samples-late": Words(
        "The newest sample is {age} old: the picture is older than it says.",
        "Look at the targets page of Prometheus, and at remote write if there is any.",
    ),
    "partial-answer": Words(
        "The source answered in part only: {warning}",
        "Look at the stores behind the source; traffic that they hold is missing.",
    ),
    "clocks-differ": Words(
        "The source's clock is {offset} {direction} ours.",
        "Synchronise the clocks (NTP).",
    ),
    "trust-unanswered": Words(
        "The picture could not be checked: {problem}",
        "See whether the source is overloaded or unreachable.",
    ),
}


def finding_words(finding: Finding) -> Words:
    """A finding in words; parameters that are empty or missing show as ``…``."""
    words = MESSAGES.get(finding.message, Words(finding.message, ""))
    return Words(*(fill(template, dict(finding.parameters)) for template in words))


def evidence_words(evidence: Evidence) -> str:
    """What a question was answered, in words."""
    if evidence.error:
        return f"no answer: {evidence.error}"
    if not evidence.rows:
        return "nothing"
    rows = "1 row" if evidence.rows == 1 else f"{evidence.rows:,} rows"
    return f"{rows}, {format_significant(evidence.total, 3)} in all"
