import pandas as pd

from mesh_graph import fields
from mesh_graph.model import View
from mesh_graph.topology.build import build_graph
from mesh_graph.topology.overlay_principals import add_principals
from tests.topology.traffic_table import call, destination, source, traffic

V1 = (source("page"), destination("reviews-v1", "reviews"))
V2 = (source("page"), destination("reviews-v2", "reviews", "v2"))
PAGE, REVIEWS = "app|east|shop|page|page|v1||", "service|east|shop||||reviews|"
REVIEWS_2 = "app|east|shop|reviews-v2|reviews|v2||"


def test_each_end_shows_what_it_proved():
    rows = [
        {
            **start,
            **end,
            "protocol": "http",
            "source_principal": "spiffe://page",
            "destination_principal": who,
        }
        for (start, end), who in [(V1, "spiffe://r1"), (V2, "unknown")]
    ]
    columns = [*fields.BASE_LABELS, fields.PROTOCOL, fields.SOURCE_PRINCIPAL, fields.DESTINATION_PRINCIPAL]
    graph = build_graph(traffic(call(*V1), call(*V2)), View(boxes=()))
    add_principals(graph, pd.DataFrame(rows, columns=columns, dtype="str"))
    edge = graph.edges[PAGE, REVIEWS, "http"]
    assert edge["source_principals"] == ("spiffe://page",)
    assert edge["destination_principals"] == ("spiffe://r1",)
    assert "destination_principals" not in graph.edges[REVIEWS, REVIEWS_2, "http"]
