"""Settings to a mesh."""

from mesh_graph.model import View
from mesh_graph.server import open_mesh
from mesh_graph.settings import Settings
from mesh_graph.topology.attributes import Gap, GraphAttr


def test_the_scrape_interval_that_is_set_is_used():
    mesh = open_mesh(Settings(scrape_interval_s="150s"))
    said = mesh.graph(View(window_s=300)).graph[GraphAttr.GAPS]
    assert Gap("coarse-window", (("window", "5m"), ("interval", "2m30s"))) in said
    mesh.close()
