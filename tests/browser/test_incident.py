"""End to end, live: an incident in a mesh that a real Prometheus scrapes turns its edge on the screen."""

import math
import time

import pytest
from playwright.sync_api import expect

from mesh_graph.api.context import Context
from mesh_graph.demo.tally import TICK_S
from mesh_graph.mesh import Mesh
from mesh_graph.model import View
from mesh_graph.sources.options import PrometheusOptions
from mesh_graph.sources.prometheus import PrometheusSource
from tests.browser.conftest import Screen, Site, served
from tests.peers import Server

pytestmark = [pytest.mark.browser, pytest.mark.peer("chromium"), pytest.mark.peer("prometheus")]

SCRAPE_S, SETTLE_S, REFRESH_S = 1, 1, 2
WINDOW_S = 10
CALM_S = 9
"""Time before the incident in which the rates of the healthy mesh come to stand."""
SLACK_S = 2
TO_RATINGS = """(() => {
    const { nodes, edges } = meshgraph.picture;
    const from = nodes.findIndex((n) => n.lines?.[0] === 'reviews v3');
    return edges.find((e) => e.source === from && nodes[e.target].name === 'ratings');
})()"""


@pytest.fixture
def incident(tmp_path, prometheus_factory):
    """A Prometheus that scrapes the demo mesh every second, and the instant at which its incident begins."""
    at = math.ceil((time.time() + CALM_S) / TICK_S) * TICK_S
    demo = Demo(tmp_path, at)
    demo.start()
    config = (
        f"global: {{scrape_interval: {SCRAPE_S}s, scrape_timeout: {SCRAPE_S}s}}\n"
        "scrape_configs:\n"
        f"- {{job_name: mesh, http_sd_configs: [{{url: '{demo.url}/targets', refresh_interval: 1s}}]}}\n"
    )
    yield prometheus_factory(config=config), at
    demo.stop()


class Demo(Server):
    """``python -m mesh_graph.demo``: the busy story with one incident."""

    def __init__(self, folder, at):
        super().__init__(
            folder,
            lambda port: (
                *("python", "-m", "mesh_graph.demo", "--port", str(port)),
                *("--incident-at", str(at), "--load", "20", "--families", "requests,durations"),
            ),
            "/targets",
        )


def test_an_incident_turns_its_edge_says_its_flag_and_leads_the_overview(incident, open_context):
    """Its first failures are in the data two scrapes later, and on the screen a refresh after that."""
    server, at = incident
    mesh = Mesh(
        PrometheusSource(PrometheusOptions(url=server.url)),
        refresh_s=REFRESH_S,
        settle_s=SETTLE_S,
        scrape_interval_s=SCRAPE_S,
    )
    context = Context(mesh, View(window_s=WINDOW_S, compare_s=0), REFRESH_S)
    with served(context) as url:
        screen = Screen(open_context().new_page(), Site(url, mesh))
        screen.page.goto(f"{url}/topology?namespaces=bookinfo")
        screen.until(f"meshgraph.picture && {TO_RATINGS}?.level === 'ok'")
        assert screen.js("() => meshgraph.picture.at") < at + SCRAPE_S
        screen.until(f"{TO_RATINGS}.level === 'err'")
        turned, shown = screen.js("() => [meshgraph.picture.at, meshgraph.now()]")
        screen.js(f"() => meshgraph.select({TO_RATINGS}.id)")
        screen.page.wait_for_selector("#mg-panel-body >> text=503 UF")
        screen.shot("topology-incident")
        screen.page.goto(f"{url}/")
        first = screen.page.locator(".ag-center-cols-container [row-index='0']")
        expect(first).to_contain_text("ratings: ")
        expect(first).to_contain_text("503 could not connect to the server (UF), from reviews")
    mesh.close()
    assert turned <= at + SCRAPE_S + REFRESH_S + SLACK_S
    # On the screen by scrape + settle + refresh + 2 s; one refresh more is for a machine that is busy.
    assert shown <= at + SCRAPE_S + SETTLE_S + REFRESH_S + SLACK_S + REFRESH_S
