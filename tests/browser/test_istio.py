"""Configuration, mutual TLS, and what the picture and the pages tell of the clusters, in Chromium."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from mesh_graph.api.context import Context
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.story import story
from mesh_graph.mesh import Mesh
from mesh_graph.sources.cluster import Snapshot
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.demo_cluster import DemoCluster
from tests.browser.conftest import served

pytestmark = [pytest.mark.browser, pytest.mark.peer("chromium")]

INCIDENT = 1_795_263_000.0
"""2026-11-21T12:10:00Z."""


class Turning:
    """The demo's clusters, until a test takes an object away."""

    name, is_demo = "demo mesh", True

    def __init__(self) -> None:
        self._demo = DemoCluster(clock=lambda: INCIDENT)
        self.logs = self._demo.logs
        self.without: set[str] = set()

    def wait(self, timeout_s: float) -> bool:
        return True

    def snapshot(self) -> Snapshot:
        whole = self._demo.snapshot()
        kept = {k: tuple(o for o in v if o.name not in self.without) for k, v in whole.by_kind.items()}
        return Snapshot(whole.version + len(self.without), whole.confirmed_at, whole.clusters, by_kind=kept)

    def close(self) -> None:
        """Nothing to release."""


@pytest.fixture(scope="module")
def cluster() -> Turning:
    return Turning()


@pytest.fixture(scope="module")
def url(cluster: Turning) -> Iterator[str]:
    source = DemoSource(Simulator(story()), clock=lambda: INCIDENT)
    with served(Context(Mesh(source, cluster=cluster, refresh_s=15), refresh_s=3600)) as address:
        yield address


@pytest.fixture
def open_page(open_context: Callable[..., BrowserContext], url: str) -> Iterator[Callable[..., Page]]:
    """Open addresses; whatever the browser complains about fails the test."""
    problems: list[str] = []

    def start(address: str, **options) -> Page:
        page = open_context(**options).new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
        page.goto(url + address)
        return page

    yield start
    assert problems == []


def test_walk_from_the_list_to_the_faulty_line_and_to_what_it_names(open_page):
    page = open_page("/istio")
    row = page.locator(".ag-row", has_text="prices")
    expect(row).to_contain_text("There is no Gateway legacy/legacy-gateway.")
    expect(page.locator(".ag-center-cols-container [row-index='0']")).to_contain_text("Error")
    row.locator("a", has_text="prices").click()
    expect(page).to_have_url(re.compile(r"/istio/legacy/VirtualService/prices"))
    line = page.locator(".mgi-line-marked", has_text="- legacy-gateway")
    expect(line).to_be_visible()
    note = line.locator("xpath=following-sibling::*[1]")
    expect(note).to_have_text("KIA1102 There is no Gateway legacy/legacy-gateway.")
    expect(page.locator(".mgi-side .mgi-missing")).to_have_text("missing")
    page.locator(".mgi-finding", has_text="KIA1102").locator("a.mgi-jump").click()
    expect(line).to_have_class(re.compile("mgi-line-aim"))
    expect(page).to_have_url(re.compile(r"/istio/legacy/VirtualService/prices"))
    page.locator(".mgi-side a", has_text="price-list").click()
    expect(page).to_have_url(re.compile(r"/services/legacy/price-list"))


def test_filters_narrow_the_list_and_stay_in_the_address(open_page, url):
    page = open_page("/istio")
    count = page.locator("#mgi-count")
    expect(count).to_have_text(re.compile(r"^(\d+) of \1 objects$"))
    page.fill("#mgi-name", "legacy-gateway")
    expect(count).to_have_text(re.compile(r"^1 of \d+ objects$"))
    expect(page).to_have_url(re.compile(r"q=legacy-gateway"))
    page.goto(f"{url}/istio?status=valid&kind=Gateway")
    expect(count).to_have_text(re.compile(r"^\d+ of \d+ objects$"))
    kinds = page.locator(".ag-center-cols-container [col-id='kind']")
    expect(kinds.first).to_have_text("Gateway")
    expect(page.locator(".ag-center-cols-container", has_text="Error")).to_have_count(0)


def test_object_that_goes_while_it_is_read_is_told(open_page, cluster):
    page = open_page("/istio/legacy/VirtualService/prices")
    expect(page.locator(".mgi-line-marked").first).to_be_visible()
    cluster.without.add("prices")
    try:
        page.locator("#mg-time button", has_text="Refresh").click()
        expect(page.locator("#mgi-object-body")).to_contain_text(
            "There is no VirtualService prices in legacy."
        )
    finally:
        cluster.without.clear()


def test_mutual_tls_names_the_plain_text_and_who_declares_what(open_page):
    page = open_page("/mtls")
    row = page.locator(".mgm-namespaces tr", has_text="legacy")
    expect(row.first).to_contain_text("Permissive")
    expect(page.locator(".mgm-plain tr", has_text="price-list-v1").first).to_contain_text("100%")
    page.locator(".mgm-namespaces a", has_text="istio-system/default").first.click()
    expect(page).to_have_url(re.compile(r"/istio/istio-system/PeerAuthentication/default"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_picture_shows_the_badge_and_the_panel_says_it_in_words(open_page, scheme):
    page = open_page("/topology?namespaces=bookinfo", scheme=scheme)
    page.wait_for_function("() => Boolean(window.meshgraph?.picture && meshgraph.isPlaced())")
    node = page.evaluate(
        "() => meshgraph.picture.nodes.find((n) => n.shape === 'service' && n.name === 'reviews')"
    )
    assert "+s" in node["icon"]
    image = page.evaluate("(id) => meshgraph.cy.getElementById(id).data('image')", node["id"])
    assert image.startswith("data:image/svg+xml")
    page.evaluate("(id) => meshgraph.select(id)", node["id"])
    panel = page.locator("#mg-panel-body")
    expect(panel).to_contain_text("Requests are shared by weights")
    panel.locator("a", has_text="VirtualService reviews").click()
    expect(page).to_have_url(re.compile(r"/istio/bookinfo/VirtualService/reviews"))
    expect(page.locator(".mgi-yaml")).to_contain_text("weight:")


def test_workload_tells_its_pods_and_what_applies(open_page):
    page = open_page("/workloads/bookinfo/reviews-v3")
    expect(page.locator(".mgs-workload")).to_contain_text("2 of 2 replicas can serve")
    expect(page.locator(".mgp tbody")).to_have_count(2)
    expect(page.locator(".mgs-services")).to_contain_text("by the port's name")
    page.locator(".mgs-config a", has_text="reviews").first.click()
    expect(page).to_have_url(re.compile(r"/istio/bookinfo/"))


def test_without_a_cluster_the_pages_say_how_to_connect_one(open_context):
    source = DemoSource(Simulator(story()), clock=lambda: INCIDENT)
    with served(Context(Mesh(source, refresh_s=15), refresh_s=3600)) as address:
        page = open_context().new_page()
        for path in ("/istio", "/mtls", "/istio/a/b/c"):
            page.goto(address + path)
            expect(page.locator("#react-entry-point")).to_contain_text("--kubeconfig")
