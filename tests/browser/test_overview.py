"""Overview and lists in Chromium, over the demo mesh five minutes into the fault of bookinfo."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from mesh_graph.api.context import Context
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.story import story
from mesh_graph.errors import SourceUnreachable
from mesh_graph.mesh import Mesh
from mesh_graph.sources.demo import DemoSource
from tests.browser.conftest import OUTPUT, served

pytestmark = [pytest.mark.browser, pytest.mark.peer("chromium")]

INCIDENT = 1_795_263_000.0
"""2026-11-21T12:10:00Z."""
PAST = "at=2026-11-21T12:08:00Z&window=10m"
STATUS, NAME, WHY = 0, 1, 2


class Turning(DemoSource):
    """The demo mesh whose clock and health a test turns."""

    def __init__(self) -> None:
        super().__init__(Simulator(story()), clock=lambda: self.time)
        self.time, self.is_down = INCIDENT, False

    def instant(self, query, at):
        if self.is_down:
            raise SourceUnreachable(self.name, query.family, "The connection was refused.")
        return super().instant(query, at)


@pytest.fixture(scope="module")
def source() -> Turning:
    return Turning()


@pytest.fixture(scope="module")
def url(source: Turning) -> Iterator[str]:
    with served(Context(Mesh(source, refresh_s=15), refresh_s=3600)) as address:
        yield address


@pytest.fixture
def open_page(open_context: Callable[..., BrowserContext], url: str) -> Iterator[Callable[..., Page]]:
    """Open addresses; whatever the browser complains about fails the test."""
    problems: list[str] = []

    def start(address: str = "/", **options) -> Page:
        page = open_context(**options).new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
        page.goto(url + address)
        return page

    yield start
    assert problems == []


def shot(page: Page, name: str) -> None:
    OUTPUT.mkdir(exist_ok=True)
    page.screenshot(path=OUTPUT / f"{name}.png")


def cells(page: Page, row: int) -> list[str]:
    """Texts of a row of the table, as they stand on the screen."""
    found = page.locator(f".ag-center-cols-container [row-index='{row}'] .ag-cell")
    for _ in range(20):
        expect(found.first).to_be_visible()
        # The grid may draw its rows anew between the look and the reading.
        if texts := found.all_inner_texts():
            return texts
    raise AssertionError(f"row {row} is drawn over and over")


def names(page: Page) -> list[str]:
    expect(page.locator(".ag-row").first).to_be_visible()
    return [
        name.split("\n")[0] for name in page.locator(".ag-row .ag-cell[aria-colindex='2']").all_inner_texts()
    ]


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_overview_tells_at_a_glance_who_is_ill_and_why(open_page, scheme):
    page = open_page(scheme=scheme)
    first = cells(page, 0)
    assert first[STATUS] == "Failure"
    assert first[NAME].startswith("bookinfo")
    assert re.match(r"ratings: \d+% of [\d.]+ rps failed, mostly 503 could not connect", first[WHY])
    assert "ratings (bookinfo)" in page.locator("#mg-overview-side").inner_text()
    expect(page.locator("#mg-overview-totals")).to_contain_text("9")
    shot(page, f"overview-{scheme}")


def test_time_range_is_kept_from_the_overview_down_and_back(open_page):
    page = open_page(f"/?{PAST}")
    page.locator(".mg-name", has_text="bookinfo").first.click()
    page.wait_for_url("**/topology?*")
    assert query(page) == parse_qs(f"{PAST}&namespaces=bookinfo")
    page.go_back()
    assert cells(page, 0)[NAME].startswith("bookinfo")
    page.locator(".mg-count").first.click()
    page.wait_for_url("**/applications?*")
    assert query(page) == parse_qs(f"{PAST}&namespaces=bookinfo")
    page.locator(".mg-name", has_text="reviews").first.click()
    page.wait_for_url("**/applications/bookinfo/reviews*")
    assert parse_qs(PAST).items() <= query(page).items()
    page.go_back()
    assert "reviews" in names(page)
    page.click("#mg-nav-overview")
    page.wait_for_url(re.compile(r"/\?"))
    assert parse_qs(PAST).items() <= query(page).items()
    expect(page.locator(".mg-when summary").first).not_to_have_text("Live")


def test_pages_stay_at_their_place_in_the_header_whichever_is_open(open_page):
    page = open_page()
    expect(page.locator("#mg-nav-overview")).to_have_attribute("aria-current", "page")
    places = places_of_pages(page)
    page.click("#mg-nav-services")
    expect(page.locator("#mg-nav-services")).to_have_attribute("aria-current", "page")
    assert places_of_pages(page) == places


def places_of_pages(page: Page) -> list[float]:
    return page.evaluate(
        "[...document.querySelectorAll('.mg-nav-link')].map((link) => link.getBoundingClientRect().x)"
    )


def test_filters_narrow_table_and_cards_and_live_in_the_address(open_page):
    page = open_page()
    assert len(names(page)) == 9
    page.fill("#mg-overview-name", "circuit breaker")
    expect(page.locator(".ag-center-cols-container .ag-row")).to_have_count(1)
    assert names(page) == ["shop"]
    page.locator(".mg-mode label", has_text="Cards").click()
    expect(page.locator(".mg-card")).to_have_count(1)
    assert query(page) == {"q": ["circuit breaker"], "show": ["cards"]}
    page.reload()
    expect(page.locator(".mg-card")).to_have_count(1)
    page.fill("#mg-overview-name", "")
    expect(page.locator(".mg-card")).to_have_count(9)
    expect(page.locator(".mg-card", has_text="bookinfo").locator(".mg-card-line path")).to_have_attribute(
        "d", re.compile(r"^M0\.0 .+L54\.0 ")
    )
    shot(page, "overview-cards")


def test_order_that_a_person_chose_is_remembered(open_page):
    page = open_page("/services")
    cells(page, 0)
    page.locator(".ag-header-cell", has_text="In, rps").click()
    expect(page.locator(".ag-center-cols-container [row-index='0']")).to_contain_text("catalog")
    page.reload()
    cells(page, 0)
    expect(page.locator(".ag-center-cols-container [row-index='0']")).to_contain_text("catalog")
    shot(page, "services")


def test_last_good_numbers_stay_greyed_while_the_source_is_away(open_page, source):
    page = open_page()
    before = cells(page, 0)
    source.is_down, source.time = True, source.time + 60
    page.click("#mg-time-now")
    expect(page.locator("#mg-overview-notice")).to_contain_text("cannot be reached")
    expect(page.locator("#mg-overview-notice")).to_contain_text("What is shown below is of 2026-11-21T12:")
    assert cells(page, 0) == before
    assert "grayscale" in page.locator(".mg-columns").evaluate("(e) => getComputedStyle(e).filter")
    source.is_down = False
    page.click("#mg-time-now")
    expect(page.locator("#mg-overview-notice")).to_be_empty()
    assert "none" in page.locator(".mg-columns").evaluate("(e) => getComputedStyle(e).filter")


def test_a_source_that_never_answered_is_not_called_empty(open_page, source):
    source.is_down = True
    page = open_page("/?window=30m")
    expect(page.locator("#mg-overview-notice")).to_contain_text("cannot be reached")
    expect(page.get_by_text("Nothing to show")).to_have_count(0)
    expect(page.get_by_role("grid").get_by_text("Loading")).to_be_hidden()
    source.is_down = False
    page.click("#mg-time-now")
    assert len(names(page)) == 9


def test_lists_are_usable_on_a_narrow_screen(open_page):
    page = open_page("/workloads", width=700)
    assert cells(page, 0)[STATUS].startswith("Failure")
    assert page.evaluate("document.documentElement.scrollWidth") <= 700
    shot(page, "workloads-narrow")
