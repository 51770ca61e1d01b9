"""Words of the configuration's pages and of mutual TLS, in English."""

from __future__ import annotations

from mesh_graph.answers.intent_objects import ObjectStatus

__all__ = ["CSS_STATUS", "MESSAGES", "STATUSES"]

STATUSES: dict[ObjectStatus, str] = {
    ObjectStatus.ERROR: "Error",
    ObjectStatus.WARNING: "Warning",
    ObjectStatus.UNKNOWN: "Look",
    ObjectStatus.UNCHECKED: "Not checked",
    ObjectStatus.VALID: "Valid",
}
"""Words of every status."""

CSS_STATUS: dict[ObjectStatus, str] = {
    ObjectStatus.ERROR: "failure",
    ObjectStatus.WARNING: "degraded",
    ObjectStatus.UNKNOWN: "not_ready",
    ObjectStatus.UNCHECKED: "no_data",
    ObjectStatus.VALID: "healthy",
}
"""The status of health whose sign and colour each has."""

MESSAGES: dict[str, str] = {
    "config.no-cluster": "No cluster is connected, so there is no configuration to show or to check.",
    "config.no-cluster.advice": "Start with --kubeconfig FILE, --in-cluster, or --manifests DIR.",
    "config.no-right": "You may not see the configuration of clusters.",
    "config.no-right.advice": "Who runs Meshgraph can give you the right config.",
    "config.none": "The clusters declare no Istio configuration here.",
    "config.nothing-found": "nothing found",
    "config.unchecked": "no rule could judge it",
    "config.count": "{shown} of {all} objects",
    "config.skipped": "Not checked for want of {kinds}: {codes}",
    "config.gone": "There is no {kind} {name} in {namespace}.",
    "config.gone.advice": "It may have been deleted since. The list shows what there is.",
    "config.masked": "Values that look like secrets are masked: this is not to be applied as it stands.",
    "config.masked-patch": "The object holds masked values, so only the change itself is offered.",
    "config.cut": "{count} more lines are not shown",
    "config.changed": "changed {age} ago",
    "config.line": "line {line}",
    "config.why": "What it does",
    "config.mend": "How to mend it",
    "config.patch": "The change, to copy; nothing is run from here",
    "config.proposal": "An object that would mend it",
    "config.basis": "Rests on about {count} counted over {window}.",
    "config.refers-to": "Names",
    "config.referred-by": "Named by",
    "config.no-references": "nothing",
    "config.missing": "missing",
    "config.all-clear": "None of the rules that judge {kind}s found anything.",
    "config.not-judged": "No rule that judges {kind}s could be asked.",
    "standing.services": "Services",
    "standing.config": "Configuration that applies",
    "standing.gaps": "Not read from the clusters",
    "standing.unread-kind": "of a kind that is not read",
    "standing.images": "Images",
    "standing.proxy": "Proxy",
    "standing.labels": "Labels",
    "standing.replicas": "{available} of {desired} replicas can serve, {current} are there",
    "standing.unknown-replicas": "{desired} replicas are wanted; what is there is not known",
    "standing.bare": "{bare} of {pods} pods without a proxy",
    "standing.service": "Service",
    "standing.ports": "Ports",
    "standing.serving": "Endpoints",
    "standing.endpoints": "{ready} of {all} can serve",
    "standing.told-by.appProtocol": "by appProtocol",
    "standing.told-by.name": "by the port's name",
    "standing.told-by.": "by what is said first",
    "mtls.default": "Istio's default",
    "mtls.mesh": "Where nothing says otherwise, servers of {cluster} are {mode} ({source}).",
    "mtls.auto": "Clients use mutual TLS by themselves (auto mTLS).",
    "mtls.no-auto": "Clients use mutual TLS only where a DestinationRule tells them to (auto mTLS is off).",
    "mtls.auto-unknown": "Whether clients use it by themselves is not known: Istio's settings were not read.",
    "mtls.STRICT": "Strict: plain text is refused",
    "mtls.PERMISSIVE": "Permissive: plain text is taken, too",
    "mtls.DISABLE": "Disabled: plain text only",
    "mtls.nothing-seen": "nothing seen",
    "mtls.verdict.plain-under-strict": "plain text in spite of strict",
    "mtls.verdict.ready": "all traffic seen is mutual TLS: strict would refuse none of it",
    "mtls.verdict.mixed": "strict would refuse what is plain now",
    "mtls.verdict.off": "everything is plain text",
    "mtls.plain": "Plain text, by who calls whom",
    "mtls.no-plain": "No plain text was seen in this window.",
    "mtls.no-namespaces": "No namespace has pods or traffic here.",
    "mtls.more-plain": "and {count} more, with less",
    "mtls.unknown-caller": "a caller that no proxy knows",
}
"""Words by message id; ``{name}`` is a parameter."""
