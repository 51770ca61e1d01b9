"""Panels of a team's own, on a real Prometheus, against rates worked out by hand.

In ``shop``, ``cart`` serves 1.6 requests per second with code 200 and 0.4 with 500; ``toys`` has a counter of
the same name, which nobody who looks at ``shop`` may see.
"""

import pytest

from mesh_graph.detail.choice import Choice
from mesh_graph.detail.subject import subject_key
from mesh_graph.errors import QueryRejected
from mesh_graph.mesh import Mesh
from mesh_graph.model import Direction, NodeKind, View
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.options import PrometheusOptions
from mesh_graph.sources.panels import CustomPanel, CustomQuery
from mesh_graph.sources.prometheus import PrometheusSource
from mesh_graph.sources.promql_template import PromqlTemplate
from mesh_graph.sources.query import Matcher

START = 1_795_255_200
END = START + 1800
CART = subject_key(NodeKind.APP, "shop", "cart")
CART_SERVICE = subject_key(NodeKind.SERVICE, "shop", "cart")
NOW = View(at=float(END), window_s=300, span_s=900, compare_s=0)
SERIES = [
    ("shop", "cart", "200", 1.6),
    ("shop", "cart", "500", 0.4),
    ("shop", "till", "200", 0.8),
    ("toys", "cart", "200", 4.0),
]


def openmetrics():
    lines = ["# TYPE gateway counter\n"]
    for namespace, app, code, rate in SERIES:
        labels = f'ns="{namespace}",app="{app}",code="{code}",cluster="east"'
        for second in range(0, END - START + 1, 15):
            lines.append(f"gateway_total{{{labels}}} {round(100 + rate * second)} {START + second}\n")
    return "".join((*lines, "# EOF\n"))


def panel(title, *queries, tab=Direction.INBOUND):
    asked = tuple(CustomQuery(PromqlTemplate(promql), legend) for promql, legend in queries)
    return CustomPanel(title, "rps", tab, "ns", asked)


RATE = 'rate(gateway_total{$scope,app="$app"}[$window])'
PANELS = (
    panel("By code", (f"sum by (code) ({RATE})", "code {code}")),
    panel("By nothing", (RATE, "")),
    panel("Same legend", (f"sum by (code) ({RATE})", "all")),
    panel("Broken", ("gateway_total{$scope} * on () gateway_total{$scope}", "")),
    panel("Silent", ("nothing{$scope}", "")),
    panel("Of services", ('gateway_total{$scope,app="$service"}', "")),
    panel("Out", ("gateway_total{$scope}", ""), tab=Direction.OUTBOUND),
)


@pytest.fixture(scope="module")
def server(prometheus_factory):
    return prometheus_factory(openmetrics=openmetrics())


@pytest.fixture
def mesh_of(server):
    meshes = []

    def make(**options):
        source = PrometheusSource(PrometheusOptions(url=server.url, **options))
        meshes.append(Mesh(source, panels=PANELS, scrape_interval_s=15))
        return meshes[-1]

    yield make
    for mesh in meshes:
        mesh.close()


def added(mesh, subject=CART, choice=None):
    metrics = mesh.metrics(NOW, subject, choice or Choice())
    return {panel.title: panel for panel in metrics.panels if panel.title}


def last(panel):
    return {line: value for (line, _), value in zip(panel.lines.columns, panel.lines.iloc[-1], strict=True)}


@pytest.mark.peer("prometheus")
def test_a_panel_shows_the_pages_series_under_their_legends(mesh_of):
    panels = added(mesh_of())
    assert last(panels["By code"]) == pytest.approx({"code 200": 1.6, "code 500": 0.4})
    assert len(panels["By code"].lines) == 61
    assert panels["By code"].promql == ('sum by (code) (rate(gateway_total{ns="shop",app="cart"}[1m]))',)


@pytest.mark.peer("prometheus")
def test_a_series_without_a_legend_of_its_own_is_called_by_its_labels(mesh_of):
    panels = added(mesh_of())
    names = {
        f"app=cart, cluster=east, code={code}, ns=shop": rate for code, rate in (("200", 1.6), ("500", 0.4))
    }
    assert last(panels["By nothing"]) == pytest.approx(names)
    assert last(panels["Same legend"]) == pytest.approx(
        {"all: code=200 (query 1)": 1.6, "all: code=500 (query 1)": 0.4}
    )


@pytest.mark.peer("prometheus")
def test_a_bad_query_shows_its_error_in_its_own_panel_only(mesh_of):
    panels = added(mesh_of())
    assert isinstance(panels["Broken"].problem, QueryRejected)
    assert "many-to-many" in str(panels["Broken"].problem)
    assert [title for title, panel in panels.items() if panel.problem] == ["Broken"]


@pytest.mark.peer("prometheus")
def test_a_panel_that_finds_nothing_is_there_and_empty(mesh_of):
    silent = added(mesh_of())["Silent"]
    assert not silent.has_data
    assert silent.problem is None


@pytest.mark.peer("prometheus")
@pytest.mark.parametrize(
    ("subject", "direction", "titles"),
    [
        (CART, Direction.INBOUND, ["By code", "By nothing", "Same legend", "Broken", "Silent"]),
        (CART, Direction.OUTBOUND, ["Out"]),
        (CART_SERVICE, Direction.INBOUND, ["Broken", "Silent", "Of services"]),
    ],
)
def test_a_panel_stands_where_the_page_has_its_names(mesh_of, subject, direction, titles):
    assert list(added(mesh_of(), subject, Choice(direction))) == titles


@pytest.mark.peer("prometheus")
def test_the_query_scope_holds_for_panels_too(mesh_of):
    assert not added(mesh_of(scope=(Matcher("cluster", "=", "west"),)))["By code"].has_data
    assert added(mesh_of(scope=(Matcher("cluster", "=", "east"),)))["By code"].has_data


def test_the_demo_says_that_it_reads_no_promql():
    source = DemoSource()
    mesh = Mesh(source, panels=PANELS)
    view = View(at=source.now() - 60, span_s=900)
    reviews = subject_key(NodeKind.APP, "bookinfo", "reviews")
    problems = {panel.problem.kind for panel in mesh.metrics(view, reviews, Choice()).panels if panel.title}
    mesh.close()
    assert problems == {"rejected"}
