"""Skeleton and callbacks of the detail pages, without a browser."""

import pytest
from dash import no_update

from mesh_graph.api.context import Context
from mesh_graph.application import create_app
from mesh_graph.mesh import Mesh
from mesh_graph.model import NodeKind
from mesh_graph.pages import detail as page
from mesh_graph.pages.ids import Detail
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.options import PrometheusOptions
from mesh_graph.sources.prometheus import PrometheusSource

AT = 1_795_263_000.0
PLACE = {"kind": "app", "namespace": "bookinfo", "name": "ratings", "cluster": ""}
LINKS = {"Grafana": "https://grafana.example/d?ns={namespace}"}


@pytest.fixture(scope="module")
def app():
    mesh = Mesh(DemoSource(clock=lambda: AT))
    yield create_app(Context(mesh, links=LINKS))
    mesh.close()


@pytest.fixture
def inside(app):
    with app.server.test_request_context("/applications/bookinfo/ratings"):
        yield app


def asked(query="", tab="overview"):
    return {"number": 1, "path": "/applications/bookinfo/ratings", "query": f"?at={AT}{query}", "tab": tab}


def text_of(part):
    if isinstance(part, (list, tuple)):
        return " ".join(map(text_of, part))
    if isinstance(part, str | int | float):
        return str(part)
    return text_of(getattr(part, "children", None) or "")


def ids_of(part):
    if isinstance(part, (list, tuple)):
        for child in part:
            yield from ids_of(child)
    elif hasattr(part, "to_plotly_json"):
        if (name := getattr(part, "id", None)) is not None:
            yield str(name)
        yield from ids_of(getattr(part, "children", None))


def test_the_skeleton_holds_every_id_that_callbacks_name(inside):
    skeleton = set(ids_of(page.render_page(NodeKind.APP, "bookinfo", "ratings")))
    named = {value for name, value in vars(Detail).items() if isinstance(value, str) and name.isupper()}
    assert named <= skeleton
    assert set(Detail.PARTS.values()) <= skeleton


def test_a_service_has_no_outbound_metrics(inside):
    assert "Outbound metrics" not in text_of(page.render_page(NodeKind.SERVICE, "bookinfo", "ratings"))
    shown = page.render_page(NodeKind.SERVICE, "bookinfo", "ratings", tab="outbound")
    assert shown.to_plotly_json()["props"]["data-tab"] == "overview"


def test_names_in_the_address_are_read_as_they_were_meant(inside):
    shown = text_of(page.render_page(NodeKind.SERVICE, "unknown", "api%2Fv1%3Cb%3E"))
    assert "api/v1<b>" in shown


@pytest.mark.parametrize("query", [{"span": "long"}, {"group": "colour"}, {"tab": "x"}, {"quantile": "p1"}])
def test_what_cannot_be_read_does_not_break_the_skeleton(inside, query):
    page.render_page(NodeKind.APP, "bookinfo", "ratings", **query)


def test_the_head_says_how_it_fares_and_why(inside):
    told = page.on_head(asked(), PLACE)
    words = text_of(told["head"])
    assert words.strip().startswith("Failure: ")
    assert "could not connect to the server (UF), from reviews" in words
    assert (told["shown"]["at"], told["notice"]) == (AT, [])


def test_since_when_stands_beside_it(inside):
    words = text_of(page.on_since(asked(), PLACE))
    assert words.startswith(("Failure since", "Failure began"))


def test_the_overview_leads_to_callers_versions_and_other_tools(inside):
    words = text_of(page.on_overview(asked(), PLACE))
    for name in ("Called by (1)", "reviews", "Calls (1)", "mongodb", "ratings-v1", "Grafana"):
        assert name in words


def test_traffic_has_a_table_for_each_direction(inside):
    assert {"mg-traffic-in", "mg-traffic-out"} <= set(ids_of(page.on_traffic(asked(tab="traffic"), PLACE)))


def test_metrics_begin_with_errors_and_name_what_is_absent(inside):
    parts = page.on_metrics(asked("&span=15m", "inbound"), PLACE)
    charts = [name for name in ids_of(parts) if "mg-metric" in name]
    assert "'errors'" in charts[0]
    assert "Without data in this range: gRPC messages" in text_of(parts)


def test_a_wrong_choice_is_said_where_the_charts_would_be(inside):
    assert "group" in text_of(page.on_metrics(asked("&group=colour", "inbound"), PLACE))


def test_an_unknown_name_says_so_and_that_others_are_there(inside):
    words = text_of(page.on_head(asked(), PLACE | {"name": "nobody"})["head"])
    assert "No application nobody was seen in namespace bookinfo" in words
    assert "The source answers" in words
    assert page.on_overview(asked(), PLACE | {"name": "nobody"}) == []


def test_an_idle_one_says_when_it_was_seen(inside):
    idle = {"kind": "app", "namespace": "legacy", "name": "fax-gateway", "cluster": ""}
    assert "No traffic in the last 5 min" in text_of(page.on_head(asked(), idle)["head"])


def test_a_source_that_is_away_is_told_once():
    mesh = Mesh(PrometheusSource(PrometheusOptions(url="http://127.0.0.1:9")), scrape_interval_s=15)
    app = create_app(Context(mesh))
    with app.server.test_request_context("/applications/bookinfo/ratings"):
        told = page.on_head(asked(), PLACE)
        assert "cannot be reached" in text_of(told["notice"])
        assert told["shown"]["is_failing"]
        assert page.on_overview(asked(), PLACE) is no_update
    mesh.close()
