"""What a real API server declares beside what a real Prometheus counted.

Each finding is there with its path, and gone once it is mended.
"""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
import yaml

from mesh_graph import fields
from mesh_graph.demo import outcomes
from mesh_graph.demo.bookinfo import answers
from mesh_graph.demo.exposition import LEAN_LABELS, openmetrics
from mesh_graph.demo.outcomes import Outcome
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.spec import Call, Destination, Host, MeshSpec, Wire, Workload
from mesh_graph.mesh import Mesh
from mesh_graph.model import View
from mesh_graph.sources.demo import SCRAPE_S
from mesh_graph.sources.kube import KubeSource
from mesh_graph.sources.kube_access import from_kubeconfig
from mesh_graph.sources.options import PrometheusOptions
from mesh_graph.sources.prometheus import PrometheusSource

pytestmark = [pytest.mark.peer("kubernetes"), pytest.mark.peer("prometheus")]

NAMESPACE = "joined"
WINDOW_S = 600
PAST_S = 3600
"""So far back there are calls: as far as entries are looked for where there is no longer past."""
LATER_S = 1200
"""Calls begin so long after now: what is declared, and mended meanwhile, has held all the time."""
SOON_S = 30.0
FAMILIES = ("istio_requests_total", "istio_tcp_sent_bytes_total", "istio_tcp_received_bytes_total")
FAMILIES += ("istio_tcp_connections_opened_total", "istio_tcp_connections_closed_total")
VERSIONS = {"cart": 2, "till": 2, "slow": 1, "flaky": 1, "front": 1}


def calls() -> MeshSpec:
    """Cart's second version gets nothing; the till's gets half; some come without a proxy, some leave."""
    front = Workload("front-v1", NAMESPACE, "front")
    bare = Workload("script", NAMESPACE, "script", has_proxy=False)
    maps = Host("maps.example.com", fields.PASSTHROUGH, fields.UNKNOWN)
    return MeshSpec.of(
        (
            _call(front, "cart"),
            _call(bare, "cart", wire=Wire.TCP),
            _call(bare, "cart"),
            _call(front, "till"),
            _call(front, "till", "v2"),
            _call(front, "slow", failing=(outcomes.HTTP_TIMEOUT, 0.1)),
            _call(front, "flaky", failing=(outcomes.HTTP_RETRY_HELPED, 0.5)),
            Call(front, maps, (Destination(None),), 2.0, answers()),
        )
    )


def _call(
    caller: Workload,
    app: str,
    version: str = "v1",
    *,
    failing: tuple[Outcome, float] = (outcomes.HTTP_NO_HOST, 0.0),
    wire: Wire = Wire.HTTP,
) -> Call:
    to = Workload(f"{app}-{version}", NAMESPACE, app, version)
    is_tcp = wire is Wire.TCP
    ends = answers(ok=outcomes.TCP_OK) if is_tcp else answers(failing)
    return Call(caller, Host.service(app, NAMESPACE), (Destination(to),), 5.0, ends, wire=wire)


def made(kind: str, version: str, name: str, spec: dict) -> dict:
    metadata = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


def routed(name: str, *weights: int, **more) -> dict:
    """A VirtualService with a weight for each version."""
    shares = [
        {"destination": {"host": name, "subset": f"v{number}"}, "weight": weight}
        for number, weight in enumerate(weights, start=1)
    ]
    route = {"route": shares or [{"destination": {"host": name}}], **more}
    return made("VirtualService", "networking.istio.io/v1", name, {"hosts": [name], "http": [route]})


def running(app: str, number: int) -> dict:
    labels = {"app": app, "version": f"v{number}"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": app, "image": "x"}]}}
    spec = {"selector": {"matchLabels": labels}, "template": template}
    return made("Deployment", "apps/v1", f"{app}-v{number}", spec)


STRICT = made("PeerAuthentication", "security.istio.io/v1", "default", {"mtls": {"mode": "STRICT"}})
UNUSED = made(
    "ServiceEntry",
    "networking.istio.io/v1",
    "unused",
    {"hosts": ["unused.example.com"], "ports": [{"number": 443, "name": "tls", "protocol": "TLS"}]},
)
ROUTES = {
    "cart": routed("cart", 90, 10),
    "till": routed("till", 100),
    "slow": routed("slow", timeout="1s"),
    "flaky": routed("flaky", retries={"attempts": 2}),
}
OBJECTS = [
    *(
        made("Service", "v1", app, {"selector": {"app": app}, "ports": [{"name": "http", "port": 80}]})
        for app in VERSIONS
    ),
    *(running(app, number) for app, count in VERSIONS.items() for number in range(1, count + 1)),
    *(
        made(
            "DestinationRule",
            "networking.istio.io/v1",
            app,
            {"host": app, "subsets": [{"name": f"v{n}", "labels": {"version": f"v{n}"}} for n in (1, 2)]},
        )
        for app in ("cart", "till")
    ),
    *ROUTES.values(),
    STRICT,
    UNUSED,
]


@pytest.fixture(scope="module")
def declared(kubernetes):
    kubernetes.create(OBJECTS)
    return kubernetes


@pytest.fixture(scope="module")
def at() -> float:
    """The end of the calls."""
    return math.ceil(time.time() / SCRAPE_S) * SCRAPE_S + LATER_S + PAST_S + 2 * SCRAPE_S


@pytest.fixture(scope="module")
def mesh(declared, prometheus_factory, at):
    times = np.arange(at - PAST_S - 2 * SCRAPE_S, at + 1, SCRAPE_S, dtype=np.float64)
    history = "".join(openmetrics(Simulator(calls()), times, FAMILIES, LEAN_LABELS))
    counted = PrometheusSource(PrometheusOptions(url=prometheus_factory(openmetrics=history).url))
    source = KubeSource(from_kubeconfig(declared.kubeconfig(), ()))
    assert source.wait(SOON_S)
    mesh = Mesh(counted, cluster=source)
    yield mesh
    mesh.close()


def findings(mesh: Mesh, at: float, code: str) -> list:
    """Findings of one rule in the namespace."""
    found = mesh.intent.objects(View((NAMESPACE,), window_s=WINDOW_S, at=at))
    assert found.gaps == ()
    return [finding for finding in found.findings if finding.code == code]


def _mend_entry(server, finding) -> None:
    server.create([yaml.safe_load(finding.proposal)])


MENDS = {
    "MSH0101": lambda server, _: server.update(ROUTES["cart"], spec=routed("cart", 100)["spec"]),
    "MSH0102": lambda server, _: server.update(ROUTES["till"], spec=routed("till", 50, 50)["spec"]),
    "MSH0103": lambda server, _: server.update(ROUTES["slow"], spec=routed("slow")["spec"]),
    "MSH0104": lambda server, _: server.update(ROUTES["flaky"], spec=routed("flaky")["spec"]),
    "MSH0201": lambda server, _: server.update(STRICT, spec={"mtls": {"mode": "PERMISSIVE"}}),
    "MSH0301": lambda server, _: server.delete(UNUSED),
    "MSH0302": _mend_entry,
}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("MSH0101", [("VirtualService", "cart", "spec/http[0]/route[1]")]),
        ("MSH0102", [("VirtualService", "till", "spec/http")]),
        ("MSH0103", [("VirtualService", "slow", "spec/http[0]/timeout")]),
        ("MSH0104", [("VirtualService", "flaky", "spec/http[0]/retries/attempts")]),
        ("MSH0201", [("PeerAuthentication", "default", "spec/mtls/mode")] * 2),
        ("MSH0301", [("ServiceEntry", "unused", "spec/hosts")]),
        ("MSH0302", [("Deployment", "front-v1", "")]),
    ],
)
def test_finding_appears_with_its_path_and_goes_when_it_is_mended(mesh, declared, at, code, expected):
    found = findings(mesh, at, code)
    assert [(f.source.kind, f.source.name, f.path) for f in found] == expected
    assert all(f.basis.count > 0 for f in found)
    MENDS[code](declared, found[0])
    until = time.monotonic() + SOON_S
    while findings(mesh, at, code):
        assert time.monotonic() < until, "the finding stays"
        time.sleep(0.05)
