"""Real Chromium, for what only a browser can time."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

__all__ = ["open_page", "wait_until"]

FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
WAIT_MS = 60_000


@contextmanager
def open_page(script: str) -> Iterator[Page]:
    """A page of a browser of its own, the size of a desktop; the script runs before each document's own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport={"width": 1600, "height": 1000})
        page.add_init_script(script)
        try:
            yield page
        finally:
            browser.close()


def wait_until(page: Page, condition: str) -> None:
    """Wait until a function of the page holds; pages forbid eval, so it is asked again and again.

    Raises
    ------
    TimeoutError
        If it did not within a minute.
    """
    for _ in range(WAIT_MS // 10):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(10)
    raise TimeoutError(f"{page.url}: {condition} did not come to hold")
