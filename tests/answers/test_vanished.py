"""When what vanished was last seen: a caller, a version, a database, not only whole services."""

import pytest

from mesh_graph.answers.replay import Frames
from mesh_graph.demo import outcomes
from mesh_graph.demo.curves import Constant, Once
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.spec import Answer, Call, Destination, Host, MeshSpec, Wire, Workload
from mesh_graph.mesh import Mesh
from mesh_graph.model import View
from mesh_graph.sources.demo import DemoSource
from mesh_graph.topology.attributes import EdgeAttr, NodeAttr

NOON = 1_795_262_400.0
LEFT = NOON - 1800
"""Half an hour ago the batch job, the old version and the calls of the database ended."""
GONE = Once(LEFT, 7200, inside=0.0, outside=1.0)

WEB, BATCH = Workload("web-v1", "shop", "web"), Workload("batch-v1", "shop", "batch")
OLD, NEW = Workload("cart-v1", "shop", "cart"), Workload("cart-v2", "shop", "cart", "v2")
DATABASE = Workload("db-v1", "shop", "db")
CART = Host.service("cart", "shop")


def call(source, host, destinations, load=None, wire=Wire.HTTP):
    ok = outcomes.TCP_OK if wire is Wire.TCP else outcomes.HTTP_OK
    return Call(source, host, destinations, 5.0, (Answer(ok, Constant(1.0)),), load or Constant(1.0), wire)


SPEC = MeshSpec.of(
    (
        call(WEB, CART, (Destination(NEW),)),
        call(WEB, CART, (Destination(OLD),), GONE),
        call(BATCH, CART, (Destination(NEW),), GONE),
        call(NEW, Host.service("db", "shop"), (Destination(DATABASE),), wire=Wire.TCP),
        call(WEB, Host.service("db", "shop"), (Destination(DATABASE),), GONE, Wire.TCP),
    )
)
SIMULATOR = Simulator(SPEC)


def mesh():
    return Mesh(DemoSource(SIMULATOR, clock=lambda: NOON))


def sightings(graph):
    name = {key: row.get(NodeAttr.WORKLOAD) or row.get(NodeAttr.SERVICE) for key, row in graph.nodes.items()}
    return {
        (name[source], name[destination]): row[EdgeAttr.LAST_SEEN]
        for source, destination, row in graph.edges(data=True)
        if EdgeAttr.LAST_SEEN in row
    }


def test_a_caller_a_version_and_a_connection_say_when_they_were_last_seen():
    seen = sightings(mesh().graph(View(at=NOON, services=False)))
    assert set(seen) == {("batch-v1", "cart-v2"), ("web-v1", "cart-v1"), ("web-v1", "db-v1")}
    # A rate over 5 minutes is there until 5 minutes after the end.
    assert {LEFT - 300 <= at <= LEFT + 300 for at in seen.values()} == {True}


def test_a_replay_tells_the_same_without_another_question():
    replayed = mesh()
    replayed.replay(View(services=False), Frames(NOON - 600, NOON, 60.0))
    held = sightings(replayed.graph(View(at=NOON, services=False)))
    assert held == pytest.approx(sightings(mesh().graph(View(at=NOON, services=False))), abs=300)


def test_what_is_still_there_was_not_last_seen():
    graph = mesh().graph(View(at=LEFT - 60, compare_s=1200))
    assert not sightings(graph)
