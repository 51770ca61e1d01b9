"""A failing workload's logs: side by side, opened, looked through, followed, refused."""

from urllib.parse import parse_qs, urlsplit

import pytest

from mesh_graph.api.context import Context
from mesh_graph.demo.bookinfo import namespaces
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.spec import MeshSpec
from mesh_graph.demo.tracer import Tracer
from mesh_graph.mesh import Mesh
from mesh_graph.sources.cluster import KubeObject
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.demo_cluster import DemoCluster
from mesh_graph.sources.demo_traces import DemoTraces
from mesh_graph.sources.log_source import LogAsk, LogReply, NoLogs, WhyOff, line_stamp
from tests.browser.conftest import WAIT_S, Screen, Site, served
from tests.walled_mesh import HandCluster

pytestmark = [pytest.mark.browser, pytest.mark.peer("chromium")]

AT = 1_795_263_000.0
"""2026-11-21T12:10:00Z, in the middle of an incident."""
WAIT_MS = WAIT_S * 1000
ROWS = "[...document.querySelectorAll('.mgl-row')]"
LIST = "document.querySelector('#mgl-list')"
AT_END = f"({LIST}.scrollHeight - {LIST}.scrollTop - {LIST}.clientHeight < 25)"


class Growing:
    """A container that writes on; the number of its lines is a test's."""

    off = None

    def __init__(self, count: int) -> None:
        self.count = count
        self.asked = 0

    def read(self, ask: LogAsk) -> LogReply:
        self.asked += 1
        first = max(0, self.count - ask.lines)
        lines = (f"{line_stamp(AT - 100 + n / 100)} INFO line {n}".encode() for n in range(first, self.count))
        return LogReply(tuple(lines), first > 0)


@pytest.fixture(scope="module")
def demo():
    books = MeshSpec.of(namespaces(1, 2, None))
    mesh = Mesh(
        DemoSource(Simulator(books), clock=lambda: AT),
        cluster=DemoCluster(books, clock=lambda: AT),
        traces=DemoTraces(Tracer(books), clock=lambda: AT),
    )
    with served(Context(mesh, refresh_s=3600)) as url:
        yield url
    mesh.close()


@pytest.fixture
def site(demo):
    return Site(demo, None)


def wait(screen: Screen, selector: str):
    """The first element of a selector, when it is on the screen."""
    found = screen.page.locator(selector).first
    found.wait_for(timeout=WAIT_MS)
    return found


def query(screen: Screen) -> dict[str, str]:
    return {name: texts[0] for name, texts in parse_qs(urlsplit(screen.page.url).query).items()}


def test_failure_is_seen_on_both_sides_opened_and_looked_for(screen):
    page = screen.page
    page.goto(f"{screen.site.url}/workloads/bookinfo/reviews-v3?tab=logs&window=1m")
    lanes = (f":has(.mgl-lane:{which}-child [data-level=error])" for which in ("first", "last"))
    band = wait(screen, ".mgl-band" + "".join(lanes))
    app, proxy = (band.locator(f".mgl-lane:nth-child({n}) [data-level=error]").first for n in (1, 2))
    assert "ratings did not answer" in app.text_content()
    assert "503 UF" in proxy.text_content()
    assert "could not connect to the server" in proxy.text_content()
    screen.shot("logs-light")

    proxy.focus()
    page.keyboard.press("Enter")
    more = wait(screen, ".mgl-more").inner_text()
    assert "delayed_connect_error:_Connection_refused" in more
    link = wait(screen, ".mgl-more a.mg-link").get_attribute("href")
    assert link.startswith("/traces?window=1m&service=reviews.bookinfo&tags=guid%3Ax-request-id%3D")
    page.keyboard.press("Enter")
    assert page.locator(".mgl-more").count() == 0
    page.keyboard.press("e")
    screen.until("document.activeElement.dataset.level === 'error'")

    page.fill("#mgl-having", "ratings/0")
    screen.until(f"{ROWS}.length && {ROWS}.every((row) => row.mgLine.text.includes('ratings/0'))")
    page.click("#mgl-level")
    page.get_by_role("option", name="Errors", exact=True).click()
    screen.until(f"{ROWS}.every((row) => row.dataset.level === 'error')")
    assert (query(screen)["having"], query(screen)["level"]) == ("ratings/0", "error")
    assert "are what you look for" in page.inner_text("#mgl-state")

    page.set_viewport_size({"width": 700, "height": 1000})
    wait(screen, "#mgl-list[data-layout=one] .mgl-row")
    assert screen.js("() => document.documentElement.scrollWidth <= innerWidth")
    screen.shot("logs-narrow")

    page.fill("#mgl-having", "nothing is like this")
    wait(screen, "#mgl-state[data-state=empty]")
    assert not page.is_visible("#mgl-list")
    page.locator("#mgl-regex").dispatch_event("click")
    page.fill("#mgl-having", "a(b")
    assert (
        "is no regular expression: missing )" in wait(screen, "#mgl-state[data-state=failing]").inner_text()
    )
    page.fill("#mgl-having", "r.*0")
    wait(screen, "#mgl-state[data-state=ready]")


def test_pod_of_a_table_leads_to_its_lines_which_nobody_reads_before(new_screen):
    screen = new_screen(scheme="dark")
    asked = []
    screen.page.on("request", lambda one: asked.append(one.url) if "/logs?" in one.url else None)
    screen.page.goto(f"{screen.site.url}/workloads/bookinfo/reviews-v3?window=1m")
    link = wait(screen, ".mgp-logs")
    assert asked == []
    link.click()
    wait(screen, ".mgl-row")
    pods = screen.js("() => [...document.querySelectorAll('.mgl-pod')].map((one) => one.title)")
    assert {title.split(",")[0] for title in pods} == {query(screen)["pods"]}
    screen.shot("logs-dark")


@pytest.fixture
def growing():
    """A page of one pod that writes on."""
    state = {"name": "cart", "ready": True}
    pod = KubeObject(
        "Pod", "east", "shop", "cart-0", labels={"app": "cart"}, owner=("StatefulSet", "cart"),
        status={"phase": "Running", "containerStatuses": (state,)},
    )  # fmt: skip
    cluster = HandCluster(pod)
    cluster.logs = Growing(5000)
    mesh = Mesh(DemoSource(clock=lambda: AT), cluster=cluster)
    with served(Context(mesh, refresh_s=3600)) as url:
        yield url, cluster
    mesh.close()


def test_five_thousand_lines_are_followed_until_logs_are_off(screen, growing):
    """Only what is new is made, and who reads further up is not moved."""
    url, cluster = growing
    screen.page.goto(f"{url}/workloads/shop/cart?tab=logs&lines=5000&any_age=1")
    screen.until("document.querySelectorAll('.mgl-row').length === 5000")
    screen.until(AT_END)
    screen.js("() => { window.kept = [...document.querySelectorAll('.mgl-row')].at(-1); }")
    cluster.logs.count = 5010
    screen.page.click("#mg-time-now")
    screen.until("document.querySelector('.mgl-row:last-child').textContent.includes('line 5009')")
    assert screen.js(f"() => {ROWS}.length") == 5000
    assert screen.js("() => kept.isConnected && kept === document.querySelectorAll('.mgl-row')[4989]")
    screen.until(AT_END)
    screen.js("() => { document.querySelector('#mgl-list').scrollTop = 0; }")
    cluster.logs.count = 5020
    screen.page.click("#mg-time-now")
    screen.until("document.querySelector('.mgl-row:last-child').textContent.includes('line 5019')")
    assert not screen.js(f"() => {AT_END}")

    cluster.logs = NoLogs(WhyOff.NO_SIGN_IN)
    screen.page.reload()
    told = wait(screen, "#mgl-state:has-text('nobody signs in here')").inner_text()
    assert "--users-file" in told
    assert not screen.page.is_visible("#mgl-having")
    screen.shot("logs-off")
