"""A real Chromium on the real application over a mesh by hand."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import waitress
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from waitress import wasyncore

from mesh_graph.api.context import Context
from mesh_graph.api.ways_in import WaysIn
from mesh_graph.application import create_app
from tests.hand_mesh import HandMesh
from tests.peers import free_port

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OUTPUT = Path(__file__).parents[2] / "test-output"
WAIT_S = 60.0
"""Longer than any answer takes on a busy machine; a test that passes does not wait for it."""
expect.set_options(timeout=WAIT_S * 1000)


@dataclass
class Site:
    """The application under test and the mesh behind it."""

    url: str
    mesh: HandMesh


@dataclass
class Screen:
    """A page with what went wrong on it."""

    page: Page
    site: Site
    problems: list[str] = field(default_factory=list)

    def open(self, address: str = "/topology") -> Screen:
        """Open an address and wait for its picture or its problem."""
        self.page.goto(self.site.url + address)
        self.until("meshgraph.picture && meshgraph.isPlaced() || document.querySelector('[data-failing]')")
        self.settle()
        return self

    def js(self, expression: str, argument: object = None):
        """Value of an expression on the page."""
        return self.page.evaluate(expression, argument)

    def until(self, expression: str, argument: object = None) -> None:
        """Wait until an expression holds; the page forbids eval, so the waiting is done here."""
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            if self.js(f"(arg) => Boolean(window.meshgraph && ({expression}))", argument):
                return
            self.page.wait_for_timeout(30)
        raise AssertionError(f"never became true: {expression}")

    def settle(self) -> None:
        """Wait for what was asked for to be on the screen."""
        self.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def refresh(self) -> None:
        """Press Refresh and wait for the picture."""
        self.js("() => { window.arrived = 0; meshgraph.on('loaded', () => (window.arrived += 1)); }")
        self.page.click("#mg-refresh-now")
        self.until("window.arrived > 0")
        self.settle()

    def node(self, name: str) -> str:
        """Id of the first node of a name."""
        return self.js(
            "(name) => meshgraph.picture.nodes.find((n) => n.kind !== 'box' && n.name === name).id", name
        )

    def place_on_screen(self, element: str) -> tuple[float, float]:
        """Where an element is, in pixels of the window."""
        x, y = self.js(
            """(id) => {
                const element = meshgraph.cy.getElementById(id);
                const place = element.isNode() ? element.renderedPosition() : element.renderedMidpoint();
                const box = meshgraph.cy.container().getBoundingClientRect();
                return [box.x + place.x, box.y + place.y];
            }""",
            element,
        )
        return x, y

    def shot(self, name: str) -> None:
        """Keep a screenshot."""
        OUTPUT.mkdir(exist_ok=True)
        self.page.screenshot(path=OUTPUT / f"{name}.png")


@pytest.fixture
def mesh() -> HandMesh:
    return HandMesh()


@pytest.fixture
def site(mesh: HandMesh) -> Iterator[Site]:
    with served(Context(mesh, refresh_s=3600)) as url:
        yield Site(url, mesh)


@contextmanager
def served(context: Context, ways_in: WaysIn | None = None) -> Iterator[str]:
    """The application on a free port; its URL."""
    port = free_port()
    server = waitress.create_server(
        create_app(context, ways_in).server, host="127.0.0.1", port=port, threads=8
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    # Another wake-up of the loop may run it, and close the trigger, before it is pulled.
    with suppress(OSError):
        server.trigger.pull_trigger(lambda: wasyncore.close_all(map=server._map))
    thread.join(timeout=5)
    server.task_dispatcher.shutdown()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    contexts: list[BrowserContext] = []

    def start(scheme: str = "light", width: int = 1600, height: int = 1000, **more) -> BrowserContext:
        context = browser.new_context(viewport={"width": width, "height": height}, **more)
        context.add_init_script(f"localStorage.setItem('mantine-color-scheme-value', '{scheme}')")
        context.set_default_timeout(WAIT_S * 1000)
        contexts.append(context)
        return context

    yield start
    for context in contexts:
        context.close()


@pytest.fixture
def new_screen(open_context: Callable[..., BrowserContext], site: Site) -> Iterator[Callable[..., Screen]]:
    """Open pages; whatever the browser complains about fails the test, but for answers that it asked for."""
    screens: list[Screen] = []

    def start(**options) -> Screen:
        screen = Screen(open_context(**options).new_page(), site)
        screen.page.on("pageerror", lambda error: screen.problems.append(str(error)))
        screen.page.on(
            "console", lambda said: screen.problems.append(said.text) if said.type == "error" else None
        )
        screens.append(screen)
        return screen

    yield start
    asked_for = re.compile(r"Failed to load resource: the server responded with a status of (400|502)")
    for screen in screens:
        assert [problem for problem in screen.problems if not asked_for.match(problem)] == []


@pytest.fixture
def screen(new_screen: Callable[..., Screen]) -> Screen:
    return new_screen()
