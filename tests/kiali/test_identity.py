"""The identity table of Kiali's graph, row by row."""

import pytest

from mesh_graph.kiali.identity import End, identify
from mesh_graph.model import GraphType

APP, VERSIONED, WORKLOAD, SERVICE = (
    GraphType.APP,
    GraphType.VERSIONED_APP,
    GraphType.WORKLOAD,
    GraphType.SERVICE,
)
U = "unknown"


def end(service="s", workload="w", app="a", version="v", namespace="n"):
    return End("c", namespace, service, namespace, workload, app, version)


@pytest.mark.parametrize(
    ("described", "graph_type", "expected", "kind"),
    [
        (end("", U, U, U, U), WORKLOAD, "c_unknown_source", "unknown"),
        (end(U, U, U), WORKLOAD, "svc_c_n_unknown", "service"),
        (end(U, U, U), APP, "svc_c_n_unknown", "service"),
        (end(workload=U), WORKLOAD, "svc_c_n_s", "service"),
        (end(service=U, workload=U), SERVICE, "svc_c_n_unknown", "service"),
        (end(), WORKLOAD, "wl_c_n_w", "workload"),
        (end(), SERVICE, "wl_c_n_w", "workload"),
        (end(), VERSIONED, "vapp_c_n_w", "app"),
        (end(workload=U), VERSIONED, "vapp_c_n_a_v", "app"),
        (end(workload=U, version="latest"), VERSIONED, "app_c_n_a", "app"),
        (end(), APP, "app_c_n_a", "app"),
        (end(app=U), APP, "wl_c_n_w", "workload"),
        (end(app=""), VERSIONED, "wl_c_n_w", "workload"),
        (end(workload=U, app=U), APP, "svc_c_n_s", "service"),
        (end("", "", "", ""), WORKLOAD, None, None),
    ],
)
def test_end_is_this_node(described, graph_type, expected, kind):
    found = identify(described, graph_type)
    assert (found and found.id, found and found.type) == (expected, kind)


@pytest.mark.parametrize(
    ("described", "graph_type", "kept"),
    [
        (end(), APP, ("", "a", "", "")),
        (end(), VERSIONED, ("w", "a", "v", "")),
        (end(workload=U), VERSIONED, (U, "a", "v", "")),
        (end(), WORKLOAD, ("w", "a", "v", "")),
        (end(app=U, version=U), WORKLOAD, ("w", "", "", "")),
        (end(workload=U), WORKLOAD, ("", "", "", "s")),
    ],
)
def test_node_keeps_the_fields_of_its_type(described, graph_type, kept):
    found = identify(described, graph_type)
    assert (found.workload, found.app, found.version, found.service) == kept


def test_namespace_is_the_service_s_where_the_workload_s_is_unknown():
    described = End("c", "here", "s", U, U, U, U)
    assert identify(described, WORKLOAD).id == "svc_c_here_s"
