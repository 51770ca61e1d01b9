"""From a list to an application, to its charts, into a chart, and on to the topology, in one time range."""

from urllib.parse import parse_qs, urlsplit

import pytest

from mesh_graph.api.context import Context
from mesh_graph.codec import parse_duration
from mesh_graph.mesh import Mesh
from mesh_graph.sources.demo import DemoSource
from tests.browser.conftest import Screen, Site, served

pytestmark = [pytest.mark.browser, pytest.mark.peer("chromium")]

AT = 1_795_263_000.0
"""2026-11-21T12:10:00Z, in the middle of an incident."""
RANGE = "at=2026-11-21T12:10:00Z&window=10m"
FIRST_CHART = '[data-panel="errors"] .main-svg .scatterlayer .trace'


@pytest.fixture(scope="module")
def address():
    mesh = Mesh(DemoSource(clock=lambda: AT))
    with served(Context(mesh, refresh_s=3600, links={"Grafana": "https://grafana.example/d/{name}"})) as url:
        yield url
    mesh.close()


@pytest.fixture
def site(address):
    """The demo mesh in place of the one by hand."""
    return Site(address, None)


def wait(screen: Screen, selector: str):
    """The first element of a selector, when it is on the screen."""
    found = screen.page.locator(selector).first
    found.wait_for()
    return found


def query(screen: Screen) -> dict[str, str]:
    return {name: texts[0] for name, texts in parse_qs(urlsplit(screen.page.url).query).items()}


def test_one_time_range_from_the_list_to_a_chart_to_the_topology(screen):
    page = screen.page
    page.goto(f"{screen.site.url}/applications?{RANGE}")
    wait(screen, ".ag-center-cols-container a:text-is('ratings')").click()
    assert "from reviews" in wait(screen, ".mg-fares").inner_text()
    assert "failure before" in wait(screen, ".mg-since").inner_text()
    assert query(screen)["window"] == "10m"

    page.get_by_role("tab", name="Inbound metrics").click()
    wait(screen, FIRST_CHART)
    assert (query(screen)["tab"], query(screen)["window"]) == ("inbound", "10m")

    box = page.locator('[data-panel="errors"] .nsewdrag').bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 60, steps=5)
    page.mouse.up()
    page.wait_for_url("**span=*")
    zoomed = query(screen)
    assert zoomed["window"] == zoomed["span"]
    assert 800 <= parse_duration(zoomed["span"]) <= 1000, "a quarter of an hour"
    assert zoomed["at"].startswith("2026-11-21T11:5")
    assert zoomed["tab"] == "inbound"
    wait(screen, FIRST_CHART)

    wait(screen, ".mg-d-head a:text-is('Show in the topology')").click()
    page.wait_for_url("**/topology?**")
    shown = query(screen)
    assert (shown["at"], shown["window"], shown["namespaces"]) == (zoomed["at"], zoomed["window"], "bookinfo")
    screen.until("meshgraph.picture && meshgraph.state.get('selected').startsWith('app|')")
    assert wait(screen, "#mg-panel h3").inner_text() == "ratings"

    page.go_back()
    wait(screen, FIRST_CHART)
    assert query(screen) == zoomed


def test_a_node_s_panel_leads_to_its_page(screen):
    screen.open(f"/topology?{RANGE}&namespaces=bookinfo&selected=service|east|bookinfo||||ratings|")
    wait(screen, "#mg-panel a:text-is('Open service')").click()
    assert wait(screen, ".mg-d-title h1").inner_text().startswith("ratings")
    assert query(screen)["at"] == "2026-11-21T12:10:00Z"
    wait(screen, ".mg-flow-middle")


def test_what_charts_show_is_chosen_in_place_and_kept_in_the_address(screen):
    screen.page.goto(f"{screen.site.url}/applications/bookinfo/reviews?{RANGE}&tab=inbound&group=pod")
    assert wait(screen, ".mg-d-legend").inner_text().count("reviews-v") == 6
    wait(screen, FIRST_CHART)
    screen.page.click("#mg-detail-told")
    screen.page.get_by_role("option", name="Both, side by side").click()
    screen.page.click("#mg-detail-group")
    screen.page.get_by_role("option", name="Nothing").click()
    wait(screen, ".mg-d-legend:has-text('callers saw')")
    assert (query(screen)["told"], "group" in query(screen)) == ("both", False)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_tab_can_be_looked_at(new_screen, scheme):
    screen = new_screen(scheme=scheme)
    screen.page.goto(f"{screen.site.url}/applications/bookinfo/ratings?{RANGE}")
    for tab, ready in (("Overview", ".mg-strip"), ("Traffic", ".ag-row"), ("Inbound metrics", FIRST_CHART)):
        screen.page.get_by_role("tab", name=tab).click()
        wait(screen, ready)
        screen.settle()
        screen.shot(f"detail-{tab.split()[0].lower()}-{scheme}")


def test_a_narrow_screen_has_no_sideways_scroll(new_screen):
    screen = new_screen(width=700)
    screen.page.goto(f"{screen.site.url}/services/bookinfo/reviews?{RANGE}&tab=inbound")
    wait(screen, FIRST_CHART)
    assert screen.js("() => document.documentElement.scrollWidth <= innerWidth")
    screen.shot("detail-inbound-narrow")
