"""From the list of traces into one, along its spans by hand and by keyboard; many spans, failures."""

from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import expect

from mesh_graph.api.context import Context
from mesh_graph.errors import SourceUnreachable
from mesh_graph.mesh import Mesh
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.demo_traces import DemoTraces
from mesh_graph.traces.model import SpanKind
from tests.browser.conftest import Screen, Site, served
from tests.traces.hand import span, trace

pytestmark = [pytest.mark.browser, pytest.mark.peer("chromium")]

AT = 1_795_263_000.0
RANGE = "at=2026-11-21T12:10:00Z&span=30m"
expect.set_options()
MANY = f"{10_000:032x}"
READY = "#mgt-page[data-state=ready]"


def chain_of_ten_thousand():
    """A root with a hundred calls, each a server with ninety-eight steps; the last step fails."""
    spans = [span("root", 0, 1_000_000, service="front.shop", trace_id=MANY)]
    for call in range(100):
        begin = call * 10_000
        spans.append(
            span(f"c{call}", begin, begin + 9_900, "root", service=f"s{call % 30}.shop", trace_id=MANY)
        )
        spans += [
            span(
                f"c{call}-{step}",
                begin + step * 100,
                begin + step * 100 + 90,
                f"c{call}",
                service=f"s{call % 30}.shop",
                trace_id=MANY,
                kind=SpanKind.INTERNAL,
                is_error=(call, step) == (99, 98),
                attributes={"step": step},
            )
            for step in range(99)
        ]
    return trace(*spans)


class Turning(DemoTraces):
    """The demo's traces, one by hand, and a switch."""

    def __init__(self) -> None:
        super().__init__(clock=lambda: AT)
        self.is_down = False
        self.many = chain_of_ten_thousand()

    def find(self, question):
        if self.is_down:
            raise SourceUnreachable("traces", "find", "The connection was refused.")
        return super().find(question)

    def trace(self, trace_id):
        return self.many if trace_id == MANY else super().trace(trace_id)


@pytest.fixture(scope="module")
def traces():
    return Turning()


@pytest.fixture(scope="module")
def address(traces):
    mesh = Mesh(DemoSource(clock=lambda: AT), traces=traces)
    with served(Context(mesh, refresh_s=3600)) as url:
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


def open_trace(screen: Screen, trace_id: str, more: str = "") -> Screen:
    screen.page.goto(f"{screen.site.url}/traces/{trace_id}?{RANGE}{more}")
    wait(screen, READY)
    return screen


def test_from_the_list_to_a_span_and_back(screen):
    page = screen.page
    page.goto(f"{screen.site.url}/traces?{RANGE}&service=productpage.bookinfo&limit=20")
    expect(page.locator(".mgt-words")).to_contain_text("20 traces")
    expect(page.locator(".mgt-words")).to_contain_text("There are more")
    wait(screen, ".mgt-scatter .scatterlayer .trace")
    wait(screen, "#mgt-table .mgt-root").click()
    page.wait_for_url("**/traces/*")
    wait(screen, READY)
    assert (query(screen)["at"], query(screen)["span"]) == ("2026-11-21T12:10:00Z", "30m")
    expect(page.locator(".mgt-head h1")).to_contain_text("istio-ingressgateway")

    wait(screen, ".mgt-row:has-text('details.bookinfo')").click()
    expect(page.locator("#mgt-detail h3")).to_contain_text("bookinfo")
    expect(page.locator("#mgt-detail")).to_contain_text("guid:x-request-id")
    assert query(screen)["chosen"]
    page.go_back()
    expect(page.locator(".mgt-words")).to_contain_text("20 traces")
    assert query(screen)["service"] == "productpage.bookinfo"


def test_an_edge_leads_to_the_traces_of_its_calls_and_whose_they_are_can_be_removed(screen):
    page = screen.page
    edge = "app|east|shop|checkout-v2|checkout|v2||\tservice|east|shop||||cart|\tgrpc"
    screen.open(f"/topology?{RANGE}&namespaces=shop&selected={quote(edge)}")
    wait(screen, "#mg-panel a:text-is('Traces of calls from checkout.shop to cart.shop')").click()
    expect(page.locator(".mgt-words")).to_contain_text("traces")
    assert (query(screen)["service"], query(screen)["caller"]) == ("cart.shop", "checkout.shop")
    expect(page.locator("#mgt-caller")).to_have_value("checkout.shop")
    page.locator(".mgt-bounds").wait_for()
    page.locator(".mantine-InputWrapper-root:has(#mgt-caller) button").click()
    page.wait_for_url(lambda url: "caller" not in url)
    expect(page.locator("#mgt-caller")).to_have_value("")
    assert query(screen)["service"] == "cart.shop"


def test_tabs_say_who_owns_the_time_and_who_drops_headers(screen):
    page = screen.page
    page.goto(f"{screen.site.url}/traces?{RANGE}&service=frontend.shop")
    expect(page.locator(".mgt-words")).to_contain_text("100 traces")
    page.get_by_role("tab", name="Critical path").click()
    expect(page.locator("#mgt-path-pane .mgt-table tbody tr").first).to_contain_text(".shop")
    assert (query(screen)["tab"], query(screen)["service"]) == ("path", "frontend.shop")
    page.get_by_role("tab", name="Dependencies").click()
    expect(page.locator("#mgt-dependencies-pane")).to_contain_text("known to both")
    page.get_by_role("tab", name="Propagation").click()
    expect(page.locator(".mgt-verdict")).to_contain_text("shipping.logistics drops the trace headers")
    expect(page.locator("#mgt-propagation-pane")).to_contain_text("x-b3-traceid")
    page.go_back()
    expect(page.locator("#mgt-dependencies-pane")).to_be_visible()


def test_a_trace_is_shown_as_operations_and_on_the_map(screen):
    page = screen.page
    page.goto(f"{screen.site.url}/traces?{RANGE}&service=ratings.bookinfo&limit=20")
    wait(screen, "#mgt-table .mgt-root").click()
    wait(screen, READY)
    page.get_by_role("tab", name="Operations").click()
    expect(page.locator(".mgt-box").filter(has_text="ratings.bookinfo").first).to_be_visible()
    page.get_by_text("On the map").click()
    page.wait_for_url("**/topology?**")
    expect(page.locator("#mg-trace-bar")).to_contain_text("is lit up")
    screen.until("meshgraph.cy.edges('.faded').nonempty() && meshgraph.cy.edges().not('.faded').nonempty()")
    lit = screen.js("() => meshgraph.cy.nodes('[icon]').not('.faded').map((node) => node.data('name'))")
    assert any(name.startswith("ratings") for name in lit)
    page.locator("#mg-trace-bar button").click()
    page.mouse.move(5, 5)  # what the pointer is over would light up by itself
    screen.until("meshgraph.cy.elements('.faded').empty()")
    assert "trace" not in query(screen)


def test_a_panel_and_a_chart_lead_to_their_traces(screen):
    page = screen.page
    screen.open(f"/topology?{RANGE}&namespaces=bookinfo&selected=service|east|bookinfo||||ratings|")
    wait(screen, "#mg-panel a:text-is('Traces of ratings.bookinfo')").click()
    expect(page.locator(".mgt-words")).to_contain_text("traces")
    assert (query(screen)["service"], query(screen)["span"]) == ("ratings.bookinfo", "30m")

    page.goto(f"{screen.site.url}/applications/bookinfo/reviews?{RANGE}&tab=inbound")
    wait(screen, ".mg-d-head .mg-traces")
    wait(screen, '[data-panel="duration"] .main-svg .scatterlayer .trace')
    box = page.locator('[data-panel="duration"] .nsewdrag').bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    wait(screen, '[data-panel="duration"] .hoverlayer .legend')
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    page.wait_for_url("**/traces?**")
    assert query(screen)["service"] == "reviews.bookinfo"
    assert query(screen)["at"].startswith("2026-11-21T11:5"), "in the middle of the half hour"
    assert query(screen)["span"] == "1m"


def test_what_is_asked_for_is_kept_in_the_address(screen):
    page = screen.page
    page.goto(f"{screen.site.url}/traces?{RANGE}")
    expect(page.locator(".mgt-words")).to_contain_text("100 traces")
    page.locator("label:has-text('Errors only')").click()
    page.wait_for_url("**errors=1**")
    page.fill("#mgt-min", "50ms")
    page.wait_for_url("**min=50ms**")
    page.click("#mgt-service")
    page.get_by_role("option", name="ratings.bookinfo", exact=True).click()
    page.wait_for_url("**service=ratings.bookinfo**")
    assert query(screen)["span"] == "30m"
    page.fill("#mgt-min", "soon")
    expect(page.locator("#mgt-notice")).to_contain_text("It takes a length of time")


def test_rows_are_walked_and_folded_by_keyboard(screen):
    open_trace(screen, MANY)
    page = screen.page
    page.locator("#mgt-scroller").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".mgt-row[aria-selected=true]")).to_have_attribute("data-row", "1")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".mgt-row[data-row='1']")).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".mgt-row[aria-selected=true]")).to_have_attribute("data-row", "101")
    page.keyboard.press("e")
    expect(page.locator(".mgt-row[aria-selected=true]")).to_have_attribute("data-row", "10000")
    expect(page.locator("#mgt-detail")).to_contain_text("This span failed.")
    page.keyboard.press("z")
    page.wait_for_url("**zoom=**")
    page.keyboard.press("0")
    expect(page.locator("#mgt-whole")).to_be_disabled()


def test_of_ten_thousand_spans_only_those_in_view_are_drawn(screen):
    open_trace(screen, MANY)
    page = screen.page
    expect(page.locator("#mgt-head")).to_contain_text("10,001")
    assert 10 < page.locator(".mgt-row").count() < 120
    screen.js("() => (document.getElementById('mgt-scroller').scrollTop = 130000)")
    expect(page.locator(".mgt-row[data-row='5000']")).to_be_visible()
    assert page.locator(".mgt-row").count() < 120
    assert page.locator(".mgt-row[data-row='0']").count() == 0


def test_search_finds_by_tag_and_goes_from_one_to_the_next(screen):
    open_trace(screen, MANY, "&find=step%3D42+s7.shop")
    page = screen.page
    expect(page.locator("#mgt-found")).to_have_text("1 of 4")
    expect(page.locator(".mgt-row[aria-selected=true]")).to_have_attribute("data-found", "1")
    page.click("#mgt-next")
    expect(page.locator("#mgt-found")).to_have_text("2 of 4")
    page.fill("#mgt-find", "no such thing")
    expect(page.locator("#mgt-found")).to_have_text("nothing found")
    page.wait_for_url("**find=no**")


def test_a_part_of_the_time_is_chosen_on_the_minimap(screen):
    open_trace(screen, MANY)
    page = screen.page
    box = page.locator("#mgt-minimap").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 30, steps=4)
    page.mouse.up()
    page.wait_for_url("**zoom=**")
    start, end = map(int, query(screen)["zoom"].split("-"))
    assert 200_000 < start < 300_000
    assert 450_000 < end < 550_000
    page.click("#mgt-whole")
    expect(page.locator("#mgt-whole")).to_be_disabled()
    assert "zoom" not in query(screen)


def test_a_failing_backend_is_told_and_what_was_found_stays(screen, traces):
    page = screen.page
    page.goto(f"{screen.site.url}/traces?{RANGE}&service=reviews.bookinfo")
    wait(screen, "#mgt-table .mgt-root")
    traces.is_down = True
    try:
        page.fill("#mgt-min", "1ms")
        expect(page.locator("#mgt-notice")).to_contain_text("cannot be reached")
    finally:
        traces.is_down = False
    assert page.locator("#mgt-table .mgt-root").count() > 0


def test_a_trace_that_nobody_holds_is_told(screen):
    screen.page.goto(f"{screen.site.url}/traces/{1:032x}")
    expect(screen.page.locator("#mgt-trace-notice")).to_contain_text("No such trace")
    expect(screen.page.locator("#mgt-rows-notice")).to_contain_text("No such trace")
    screen.problems.clear()
