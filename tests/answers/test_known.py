"""Which namespaces a mesh knows."""

import pytest

from mesh_graph.demo.bookinfo import namespaces
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.spec import MeshSpec
from mesh_graph.mesh import Mesh
from mesh_graph.sources.demo import DemoSource

NOON = 1_795_262_400.0
SIMULATOR = Simulator(MeshSpec.of(namespaces(1, 1, None)))


class Dated(DemoSource):
    """Bookinfo, and a namespace that had series between two instants."""

    def __init__(self, lived=(0.0, 0.0)):
        super().__init__(SIMULATOR, clock=lambda: NOON)
        self.lived = lived
        self.asked = 0

    def label_values(self, label, matchers, start, end):
        self.asked += 1
        since, until = self.lived
        gone = ("gone",) if since <= end and start <= until else ()
        return (*super().label_values(label, matchers, start, end), *gone)


DAY = 86400


@pytest.mark.parametrize(
    ("lived", "at", "is_known"),
    [
        ((NOON - 3 * DAY, NOON - 2 * DAY), None, True),
        ((NOON - 30 * DAY, NOON - 20 * DAY), None, False),
        ((NOON - 30 * DAY, NOON - 20 * DAY), NOON - 18 * DAY, True),
        ((NOON - 30 * DAY, NOON - 20 * DAY), NOON - 10 * DAY, False),
    ],
    ids=["silent for two days", "long gone", "long gone, looked at then", "long gone at that instant too"],
)
def test_namespace_is_known_for_a_week_after_its_last_series(lived, at, is_known):
    mesh = Mesh(Dated(lived))
    assert mesh.unknown_namespaces(("bookinfo", "gone"), at) == (() if is_known else ("gone",))


def test_the_source_is_asked_once_about_names_that_are_known():
    source = Dated((NOON - 3 * DAY, NOON - 2 * DAY))
    mesh = Mesh(source)
    mesh.unknown_namespaces(("gone",), None)
    asked = source.asked
    for _ in range(3):
        assert mesh.unknown_namespaces(("bookinfo", "gone"), None) == ()
    assert source.asked == asked


def test_a_name_that_was_not_known_is_found_as_soon_as_it_has_series():
    source = Dated()
    mesh = Mesh(source)
    assert mesh.unknown_namespaces(("gone",), None) == ("gone",)
    source.lived = (NOON - 60, NOON)
    assert mesh.unknown_namespaces(("gone",), None) == ()
