"""A mesh of canaries whose true weights and faults are known, for the demo source and a real Prometheus."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mesh_graph.demo import outcomes
from mesh_graph.demo.bookinfo import answers
from mesh_graph.demo.curves import Constant
from mesh_graph.demo.outcomes import Outcome, http_code
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.spec import Call, Destination, Host, MeshSpec, Tcp, Wire, Workload
from mesh_graph.demo.spread import Spread
from mesh_graph.mesh import Mesh
from mesh_graph.model import View
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.manifests import ManifestSource

__all__ = ["AT", "DECLARED", "NAMESPACE", "RATE", "SPAN_S", "TRUE", "VIEW", "manifest", "mesh", "open_mesh"]

NAMESPACE = "release"
SPAN_S = 2400
"""Forty minutes."""
AT = 1_795_254_000.0
VIEW = View(namespaces=(NAMESPACE,), window_s=SPAN_S, at=AT)
RATE = 30.0
"""Requests per second to each service."""
SLOW = Spread(60, 0.2, 0.2, 12)
"""One request in five takes twelve times as long."""
USUAL = Spread(60, 0.2)
FEW = (http_code(500), 0.001)

TRUE: Mapping[str, Mapping[str, float]] = {
    "good": {"v1": 0.9, "v2": 0.1},
    "bad": {"v1": 0.9, "v2": 0.1},
    "slow": {"v1": 0.9, "v2": 0.1},
    "picky": {"v1": 0.9, "v2": 0.1},
    "dead": {"v1": 0.9},
    "refusing": {"v1": 0.9, "v2": 0.1},
    "silent": {"v1": 1.0},
    "drifting": {"v1": 0.8, "v2": 0.2},
    "naked": {"v1": 0.9, "v2": 0.1},
    "store": {"v1": 0.9, "v2": 0.1},
    "queue": {"v1": 0.9, "v2": 0.1},
}
"""Share of each version that is drawn; what is missing of 1 reaches none."""
OF_CONNECTIONS = frozenset({"store", "queue"})
"""Services that speak TCP."""
DECLARED = {name: {"v1": 90, "v2": 10} for name in TRUE}
FAULTS: Mapping[str, tuple[Outcome, float]] = {
    "bad": (http_code(503), 0.05),
    "picky": (http_code(401), 0.08),
    "refusing": (outcomes.HTTP_REFUSED, 1.0),
    "naked": (http_code(500), 0.06),
    "queue": (outcomes.TCP_REFUSED, 0.06),
}


def mesh() -> MeshSpec:
    """Calls of one front end to every service."""
    front = Workload("front-v1", NAMESPACE, "front")
    return MeshSpec.of(tuple(call for name in TRUE for call in _calls(front, name)))


def _calls(front: Workload, name: str) -> list[Call]:
    host = Host.service(name, NAMESPACE)
    found = []
    for version, share in TRUE[name].items():
        has_proxy = not (name == "naked" and version == "v2")
        to = Workload(f"{name}-{version}", NAMESPACE, name, version, has_proxy=has_proxy)
        is_tcp = name in OF_CONNECTIONS
        few = (outcomes.TCP_REFUSED, 0.001) if is_tcp else FEW
        failing = FAULTS.get(name, few) if version == "v2" else few
        ends = answers(failing, ok=outcomes.TCP_OK if is_tcp else outcomes.HTTP_OK)
        found.append(
            Call(
                front,
                host,
                (Destination(to),),
                RATE * share,
                ends,
                latency=SLOW if (name, version) == ("slow", "v2") else USUAL,
                wire=Wire.TCP if is_tcp else Wire.HTTP,
                tcp=Tcp(hold_s=10, chunks=1),
            )
        )
    lost = 1 - sum(TRUE[name].values())
    if lost > 1e-9:
        nobody = Workload(f"{name}-v2", NAMESPACE, name, "v2")
        ends = answers((outcomes.HTTP_NO_HOST, Constant(1.0)))
        found.append(Call(front, host, (Destination(nobody),), RATE * lost, ends))
    return found


def manifest() -> str:
    """Routes that declare 90 to 10 for every service, and the subsets that they name."""
    return "---\n".join(_route(name, weights) for name, weights in DECLARED.items())


def _route(name: str, weights: Mapping[str, int]) -> str:
    routes = "".join(
        f"    - destination: {{host: {name}, subset: {version}}}\n      weight: {weight}\n"
        for version, weight in weights.items()
    )
    subsets = "".join(f"  - {{name: {v}, labels: {{version: {v}}}}}\n" for v in weights)
    return (
        "apiVersion: networking.istio.io/v1\nkind: VirtualService\n"
        f"metadata: {{name: {name}, namespace: {NAMESPACE}}}\n"
        f"spec:\n  hosts: [{name}]\n  {'tcp' if name in OF_CONNECTIONS else 'http'}:\n  - route:\n{routes}"
        "---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\n"
        f"metadata: {{name: {name}, namespace: {NAMESPACE}}}\n"
        f"spec:\n  host: {name}\n  subsets:\n{subsets}"
    )


def open_mesh(folder: Path) -> Mesh:
    """The mesh with its routes, whose manifest goes into a folder."""
    (folder / "routes.yaml").write_text(manifest())
    return Mesh(DemoSource(Simulator(mesh())), cluster=ManifestSource(folder))
