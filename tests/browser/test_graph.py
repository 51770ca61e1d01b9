"""What is drawn, and what a refresh does to it."""

import pytest

from mesh_graph.diagnosis.report import Finding
from mesh_graph.errors import SourceUnreachable
from tests.views.graphs import app_key, service_key

pytestmark = [pytest.mark.browser, pytest.mark.peer("chromium")]

POSITIONS = "() => Object.fromEntries(meshgraph.cy.nodes('[icon]').map((n) => [n.id(), n.position()]))"
VIEW = "() => [meshgraph.cy.zoom(), meshgraph.cy.pan().x, meshgraph.cy.pan().y]"
REVIEWS = service_key("bookinfo", "reviews")
V3 = app_key("bookinfo", "reviews", "v3")
EDGE = f"{REVIEWS}\t{V3}\thttp"


def test_the_graph_is_drawn_with_its_levels(screen):
    screen.open()
    assert screen.js("() => meshgraph.cy.nodes('[icon]').length") == 11
    assert screen.js("(id) => meshgraph.cy.getElementById(id).style('line-style')", EDGE) == "dashed"
    assert screen.js("(id) => meshgraph.cy.getElementById(id).style('line-color')", EDGE) == "rgb(163,18,58)"
    screen.shot("topology-light")


def test_every_pixel_of_the_failing_edge_text_is_on_the_overlay(screen):
    """The overlay shows the error's pill in the colour of errors, although no label was asked for."""
    screen.open()
    x, y = screen.place_on_screen(EDGE)
    reds = screen.js(
        """([x, y]) => {
            const canvas = document.querySelector('.mg-overlay-labels');
            const box = canvas.getBoundingClientRect();
            const near = canvas.getContext('2d').getImageData(x - box.x - 20, y - box.y - 12, 40, 24).data;
            let count = 0;
            for (let i = 0; i < near.length; i += 4) {
                if (near[i] > 130 && near[i + 1] < 70 && near[i + 3] > 200) count += 1;
            }
            return count;
        }""",
        [x, y],
    )
    assert reds > 20


def test_a_refresh_changes_numbers_and_moves_nothing(screen, mesh):
    screen.open("/topology?labels=rate")
    places, view = screen.js(POSITIONS), screen.js(VIEW)
    mesh.advance(wave=3.0)
    screen.refresh()
    assert screen.js("(id) => meshgraph.cy.getElementById(id).data('texts').rate", EDGE) == "12 rps"
    assert screen.js(POSITIONS) == places
    assert screen.js(VIEW) == pytest.approx(view)


def test_refresh_asks_past_every_cache_and_the_tick_does_not(screen):
    asked = []
    screen.page.on(
        "request", lambda request: asked.append(request.url) if "/api/pages/topology" in request.url else None
    )
    screen.open()
    screen.refresh()
    assert [("fresh=1" in url) for url in asked] == [False, True]


def test_nodes_and_edges_come_and_go_and_the_rest_is_the_same_graph(screen, mesh):
    screen.open()
    screen.js("() => { window.first = meshgraph.cy; }")
    mesh.namespace_count = 2
    mesh.advance()
    screen.refresh()
    assert screen.js("() => meshgraph.cy.nodes('[icon]').length") == 21
    mesh.namespace_count = 1
    mesh.advance()
    screen.refresh()
    assert screen.js("() => [meshgraph.cy.nodes('[icon]').length, meshgraph.cy.edges().length]") == [11, 11]
    assert screen.js("() => window.first === meshgraph.cy && meshgraph.cy === meshgraph.getCy('mg-graph')")


def test_a_failure_keeps_the_last_good_picture_and_recovers(screen, mesh):
    screen.open()
    mesh.error = SourceUnreachable(
        "http://prometheus:9090", "up", "The connection was refused.", "Is it running?"
    )
    screen.refresh()
    notice = screen.page.inner_text("#mg-notice")
    assert "cannot be reached: http://prometheus:9090" in notice
    assert "The connection was refused. Is it running?" in notice
    assert "The picture below is of 2026-11-21 03:00:00 UTC" in notice
    assert screen.js("() => meshgraph.cy.nodes('[icon]').length") == 11
    assert "grayscale" in screen.js("() => getComputedStyle(document.querySelector('.mg-graph')).filter")
    screen.shot("topology-failing")
    mesh.error = None
    screen.refresh()
    assert not screen.page.is_visible("#mg-notice")
    assert screen.js("() => getComputedStyle(document.querySelector('.mg-graph')).filter") == "none"


def test_a_server_that_is_gone_is_told(screen):
    screen.open()
    screen.page.route("**/api/pages/topology**", lambda route: route.abort())
    screen.refresh()
    assert "The dashboard does not answer" in screen.page.inner_text("#mg-notice")
    screen.problems.clear()


def test_a_wrong_parameter_is_a_clear_message(screen):
    screen.open("/topology?graph_type=foo")
    assert "graph_type: 'foo' is not understood" in screen.page.inner_text("#mg-notice")
    assert "versionedApp" in screen.page.inner_text("#mg-notice")


def test_an_empty_graph_says_why(screen, mesh):
    mesh.is_empty = True
    screen.open()
    reason = screen.page.inner_text("#mg-empty")
    assert "The source holds no Istio metrics" in reason
    assert "count(istio_requests_total) → nothing" in reason
    screen.shot("topology-empty")
    mesh.is_empty = False
    mesh.advance()
    screen.refresh()
    assert not screen.page.is_visible("#mg-empty")
    assert screen.js("() => meshgraph.cy.nodes('[icon]').length") == 11


@pytest.mark.parametrize(("scheme", "width", "name"), [("dark", 1600, "dark"), ("light", 800, "narrow")])
def test_screens_to_look_at(new_screen, scheme, width, name):
    screen = new_screen(scheme=scheme, width=width).open("/topology?labels=rate,latency&mtls=1")
    assert screen.js("() => document.documentElement.scrollWidth <= innerWidth")
    screen.shot(f"topology-{name}")


def test_the_first_load_is_small(screen):
    sizes = []
    session = screen.page.context.new_cdp_session(screen.page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    screen.open()
    screen.page.wait_for_load_state("networkidle")
    assert sum(sizes) < 2_500_000


def test_doubts_about_the_picture_stand_above_it(screen, mesh):
    mesh.findings = (Finding.of("no-istio-series"),)
    screen.open()
    assert "The source holds no Istio metrics" in screen.page.inner_text("#mg-trust")
    assert screen.js("() => meshgraph.cy.nodes('[icon]').length") == 11


def test_time_never_runs_backwards(screen, mesh):
    """Refresh shows the very moment; the tick after it, a settle delay behind, leaves that picture alone."""
    screen.open()
    screen.refresh()
    fresh = screen.js("() => meshgraph.picture.at")
    assert fresh == mesh.at + 7
    mesh.advance(seconds=5)
    screen.js("() => meshgraph.reload()")
    screen.settle()
    screen.page.wait_for_load_state("networkidle")
    assert screen.js("() => meshgraph.picture.at") == fresh


def test_names_that_look_like_markup_stay_text(screen, mesh):
    hostile = "<img src=x onerror=window.owned=1>"
    build = mesh._build

    def with_hostile(at):
        from tests.views.graphs import add_app, add_traffic

        graph = build(at)
        key = add_app(graph, "bookinfo", hostile, "</title><script>window.owned=1</script>")
        add_traffic(graph, key, REVIEWS, 1.0, 0.5)
        return graph

    mesh._build = with_hostile
    screen.open()
    element = screen.node(f"{hostile} </title><script>window.owned=1</script>")
    screen.js("(id) => meshgraph.jumpTo(id)", element)
    screen.page.wait_for_selector(f".mg-panel-title >> text={hostile}")
    screen.page.fill("#mg-search", "<img")
    screen.page.wait_for_selector(".mg-result")
    assert screen.js("() => window.owned") is None
