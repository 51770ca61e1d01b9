"""The canary pages in Chromium, over canaries whose true weights and faults are known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from mesh_graph.api.context import Context
from mesh_graph.codec import format_instant
from tests.browser.conftest import OUTPUT, served
from tests.canary_mesh import AT, NAMESPACE, SPAN_S, TRUE

pytestmark = [pytest.mark.browser, pytest.mark.peer("chromium")]

PAST = f"at={format_instant(AT)}&window={SPAN_S}s&namespaces={NAMESPACE}"


@pytest.fixture(scope="module")
def url(canaries) -> Iterator[str]:
    with served(Context(canaries, refresh_s=3600)) as address:
        yield address


@pytest.fixture
def page(open_context: Callable[..., BrowserContext]) -> Iterator[Page]:
    page = open_context().new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    assert problems == []


def test_the_list_leads_from_the_gravest_to_its_evidence_and_back(page, url):
    page.goto(f"{url}/canary?{PAST}")
    rows = page.locator(".mgc-split-row")
    expect(rows).to_have_count(len(TRUE))
    expect(rows.first.locator(".mgc-verdict")).to_have_text("Roll back")
    # The dead and the silent one do not get what was declared, either.
    expect(page.locator(".mgc-split-name .mgc-state-drifting")).to_have_count(3)
    OUTPUT.mkdir(exist_ok=True)
    page.screenshot(path=OUTPUT / "canary-list.png", full_page=True)
    page.locator(".mgc-split-row", has_text="bad").click()
    expect(page.locator(".mgc-hero-word")).to_have_text("Roll back")
    expect(page).to_have_url(re.compile(rf"/canary/{NAMESPACE}/bad\?"))
    page.locator(".mgc-back").click()
    expect(rows).to_have_count(len(TRUE))


def test_the_verdict_stands_above_the_fold_with_its_evidence_below(page, url):
    page.goto(f"{url}/canary/{NAMESPACE}/slow?{PAST}")
    hero = page.locator(".mgc-hero")
    expect(hero).to_contain_text("v2 is slower")
    assert hero.bounding_box()["y"] < 200
    expect(page.locator(".mgc-guardrail-name")).to_have_text(
        ["Errors", "Client errors", "Hang-ups", "Above objective"]
    )
    # Shares over time, and response times over one another, with their lines.
    expect(page.locator(".recharts-area-area")).to_have_count(4)
    expect(page.locator(".recharts-reference-line")).to_have_count(2)
    expect(page.locator(".mgc-patch[open]").first).to_contain_text("Roll back v2")
    page.screenshot(path=OUTPUT / "canary-slow.png", full_page=True)


def test_since_when_is_counted_is_kept_in_the_address(page, url):
    page.goto(f"{url}/canary/{NAMESPACE}/good?{PAST}")
    facts = page.locator(".mgc-hero-facts")
    expect(facts).to_contain_text("40 min, since the window began")
    page.get_by_text("15 min", exact=True).click()
    expect(facts).to_contain_text("15 min, since the instant that was chosen")
    assert parse_qs(urlsplit(page.url).query)["anchor"] == ["15m"]


def test_a_narrow_page_needs_no_sideways_scrolling(page, url):
    page.set_viewport_size({"width": 700, "height": 900})
    for path in ("/canary", f"/canary/{NAMESPACE}/bad"):
        page.goto(f"{url}{path}?{PAST}")
        expect(page.locator(".mgc-verdict").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_wrong_anchor_is_told_and_nothing_is_shown_as_if_it_were_right(page, url):
    page.goto(f"{url}/canary?{PAST}&anchor=soon")
    expect(page.locator("#mgc-notice")).to_contain_text("'soon' is not understood")
    expect(page.locator(".mgc-split-row")).to_have_count(0)
