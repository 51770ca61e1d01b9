"""Write the documents' pictures (``docs/images``): the demo mesh at fixed instants, in Chromium.

    make screenshots                       all of them
    make screenshots ARGS="topology"       those whose names contain a word

One row of ``SHOTS`` is one picture. The clocks of mesh, server and browser stand still at ``NOW``, so that
pictures change with the pages alone. Every PNG is reduced to a palette and refused above ``MOST_BYTES``.
"""

from __future__ import annotations

import io
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from secrets import token_urlsafe
from tempfile import TemporaryDirectory
from urllib.parse import quote

import waitress
from flask import Response
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from mesh_graph.access.doorkeeper import Doorkeeper
from mesh_graph.access.openid import OpenIdOptions, OpenIdProvider
from mesh_graph.access.passwords import Passwords
from mesh_graph.api.context import Context
from mesh_graph.api.ways_in import WaysIn
from mesh_graph.application import create_app
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.story import story
from mesh_graph.mesh import Mesh
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.demo_cluster import DemoCluster
from mesh_graph.sources.demo_traces import DemoTraces

FOLDER = Path(__file__).parents[1] / "docs" / "images"
MOST_BYTES = 150_000
COLOURS = 256
NOW = 1_763_727_020
"""2025-11-21T12:10:20Z: the incident of the half hour is five minutes old."""
DRAWN = "() => Boolean(window.meshgraph?.picture && meshgraph.isPlaced())"


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture.

    Attributes
    ----------
    name : str
        Of the file, without its ending.
    address : str
        Path and query.
    ready : str
        Selector of what must be on the page, or a JavaScript function that must return true.
    act : str
        JavaScript function that is run then; its effect is waited for by ``then``.
    then : str
        As ``ready``.
    scheme : {"light", "dark"}
    size : (int, int)
        Window, pixels.
    is_guarded : bool
        Whether it is of a server with a sign-in.
    """

    name: str
    address: str
    ready: str = DRAWN
    act: str = ""
    then: str = ""
    scheme: str = "light"
    size: tuple[int, int] = (1440, 900)
    is_guarded: bool = False


REVIEWS_V3 = "app|east|bookinfo|reviews-v3|reviews|v3||"
SELECT_FAILING = """() => meshgraph.select(
    meshgraph.picture.edges.find((edge) => edge.level === "err" && edge.id.includes("ratings")).id
)"""
OPEN_FAILED = """async () => {
    document.querySelector("#mgt-table .mgt-root").click();
    const isReady = () => document.querySelector("#mgt-page[data-state=ready]");
    while (!isReady()) await new Promise((done) => setTimeout(done, 50));
    meshgraph.trace.chooseNext((row) => meshgraph.trace.hasFlag(row, "error"));
}"""
SHOTS = (
    Shot("overview", "/", ready="#mg-overview-table .ag-row"),
    Shot(
        "inbound",
        "/applications/bookinfo/ratings?tab=inbound",
        ready="() => document.querySelectorAll('.js-plotly-plot .main-svg').length > 8",
    ),
    Shot(
        "traces",
        "/traces?service=productpage.bookinfo&limit=500",
        ready="() => document.querySelectorAll('.mgt-scatter .point').length > 100",
    ),
    Shot(
        "trace",
        "/traces?service=reviews.bookinfo&errors=1&limit=20",
        ready="#mgt-table .mgt-root",
        act=OPEN_FAILED,
        then="#mgt-detail h3",
    ),
    Shot(
        "traces-path-dark",
        "/traces?tab=path&service=frontend.shop&limit=500",
        ready=".mgt-quantile",
        scheme="dark",
    ),
    Shot(
        "logs",
        "/workloads/bookinfo/reviews-v3?tab=logs&window=1m",
        ready=".mgl-band .mgl-row[data-level=error]",
    ),
    Shot("canary", "/canary/bookinfo/reviews", ready="#mgc-body h1, #mgc-body h2, #mgc-body h3"),
    Shot("istio", "/istio", ready="#mgi-table .ag-row"),
    Shot(
        "istio-object",
        "/istio/legacy/VirtualService/prices",
        ready=".mgi-line-marked",
        size=(1440, 560),
    ),
    Shot("mtls", "/mtls", ready=".mgm-namespaces tr"),
    Shot("workloads-dark", "/workloads?namespaces=bookinfo", ready="#mg-list-table .ag-row", scheme="dark"),
    Shot("topology", "/topology"),
    Shot("topology-focus", f"/topology?focus={quote(REVIEWS_V3)}&namespaces=bookinfo", size=(1440, 560)),
    Shot(
        "topology-edge",
        "/topology?namespaces=bookinfo&labels=rate,latency",
        act=SELECT_FAILING,
        then="#mg-charts path.recharts-line-curve",
    ),
    Shot(
        "replay",
        "/topology?replay=1&panel=0&namespaces=bookinfo",
        then="#mg-replay-strip[data-state=ready]",
    ),
    Shot("sign-in", "/topology", ready="#password", size=(720, 520), is_guarded=True),
)


def main(words: list[str]) -> int:
    """Write the pictures; the exit code."""
    chosen = [shot for shot in SHOTS if not words or any(word in shot.name for word in words)]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with _served() as url, _guarded() as guarded, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu", "--no-first-run"]
        )
        for shot in chosen:
            data = _reduced(_taken(browser, guarded if shot.is_guarded else url, shot))
            if len(data) > MOST_BYTES:
                print(f"{shot.name}: {len(data):,} bytes are more than {MOST_BYTES:,}", file=sys.stderr)
                return 1
            (FOLDER / f"{shot.name}.png").write_bytes(data)
            print(f"{shot.name}.png  {len(data):,} bytes")
        browser.close()
    return 0


@contextmanager
def _guarded() -> Iterator[str]:
    with TemporaryDirectory() as folder:
        users = Path(folder) / "users.yaml"
        users.write_text(f"users: {{ada: {{password: '{Passwords().hash(token_urlsafe())}'}}}}")
        provider = OpenIdProvider(OpenIdOptions("https://login.example.com", "mesh-graph", label="Acme"))
        with _served(WaysIn(Doorkeeper(users), provider)) as url:
            yield url


@contextmanager
def _served(ways_in: WaysIn | None = None) -> Iterator[str]:
    clock = partial(float, NOW)
    mesh = Mesh(
        DemoSource(Simulator(story()), clock=clock),
        cluster=DemoCluster(clock=clock),
        traces=DemoTraces(clock=clock),
    )
    application = create_app(Context(mesh), ways_in).server
    application.after_request(_of_the_same_moment)
    server = waitress.create_server(application, host="127.0.0.1", port=0, threads=8)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    mesh.close()


def _of_the_same_moment(response: Response) -> Response:
    """Pages learn the present from the answers' dates."""
    response.date = datetime.fromtimestamp(NOW, UTC)
    return response


def _taken(browser: Browser, url: str, shot: Shot) -> bytes:
    width, height = shot.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=shot.scheme,
        reduced_motion="reduce",
        timezone_id="UTC",
        locale="en-GB",
    )
    page = context.new_page()
    # Only the date stands still: frozen timers would keep the graph from drawing.
    page.add_init_script(f"Date.now = () => {NOW * 1000}")
    page.goto(url + shot.address)
    _wait(page, shot.ready)
    if shot.act:
        page.evaluate(shot.act)
    if shot.then:
        _wait(page, shot.then)
    # Transitions and fonts.
    page.wait_for_timeout(700)
    data = page.screenshot()
    context.close()
    return data


def _wait(page: Page, what: str) -> None:
    """Wait for a selector or a function; the pages forbid eval, so that functions are polled from here."""
    if "=>" not in what:
        page.wait_for_selector(what, state="attached")
        return
    for _ in range(300):
        if page.evaluate(what):
            return
        page.wait_for_timeout(50)
    raise TimeoutError(what)


def _reduced(data: bytes) -> bytes:
    """The PNG with a palette: the colours that cover most, a strong one before the many greys of text."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    weights = {colour: count * (1 + max(colour) - min(colour)) for count, colour in image.getcolors(2**24)}
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in sorted(weights, key=weights.get)[-COLOURS:] for part in colour])
    out = io.BytesIO()
    image.quantize(palette=palette, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
