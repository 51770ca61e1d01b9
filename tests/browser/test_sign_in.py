"""Signing in, being refused, and a session that ends while a page is open, in Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from mesh_graph.api.context import Context
from mesh_graph.api.ways_in import WaysIn
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.story import story
from mesh_graph.mesh import Mesh
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.demo_cluster import DemoCluster
from mesh_graph.sources.demo_traces import DemoTraces
from tests.access.people import SECRET, USERS, Household
from tests.browser.conftest import OUTPUT, served

pytestmark = [pytest.mark.browser, pytest.mark.peer("chromium")]

INCIDENT = 1_795_263_000.0
STATE = "/topology?namespaces=bookinfo&window=10m"
WATCH = """
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) =>
        window.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Iterator[tuple[Household, str]]:
    household = Household(tmp_path_factory.mktemp("household"))
    clock = lambda: INCIDENT  # noqa: E731
    source, traces = DemoSource(Simulator(story()), clock=clock), DemoTraces(clock=clock)
    mesh = Mesh(source, cluster=DemoCluster(clock=clock), traces=traces)
    with served(Context(mesh, refresh_s=3600), WaysIn(household.keeper)) as url:
        yield household, url
    mesh.close()


@pytest.fixture
def household(home: tuple[Household, str]) -> Household:
    home[0].write(USERS)
    home[0].time.passed += 100_000  # sessions and attempts of the test before are over
    return home[0]


@pytest.fixture
def open_page(open_context: Callable[..., BrowserContext], home, household) -> Callable[..., Page]:
    """Open an address as a stranger; the policy's complaints are kept in ``violations``."""

    def start(address: str = STATE, **options) -> Page:
        page = open_context(**options).new_page()
        page.add_init_script(WATCH)
        page.goto(home[1] + address)
        return page

    return start


def sign_in(page: Page, name: str = "ada", password: str = SECRET) -> None:
    """Fill in the form and send it."""
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def is_drawn(page: Page) -> None:
    """Wait for the topology's picture."""
    expect(page.locator("#mg-summary")).to_have_text(re.compile(r"\d+ nodes"))


def end_session(household: Household) -> None:
    household.time.passed += 3600


def address_of(page: Page) -> str:
    parts = urlsplit(page.url)
    return f"{parts.path}?{parts.query}"


def test_the_sign_in_leads_to_the_address_that_was_asked_for(open_page):
    page = open_page()
    assert urlsplit(page.url).path == "/sign-in"
    expect(page.get_by_label("Name")).to_be_focused()
    sign_in(page)
    is_drawn(page)
    assert address_of(page) == STATE
    expect(page.locator("#mg-person")).to_contain_text("ada")
    assert page.evaluate("window.violations") == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1600), ("dark", 700)])
def test_a_wrong_password_is_said_on_a_page_that_fits(open_page, scheme, width):
    page = open_page(scheme=scheme, width=width)
    sign_in(page, password="wrong")
    expect(page.get_by_role("alert")).to_have_text("This name and password do not go together.")
    expect(page.get_by_label("Name")).to_have_value("ada")
    expect(page.get_by_label("Password")).to_have_value("")
    expect(page.get_by_label("Password")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(245, 247, 249)", "dark": "rgb(22, 24, 29)"}[scheme]
    assert page.evaluate("window.violations") == []
    page.screenshot(path=_shot(f"sign-in-{scheme}-{width}"))


def test_whoever_may_see_nothing_is_told_so(open_page):
    page = open_page()
    sign_in(page, "nil")
    expect(page.get_by_role("alert")).to_contain_text("no namespace is granted to you")
    page.screenshot(path=_shot("sign-in-nothing"))


def test_whoever_may_see_nothing_any_more_is_told_so_and_can_leave(open_page, household, home):
    page = open_page()
    sign_in(page)
    is_drawn(page)
    household.write(USERS.replace('namespaces: ["*"]\n    rights: [logs, config, queries]', "groups: []"))
    page.goto(home[1] + STATE)
    expect(page.get_by_role("heading")).to_have_text("Nothing to see here")
    page.screenshot(path=_shot("sign-in-refused"))
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Name")).to_be_visible()


def test_the_way_out_is_in_sight_and_closes_the_pages(open_page):
    page = open_page("/topology", width=700)
    sign_in(page)
    is_drawn(page)
    way_out = page.get_by_role("button", name="Sign out")
    box = way_out.bounding_box()
    assert box["x"] + box["width"] <= 700
    way_out.click()
    page.wait_for_url("**/sign-in")
    page.go_back()
    expect(page.get_by_label("Name")).to_be_visible()
    assert "bookinfo" not in page.content()


def test_a_session_that_ends_in_use_is_said_and_nothing_is_lost(open_page, household):
    page = open_page()
    sign_in(page)
    is_drawn(page)
    end_session(household)
    page.click("#mg-refresh-now")
    said = page.get_by_role("alert").filter(has_text="Your session has ended.")
    expect(said).to_be_visible()
    assert page.evaluate("meshgraph.picture.nodes.length") > 0
    page.screenshot(path=_shot("session-end"))
    page.keyboard.press("t")  # the state goes on changing while the word is there
    expect(page).to_have_url(re.compile("table=edges"))
    held = address_of(page)
    said.get_by_role("link", name="Sign in again").click()
    sign_in(page)
    is_drawn(page)
    assert address_of(page) == held


def test_signed_in_elsewhere_the_word_goes_away(open_page, household, home):
    page = open_page()
    sign_in(page)
    is_drawn(page)
    end_session(household)
    page.click("#mg-refresh-now")
    expect(page.locator("#mg-session-end")).to_be_visible()
    other = page.context.new_page()
    other.goto(home[1] + "/sign-in?next=/healthz")
    sign_in(other)
    expect(other.locator("body")).to_have_text("ok")
    page.click("#mg-refresh-now")
    expect(page.locator("#mg-session-end")).to_have_count(0)


def test_a_page_of_callbacks_says_that_the_session_has_ended(open_page, household):
    page = open_page("/applications")
    sign_in(page)
    expect(page.locator("#mg-list-table .ag-row").first).to_be_visible()
    end_session(household)
    page.get_by_role("link", name="Workloads").click()
    said = page.get_by_role("alert").filter(has_text="Your session has ended.")
    expect(said).to_be_visible()
    said.get_by_role("link").click()
    assert urlsplit(page.url).query.startswith("next=%2Fworkloads")


PAGES = {
    "/": ".ag-row",
    "/workloads/bookinfo/ratings-v1?tab=inbound": ".js-plotly-plot .main-svg",
    "/canary": "#mgc-body a",
    "/canary/bookinfo/reviews": "#mgc-body h2, #mgc-body h3",
    "/workloads/bookinfo/reviews-v3": ".mgp tbody",
    "/istio": ".ag-row",
    "/istio/legacy/VirtualService/prices": ".mgi-yaml .mgi-line-marked",
    "/mtls": ".mgm-namespaces tr",
    "/traces?service=productpage.bookinfo&limit=20": "#mgt-table .mgt-root",
}
"""Every kind of component that we draw with: address, and what is there when it is drawn."""


def test_no_page_does_what_the_content_policy_forbids(open_page, home):
    page = open_page()
    sign_in(page)
    is_drawn(page)
    for address, drawn in PAGES.items():
        page.goto(home[1] + address)
        expect(page.locator(drawn).first).to_be_attached()
        assert page.evaluate("window.violations") == [], address
    page.locator("#mgt-table .mgt-root").first.click()
    expect(page.locator(".mgt-head h1")).to_be_visible()
    expect(page.locator(".mgt-row").first).to_be_visible()
    assert page.evaluate("window.violations") == []


def test_the_content_policy_forbids_what_it_should(open_page):
    """The watch itself works: a script and a picture of others are stopped and told."""
    page = open_page()
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.ran = 1";
            const picture = document.createElement("img");
            picture.src = "http://127.0.0.2:9/x.png";
            document.body.append(script, picture);
        }"""
    )
    page.wait_for_function("window.violations.length === 2")
    assert page.evaluate("window.ran") is None


def _shot(name: str) -> str:
    OUTPUT.mkdir(exist_ok=True)
    return str(OUTPUT / f"{name}.png")
