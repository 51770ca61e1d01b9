"""Who an end of a row is: labels of one end to the key of its node. Knows neither frames nor graphs."""

from __future__ import annotations

from typing import NamedTuple

from mesh_graph.fields import BLACKHOLE, LATEST, PASSTHROUGH, UNKNOWN
from mesh_graph.model import GraphType, NodeKey, NodeKind

__all__ = ["End", "is_external_service", "is_known", "node_key", "service_key"]

INBOUND_PASSTHROUGH = "InboundPassthrough"
"""Start of the names that a server's proxy gives to traffic for a port that no service declares."""


class End(NamedTuple):
    """The labels of one end of a row; the last three are empty for a source."""

    cluster: str
    namespace: str
    workload: str
    app: str
    version: str
    service_namespace: str = ""
    host: str = ""
    service: str = ""


def is_known(label: str) -> bool:
    """Whether the label says anything: neither empty nor ``unknown``."""
    return label not in ("", UNKNOWN)


def _known(*labels: str) -> str:
    """First of the labels that says anything; empty if none does."""
    for label in labels:
        if label and label != UNKNOWN:
            return label
    return ""


def node_key(end: End, graph_type: GraphType) -> NodeKey:
    """Key of the node that an end of a row stands for.

    ========================  ======================================  =============================
    graph type                known of the end                        key
    ========================  ======================================  =============================
    workload, service         workload                                workload(workload)
    versionedApp, namespace   app and workload                        app(workload, app, version)
    versionedApp, namespace   app and a version other than `latest`   app(app, version)
    versionedApp, namespace   app                                     app(app)
    app                       app                                     app(app)
    app, versionedApp, …      workload                                workload(workload)
    any                       service or host (may be "unknown")      service(service)
    any                       app                                     app(app)
    any                       nothing                                 unknown()
    ========================  ======================================  =============================

    The first row that fits decides. All carry cluster and namespace: the workload's if known, else the
    service's. What is not known is empty in the key. For the graph type ``service`` this is the identity
    before workloads are drawn as the services they serve (``inject.py``).

    Source: reference behaviour of Kiali's graph. We differ in two things: a row of which nothing is known is
    kept, as the unknown node of its cluster; and a workload that runs two versions in one window (a roll-out
    in place) is two nodes.
    """
    cluster, namespace = _known(end.cluster), _known(end.namespace, end.service_namespace)
    workload, app = _known(end.workload), _known(end.app)
    by_app = graph_type not in (GraphType.WORKLOAD, GraphType.SERVICE)
    if app and by_app:
        if graph_type is GraphType.APP:
            return NodeKey(NodeKind.APP, cluster, namespace, app=app)
        version = _known(end.version)
        if not workload and version == LATEST:
            version = ""
        return NodeKey(NodeKind.APP, cluster, namespace, workload, app, version)
    if workload:
        return NodeKey(NodeKind.WORKLOAD, cluster, namespace, workload)
    if end.service or end.host:
        return _service(end) or NodeKey(NodeKind.SERVICE, cluster, namespace, service=UNKNOWN)
    if app:
        return NodeKey(NodeKind.APP, cluster, namespace, app=app)
    return NodeKey(NodeKind.UNKNOWN, cluster, namespace)


def service_key(end: End) -> NodeKey | None:
    """Key of the service that was called; None where no service stands between source and destination.

    There is none if the row names none, and for traffic that a proxy passed through, at the client or at the
    server.
    """
    key = _service(end)
    if key is None or key.service == PASSTHROUGH or key.service.startswith(INBOUND_PASSTHROUGH):
        return None
    return key


def _service(end: End) -> NodeKey | None:
    name = _known(end.service, end.host)
    if not name:
        return None
    namespace = _known(end.service_namespace, end.namespace)
    return NodeKey(NodeKind.SERVICE, _known(end.cluster), namespace, service=name)


def is_external_service(key: NodeKey) -> bool:
    """Whether a service node behind which no workload was seen is a host outside the mesh.

    Kubernetes names a service by one DNS label, so a name with a dot or colon is a host: of a ServiceEntry,
    or known from the metrics alone. A service without a namespace is no Kubernetes service either.
    """
    name = key.service
    if name in (PASSTHROUGH, BLACKHOLE):
        return True
    return name != UNKNOWN and (not key.namespace or "." in name or ":" in name)
