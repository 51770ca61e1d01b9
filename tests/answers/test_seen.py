"""When what has no traffic now was seen last."""

from mesh_graph.demo.bookinfo import namespaces
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.spec import MeshSpec
from mesh_graph.mesh import Mesh
from mesh_graph.sources.demo import DemoSource

NOON = 1_795_262_400.0
BOOKINFO = DemoSource(Simulator(MeshSpec.of(namespaces(1, 1, None))), clock=lambda: NOON)


def test_last_hour_with_samples_is_told():
    mesh = Mesh(BOOKINFO)
    assert mesh.last_seen_namespaces(("bookinfo", "nowhere"), NOON) == {"bookinfo": NOON}


def test_of_no_namespaces_nothing_is_told():
    assert Mesh(BOOKINFO).last_seen_namespaces((), NOON) == {}
