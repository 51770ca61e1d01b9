"""A user of one namespace walks through every door: no name that is not theirs is in any answer.

What is not in these tables is a door that nobody has looked behind, and fails: a new route or callback is
added here with the requests that a browser or a program sends.
"""

from __future__ import annotations

import json
from itertools import product

import pytest
from flask.testing import FlaskClient

from mesh_graph.api.context import Context
from mesh_graph.api.ways_in import WaysIn
from mesh_graph.application import create_app
from mesh_graph.export.formats import FORMATS
from mesh_graph.model import GraphType
from mesh_graph.scope import Scope
from tests.walled_mesh import AT, FOREIGN_TRACE, HOME, NEIGHBOUR, SECRET, TRACE, walled_mesh

MESH = walled_mesh()
APP = create_app(
    Context(MESH, scope=Scope.of((HOME,)), links={"logs": "https://logs.example.com/{namespace}"})
)
WHOLE = create_app(Context(MESH))
TIME = f"at={AT}&window=5m"
FOREIGN, NEAR, NOWHERE = f"{SECRET}-bookinfo", f"{NEIGHBOUR}-payments", "nowhere"
"""A namespace that is not to be known, one of neighbours, and one that does not exist."""
VIEWS = [
    *(f"graph_type={kind}&boxes=cluster,namespace,app&budget=900" for kind in GraphType),
    "compare=1h&response_time=p95&throughput=1&idle=1",
    "hide=rate%3E1&find=name%20contains%20a",
    f"namespaces={HOME}&budget=5",
    f"focus=service%7C%7C{HOME}%7C%7C%7C%7Ccatalog%7C&hops=all",
    f"namespaces={HOME},{NEAR},{NOWHERE}",
]
KINDS = ("applications", "workloads", "services")
NAMED = {"applications": "catalog", "workloads": "catalog-v2", "services": "catalog"}
OTHERS = {
    "applications": f"{NEIGHBOUR}-payment",
    "workloads": f"{NEIGHBOUR}-payment-v5",
    "services": f"{NEIGHBOUR}-payment",
}


def _of_views(path: str, *more: str) -> list[str]:
    return [f"{path}?{TIME}&{view}" for view in (*VIEWS, *more)]


def _of_subjects(end: str = "") -> list[str]:
    own = [f"/api/{kind}/{HOME}/{NAMED[kind]}{end}?{TIME}&span=15m" for kind in KINDS]
    near = [f"/api/{kind}/{NEAR}/{OTHERS[kind]}{end}?{TIME}" for kind in KINDS]
    grouped = [
        f"{own[1]}&direction={way}&group={group}&told={told}"
        for way, group, told in (
            ("inbound", "peer_version", "source"),
            ("inbound", "pod", "source"),
            ("outbound", "peer_version", "merged"),
            ("outbound", "pod", "destination"),
        )
        if end == "/metrics"
    ]
    return [*own, *near, *grouped]


ROUTES: dict[str, list[str]] = {
    "topology.topology": _of_views("/api/pages/topology"),
    "topology.replay": [f"/api/pages/topology/replay?window=5m&start={AT - 120}&end={AT}&step=1m"],
    "topology.search": [f"/api/pages/topology/search?{TIME}&text={text}" for text in ("a", SECRET, "v5")],
    "topology.namespaces": ["/api/pages/namespaces"],
    "splits.splits": [f"/api/splits?{TIME}"],
    "splits.split": [f"/api/splits/{HOME}/catalog?{TIME}", f"/api/splits/{NEAR}/{NEIGHBOUR}-payment?{TIME}"],
    "splits.flagger": [f"/api/splits/{HOME}/catalog/flagger/confirm-promotion?{TIME}"],
    "overview.overview": _of_views("/api/overview"),
    "overview.applications": [f"/api/applications?{TIME}"],
    "overview.workloads": [f"/api/workloads?{TIME}"],
    "overview.services": [f"/api/services?{TIME}"],
    "detail.detail": _of_subjects(),
    "detail.timeline": _of_subjects("/timeline")[2:4],
    "detail.pods": _of_subjects("/pods"),
    "detail.metrics": _of_subjects("/metrics"),
    "kiali.namespaces": [
        f"/api/namespaces/graph?namespaces={HOME}&queryTime={AT}&graphType={kind}&boxBy=app,namespace,cluster"
        "&appenders=deadNode,istio,securityPolicy,responseTime,throughput,health,idleNode,meshCheck"
        for kind in ("app", "service", "versionedApp", "workload")
    ]
    + [f"/api/namespaces/graph?namespaces={HOME},{NEAR}&queryTime={AT}"],
    "kiali.of_workload": [
        f"/api/namespaces/{HOME}/workloads/checkout-v2/graph?queryTime={AT}&appenders=securityPolicy"
    ],
    "kiali.of_app": [
        f"/api/namespaces/{HOME}/applications/checkout/graph?queryTime={AT}&graphType=app",
        f"/api/namespaces/{HOME}/applications/checkout/versions/v2/graph?queryTime={AT}&graphType=versionedApp",
    ],
    "kiali.of_service": [f"/api/namespaces/{HOME}/services/catalog/graph?queryTime={AT}"],
    "graph.graph": _of_views("/api/graph", *(f"format={name}" for name in FORMATS)),
    "openapi.document": ["/api/openapi.json"],
    "telemetry.healthz": ["/healthz"],
    "telemetry.readyz": ["/readyz"],
    "telemetry.metrics": ["/metrics"],
    "classic.graph": ["/graph?time_horizon=5m", f"/graph?source_namespace={NEAR}"],
    "classic.d3graph": ["/d3graph"],
    "classic.dotgraph": ["/dotgraph?filter_empty=true"],
    "classic.dotviz": ["/dotviz"],
    "istio.objects": [f"/api/istio?{TIME}", f"/api/istio?{TIME}&namespaces={NEAR}"],
    "istio.one_object": [
        f"/api/istio/{HOME}/VirtualService/catalog-route?{TIME}",
        f"/api/istio/{HOME}/AuthorizationPolicy/allow?{TIME}",
        f"/api/istio/istio-system/PeerAuthentication/default?{TIME}",
    ],
    "istio.mtls": [f"/api/mtls?{TIME}"],
    "logs.lines": [
        f"/api/workloads/{HOME}/catalog-v2-pod/logs?{TIME}&format={form}" for form in ("json", "text")
    ]
    + [f"/api/workloads/{NEAR}/{NEIGHBOUR}-payment-v5/logs?{TIME}"],
    "trace_pages.trace": [f"/api/pages/traces/{TRACE}", f"/api/pages/traces/{FOREIGN_TRACE}"],
    "trace_pages.search": [f"/api/pages/traces/{TRACE}/search?text={text}" for text in ("host", "GET")],
    "trace_pages.listed": [f"/api/pages/traces.csv?{TIME}&span=1h"],
    "trace_pages.on_map": [f"/api/pages/traces/{TRACE}/map?{TIME}"],
    "traces.found": [f"/api/traces?{TIME}&span=1h", f"/api/traces?{TIME}&service={SECRET}-app1.{FOREIGN}"],
    "traces.trace": [f"/api/traces/{TRACE}", f"/api/traces/{FOREIGN_TRACE}"],
    "traces.critical_path": [f"/api/traces/critical-path?{TIME}&span=1h"],
    "traces.dependencies": [f"/api/traces/dependencies?{TIME}&span=1h"],
    "traces.audit": [f"/api/traces/audit?{TIME}&span=1h"],
    "traces.services": [
        f"/api/traces/services?{TIME}",
        f"/api/traces/services?{TIME}&service=frontend.{HOME}",
        f"/api/traces/services?{TIME}&service={NEIGHBOUR}-payment.{NEAR}",
    ],
    "/": ["/"],
    "/<path:path>": ["/topology", f"/applications/{HOME}/catalog", f"/workloads/{NEAR}/x", "/nothing"],
    "/_dash-layout": ["/_dash-layout"],
    "/_dash-dependencies": ["/_dash-dependencies"],
}
STATIC = {
    "static",
    "_dash_assets.static",
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
    "/_reload-hash",
    "/_favicon.ico",
}
"""Files of the package, the same for everybody."""
SIGN_IN = {
    "sign_in.show",
    "sign_in.enter",
    "sign_in.leave",
    "sign_in.tell",
    "sign_in.go_to_provider",
    "sign_in.come_back",
}
"""What stands before the mesh and is given none: tests/api/test_entrance.py and test_openid.py look there."""
CALLBACKS = "/_dash-update-component"


def ask(client: FlaskClient, url: str):
    return client.post(url, json={}) if "/flagger/" in url else client.get(url)


def told(answer) -> str:
    """Everything that an answer says, headers included."""
    return answer.get_data(as_text=True) + json.dumps(dict(answer.headers))


@pytest.fixture(scope="module")
def client():
    return APP.server.test_client()


@pytest.fixture(scope="module")
def whole():
    return WHOLE.server.test_client()


def test_every_route_has_been_looked_behind():
    known = {*ROUTES, *STATIC, CALLBACKS}
    assert {rule.endpoint for rule in APP.server.url_map.iter_rules()} == known
    with_sign_in = create_app(Context(MESH), WaysIn(None)).server.url_map.iter_rules()
    assert {rule.endpoint for rule in with_sign_in} == known | SIGN_IN


@pytest.mark.parametrize("endpoint", ROUTES)
def test_no_route_tells_a_name_that_may_not_be_seen(client, endpoint):
    answers = {url: ask(client, url) for url in ROUTES[endpoint]}
    for url, answer in answers.items():
        assert answer.status_code in (200, 403, 404, 409, 501), (url, answer.get_data(as_text=True))
        assert SECRET not in told(answer).replace(url, ""), url
    assert any(answer.status_code not in (400, 404) for answer in answers.values()), answers


def test_the_walk_would_notice_a_name_that_may_not_be_seen(whole):
    """The same requests of somebody who may see all: most doors tell the names that are looked for."""
    silent = {
        *("openapi.document", "telemetry.healthz", "telemetry.readyz", "telemetry.metrics"),
        *("/", "/<path:path>", "/_dash-layout", "/_dash-dependencies"),
        *("topology.replay", "splits.splits", "splits.split", "splits.flagger", "logs.lines"),
        *(
            "detail.timeline",
            "detail.metrics",
            "kiali.of_service",
            "trace_pages.search",
            "trace_pages.on_map",
        ),
    }
    mute = {
        endpoint
        for endpoint in ROUTES.keys() - silent
        if not any(SECRET in told(ask(whole, url)).replace(url, "") for url in ROUTES[endpoint])
    }
    assert mute == set()


UNKNOWN = [
    "/api/pages/topology?{time}&namespaces={name}",
    "/api/graph?{time}&namespaces={name}",
    "/api/graph?{time}&namespaces=shop,{name}",
    "/api/overview?{time}&namespaces={name}",
    "/api/services?{time}&namespaces={name}",
    "/api/splits?{time}&namespaces={name}",
    "/api/splits/{name}/payment?{time}",
    "/api/applications/{name}/payment?{time}",
    "/api/workloads/{name}/payment-v5/timeline?{time}",
    "/api/services/{name}/payment/metrics?{time}",
    "/api/namespaces/graph?namespaces={name}&queryTime={at}",
    "/api/namespaces/{name}/services/payment/graph?queryTime={at}",
    "/api/workloads/{name}/payment-v5/logs?{time}",
    "/api/istio?{time}&namespaces={name}",
    "/api/istio/{name}/VirtualService/reviews?{time}",
    "/api/mtls?{time}&namespaces={name}",
    "/graph?source_namespace={name}",
]


@pytest.mark.parametrize("url", UNKNOWN)
@pytest.mark.parametrize("name", [NEAR, FOREIGN])
def test_a_namespace_that_is_not_theirs_is_as_unknown_as_one_that_does_not_exist(client, url, name):
    def answer(namespace: str):
        found = client.get(url.format(time=TIME, at=AT, name=namespace))
        kept = {k: v for k, v in found.headers.items() if k not in ("ETag", "Content-Length", "Date")}
        return found.status_code, kept, found.get_data(as_text=True).replace(namespace, "NAME")

    assert answer(name) == answer(NOWHERE)


def test_kiali_clients_are_refused_what_is_not_theirs(client):
    answer = client.get(f"/api/namespaces/graph?namespaces={HOME},{NEAR}&queryTime={AT}")
    assert answer.status_code == 403


def _asked(path: str, query: str = "", **more) -> dict:
    """What a page's script asks for: where it is, and what the address says."""
    return {"path": path, "query": f"?{TIME}&{query}", "fresh": False, "number": 1, **more}


def _place(kind: str, namespace: str, name: str) -> dict:
    return {"kind": kind, "namespace": namespace, "name": name, "cluster": ""}


SHOWN = {"at": AT, "query": f"?{TIME}"}
"""The picture that is on a page."""
PLACES = [
    _place("workload", HOME, "catalog-v2"),
    _place("service", HOME, "catalog"),
    _place("app", NEAR, f"{NEIGHBOUR}-payment"),
]
SUBJECTS = [
    {"ask": _asked("/workloads", "span=1h", tab=tab), "place": place}
    for tab, place in product(("inbound", "outbound"), PLACES)
]
NODES = [
    f"service|east|{HOME}||||catalog|",
    f"app|west|{NEIGHBOUR}-logistics|{NEIGHBOUR}-shipping-v4|{NEIGHBOUR}-shipping|||",
    f"box|east|{NEAR}|||||namespace",
    "",
]
SELECTIONS = [{"query": f"{TIME}&budget=900", "selected": node} for node in NODES]
PAGES = [
    "/",
    "/topology",
    "/applications",
    "/workloads",
    "/services",
    "/canary",
    "/istio",
    "/mtls",
    "/traces",
]
PAGES += [f"/workloads/{HOME}/catalog-v2", f"/traces/{TRACE}", f"/istio/{NEAR}/Service/x", "/nothing"]

CALLED: dict[str, list[dict]] = {
    "mg-overview-notice.children": [{"asked": _asked("/", f"namespaces={names}")} for names in ("", NEAR)],
    "mg-overview-table.rowData": [{"picture": SHOWN}],
    "mg-panel-body.children": [{"selection": one} for one in SELECTIONS],
    "mg-charts.children": [{"history": one} for one in SELECTIONS],
    "mg-list-notice.children": [
        {"asked": _asked(f"/{kind}s" if kind != "app" else "/applications"), "kind": kind}
        for kind in ("app", "workload", "service")
    ],
    "mg-list-table.rowData": [{"picture": SHOWN, "kind": kind} for kind in ("app", "workload", "service")],
    "mg-detail-head.children": SUBJECTS,
    "mg-detail-since.children": SUBJECTS,
    "mg-detail-overview.children": SUBJECTS,
    "mg-detail-pods.children": SUBJECTS,
    "mg-detail-traffic.children": SUBJECTS,
    "mg-detail-metrics.children": SUBJECTS,
    "mgc-body.children": [{"asked": _asked("/canary")}, {"asked": _asked(f"/canary/{HOME}/catalog")}],
    "mgi-notice.children": [{"asked": _asked("/istio")}, {"asked": _asked("/istio", f"namespaces={NEAR}")}],
    "mgi-table.rowData": [{"picture": SHOWN}],
    "mgi-object-body.children": [
        {"asked": _asked(f"/istio/{namespace}/{kind}/{name}"), "place": _place(kind, namespace, name)}
        for namespace, kind, name in (
            (HOME, "VirtualService", "catalog-route"),
            (HOME, "DestinationRule", "catalog-rule"),
            ("istio-system", "PeerAuthentication", "default"),
            (NEAR, "Service", "bank"),
        )
    ],
    "mgm-body.children": [{"asked": _asked("/mtls")}],
    "mgt-words.children": [{"ask": _asked("/traces", "span=1h")}],
    **{
        f"mgt-{pane}-pane.children": [{"ask": _asked("/traces", "span=1h")}]
        for pane in ("path", "propagation", "dependencies")
    },
    "mgt-service.data": [
        {"asked": _asked("/traces")},
        {"asked": _asked("/traces", f"service=frontend.{HOME}")},
    ],
    "mgt-head.children": [{"place": {"trace": one, "query": f"?{TIME}"}} for one in (TRACE, FOREIGN_TRACE)],
    "mgt-operations.children": [{"asked": {"trace": TRACE, "query": f"?{TIME}"}}],
    "mgt-detail.children": [
        {"chosen": {"trace": TRACE, "span": f"{number:016x}", "query": f"?{TIME}"}} for number in (1, 2, 3)
    ],
    "_pages_content.children": [{"pathname": page, "search": f"?{TIME}"} for page in PAGES],
}
"""By the first output of each callback that runs here: what its inputs and states hold, by a word of their
ids; what is not named is empty, as before anything was chosen."""


def served(client: FlaskClient) -> dict[str, dict]:
    found = [one for one in client.get("/_dash-dependencies").get_json() if not one["clientside_function"]]
    return {one["output"].strip(".").split("...")[0].split("@")[0]: one for one in found}


def _outputs(text: str) -> list[dict] | dict:
    parts = [part.split("@")[0].rsplit(".", 1) for part in text.strip(".").split("...")]
    found = [{"id": name, "property": prop} for name, prop in parts]
    return found if text.startswith("..") else found[0]


def _value(one: dict, values: dict):
    """What a component holds, by a word of its id, or by the property."""
    words = (one["property"], *one["id"].split("-"))
    return next((value for name, value in values.items() if name in words), None)


def call(client: FlaskClient, spec: dict, values: dict):
    """The request that the browser makes for a callback."""
    inputs, states = (
        [{**one, "value": _value(one, values)} for one in spec[part]] for part in ("inputs", "state")
    )
    return client.post(
        CALLBACKS,
        json={
            "output": spec["output"],
            "outputs": _outputs(spec["output"]),
            "inputs": inputs,
            "state": states,
            "changedPropIds": [f"{one['id']}.{one['property']}" for one in inputs],
        },
    )


def test_every_callback_has_been_called(client):
    assert set(served(client)) == set(CALLED)


@pytest.mark.parametrize("output", CALLED)
def test_no_callback_tells_a_name_that_may_not_be_seen(client, output, caplog):
    spec = served(client)[output]
    answers = [call(client, spec, values) for values in CALLED[output]]
    for answer, values in zip(answers, CALLED[output], strict=True):
        assert answer.status_code in (200, 204), (values, answer.get_data(as_text=True))
        assert SECRET not in told(answer).replace(json.dumps(values), ""), values
    assert any(answer.status_code == 200 for answer in answers)
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


BLIND = create_app(Context(MESH, scope=Scope.of(("*",), rights=frozenset())))
QUERY = "rate(istio_"


@pytest.mark.parametrize("endpoint", sorted(ROUTES.keys() - {"telemetry.metrics"}))
def test_no_route_tells_a_query_to_those_who_may_not_see_it(endpoint):
    blind = BLIND.server.test_client()
    url = ROUTES[endpoint][0]
    assert QUERY not in told(ask(blind, url))


@pytest.mark.parametrize("output", CALLED)
def test_no_callback_tells_a_query_to_those_who_may_not_see_it(output):
    blind = BLIND.server.test_client()
    assert QUERY not in told(call(blind, served(blind)[output], CALLED[output][0]))


def test_those_who_may_see_queries_are_told_them(client):
    assert QUERY in told(ask(client, ROUTES["graph.graph"][0]))
    assert QUERY in told(
        call(client, served(client)["mg-panel-body.children"], CALLED["mg-panel-body.children"][0])
    )


@pytest.mark.parametrize("endpoint", ["istio.objects", "istio.one_object", "istio.mtls"])
def test_configuration_is_told_to_those_who_may_see_it(whole, endpoint):
    blind, url = BLIND.server.test_client(), ROUTES[endpoint][0]
    assert (whole.get(url).status_code, blind.get(url).status_code) == (200, 404)
    assert "may not see the configuration" in blind.get(url).get_data(as_text=True)
    spec = served(blind)["mgi-notice.children"]
    assert "may not see the configuration" in told(call(blind, spec, CALLED["mgi-notice.children"][0]))
