"""What is folded does not change as errors come and go: an alarm is remembered for a while."""

import pytest

from mesh_graph.demo import outcomes
from mesh_graph.demo.curves import Constant, Once
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.spec import Answer, Call, Destination, Host, MeshSpec, Workload
from mesh_graph.errors import SourceTimeout
from mesh_graph.mesh import Mesh
from mesh_graph.model import View
from mesh_graph.sources.demo import DemoSource

BEGAN = 1_795_262_400.0
"""On the grid of five minutes; errors last for the minute from here."""
ERRORS = Once(BEGAN, 60, inside=0.2, outside=0.0)


def call(namespace, *answers):
    page, cart = Workload("page-v1", namespace, "page"), Workload("cart-v1", namespace, "cart")
    ends = (Answer(outcomes.HTTP_OK, Constant(1.0)), *answers)
    return Call(page, Host.service("cart", namespace), (Destination(cart),), 30.0, ends)


SPEC = MeshSpec.of((call("a", Answer(outcomes.http_code(500), ERRORS)), call("b"), call("c")))
"""Three namespaces alike, two nodes each; without errors the first by name are folded first."""


class Forgetful(DemoSource):
    """Answers nothing that reaches back further than a view's window."""

    def instant(self, query, at):
        if query.window_s > 60:
            raise SourceTimeout(self.name, "", "It takes too long.")
        return super().instant(query, at)


def folded(source, at):
    mesh = Mesh(source, scrape_interval_s=15)
    graph = mesh.graph(View(at=at, services=False, boxes=(), budget=4, compare_s=0, window_s=60))
    mesh.close()
    return {name.split("|")[2] for name, _ in graph.graph["folded"] if name.startswith("namespace")}


def source(kind=DemoSource):
    return kind(Simulator(SPEC), clock=lambda: BEGAN + 3600)


@pytest.mark.parametrize(
    ("after_s", "closed"),
    [
        (-30, {"a", "b"}),
        (60, {"b", "c"}),
        (150, {"b", "c"}),
        (299, {"b", "c"}),
        (600, {"b", "c"}),
        (720, {"a", "b"}),
    ],
)
def test_errors_keep_a_namespace_open_for_ten_minutes(after_s, closed):
    """The view's own window of a minute holds none of them any more after two minutes."""
    assert folded(source(), BEGAN + after_s) == closed


@pytest.mark.parametrize(("after_s", "closed"), [(60, {"b", "c"}), (150, {"a", "b"})])
def test_without_an_answer_the_present_alone_decides(after_s, closed):
    assert folded(source(Forgetful), BEGAN + after_s) == closed
