"""Which node an end of a call is, and what the node says of itself."""

from __future__ import annotations

from typing import NamedTuple

from mesh_graph import fields
from mesh_graph.model import GraphType

__all__ = ["APP", "SERVICE", "UNKNOWN", "WORKLOAD", "End", "Identity", "identify", "is_ok"]

APP = "app"
SERVICE = "service"
UNKNOWN = "unknown"
WORKLOAD = "workload"


def is_ok(text: str) -> bool:
    """Whether a label value says anything."""
    return text not in ("", fields.UNKNOWN)


class End(NamedTuple):
    """One end of a call, as a time series describes it."""

    cluster: str
    service_namespace: str
    service: str
    workload_namespace: str
    workload: str
    app: str
    version: str

    @property
    def namespace(self) -> str:
        """The workload's namespace where it is known, else the service's."""
        return self.workload_namespace if is_ok(self.workload_namespace) else self.service_namespace


class Identity(NamedTuple):
    """A node: its internal id, its type, and the fields that it keeps."""

    id: str
    type: str
    cluster: str
    namespace: str
    workload: str = ""
    app: str = ""
    version: str = ""
    service: str = ""


def identify(end: End, graph_type: GraphType) -> Identity | None:
    """The node that an end is in a graph of this type; None if nothing of it is known.

    The first rule that fits decides (see the identity table of docs/kiali-api.md).
    """
    place = (end.cluster, end.namespace)
    known = is_ok(end.workload), is_ok(end.app), is_ok(end.service)
    nameless = (end.workload, end.app) == (fields.UNKNOWN, fields.UNKNOWN)
    if nameless and end.namespace == fields.UNKNOWN and not end.service:
        return Identity(f"{end.cluster}_unknown_source", UNKNOWN, *place, end.workload, end.app, end.version)
    if nameless and end.service == fields.UNKNOWN:
        return _service(end, fields.UNKNOWN)
    if not any(known):
        return None
    has_workload, has_app, has_service = known
    if graph_type in (GraphType.WORKLOAD, GraphType.SERVICE):
        if has_workload:
            return _workload(end)
        return _service(end, end.service if has_service else fields.UNKNOWN)
    if has_app:
        return _app(end, graph_type)
    return _workload(end) if has_workload else _service(end, end.service)


def _service(end: End, name: str) -> Identity:
    identity = f"svc_{end.cluster}_{end.namespace}_{name}"
    return Identity(identity, SERVICE, end.cluster, end.namespace, service=end.service)


def _workload(end: End) -> Identity:
    app, version = (text if text != fields.UNKNOWN else "" for text in (end.app, end.version))
    identity = f"wl_{end.cluster}_{end.namespace}_{end.workload}"
    return Identity(identity, WORKLOAD, end.cluster, end.namespace, end.workload, app, version)


def _app(end: End, graph_type: GraphType) -> Identity:
    """An app; its version keyed by workload, so that two workloads of one version stay apart."""
    place = f"{end.cluster}_{end.namespace}"
    if graph_type is not GraphType.VERSIONED_APP:
        return Identity(f"app_{place}_{end.app}", APP, end.cluster, end.namespace, app=end.app)
    if is_ok(end.workload):
        identity = f"vapp_{place}_{end.workload}"
    elif is_ok(end.version) and end.version != fields.LATEST:
        identity = f"vapp_{place}_{end.app}_{end.version}"
    else:
        identity = f"app_{place}_{end.app}"
    return Identity(identity, APP, end.cluster, end.namespace, end.workload, end.app, end.version)
