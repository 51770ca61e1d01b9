"""Mesh and settings → the web application: pages, JSON twins, guard, compression."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from dash import Dash
from flask import Flask
from flask_compress import Compress

from mesh_graph.api import classic, graph, kiali, openapi, probes, sign_in, trace_pages
from mesh_graph.api import detail as detail_twin
from mesh_graph.api import istio as istio_twin
from mesh_graph.api import logs as logs_twin
from mesh_graph.api import overview as overview_twin
from mesh_graph.api import splits as splits_api
from mesh_graph.api import topology as topology_twin
from mesh_graph.api import traces as traces_twin
from mesh_graph.api.context import Context, attach_context
from mesh_graph.api.entrance import OPEN_ASSETS, add_entrance
from mesh_graph.api.front import Front, in_front
from mesh_graph.api.guard import add_guard
from mesh_graph.api.proofs import describe_proofs
from mesh_graph.api.telemetry import add_telemetry
from mesh_graph.api.ways_in import WaysIn
from mesh_graph.pages import canary as canary_page
from mesh_graph.pages import detail as detail_page
from mesh_graph.pages import inventory as inventory_page
from mesh_graph.pages import istio as istio_page
from mesh_graph.pages import istio_object as istio_object_page
from mesh_graph.pages import mtls as mtls_page
from mesh_graph.pages import overview as overview_page
from mesh_graph.pages import topology as topology_page
from mesh_graph.pages import trace as trace_page
from mesh_graph.pages import traces as traces_page
from mesh_graph.pages.document import SCHEME_SCRIPT, render_document
from mesh_graph.pages.ids import Canary, Detail, Inventory, Overview, Traces
from mesh_graph.pages.shell import render_badges, render_shell
from mesh_graph.pages.timebar import register_timebar
from mesh_graph.pages.toolbar import render_search
from mesh_graph.scope import NOTHING

__all__ = ["create_app"]

_HERE = Path(__file__).resolve().parent
ASSETS = _HERE / "assets" if (_HERE / "assets").is_dir() else _HERE.parent / "assets"
"""Inside the package where it is installed, beside it in a checkout."""


def create_app(context: Context, ways_in: WaysIn | None = None, front: Front | None = None) -> Dash:
    """The whole web application over one mesh; ``create_app(context).server`` is its WSGI application.

    Parameters
    ----------
    context : Context
    ways_in : WaysIn or None
        How people sign in; None lets everybody in who reaches the server.
    front : Front or None
        Path prefix and proxies; None is neither.
    """
    front = front or Front()
    app = Dash(
        "meshgraph",
        server=_server(context),
        requests_pathname_prefix=f"{front.prefix}/",
        routes_pathname_prefix="/",
        use_pages=True,
        pages_folder="",
        assets_folder=str(ASSETS),
        title="Meshgraph",
        update_title=None,
        compress=False,
        add_log_handler=False,
        assets_ignore="|".join(map(re.escape, sorted(OPEN_ASSETS))),
    )
    app.index_string = render_document(app.get_asset_url(SCHEME_SCRIPT))
    overview_page.register(app)
    topology_page.register(app)
    inventory_page.register(app)
    register_timebar(app, Canary.SHOWN, Overview.SHOWN, Inventory.SHOWN, Detail.SHOWN, Traces.SHOWN)
    detail_page.register(app)
    canary_page.register(app)
    istio_page.register(app)
    istio_object_page.register(app)
    mtls_page.register(app)
    traces_page.register(app)
    trace_page.register(app)
    app.layout = render_shell(
        [topology_page.render_stage(context.defaults, context.refresh_s)],
        render_search(),
        render_badges(context.mesh.is_demo, context.recording),
        has_sign_in=ways_in is not None,
    )
    add_guard(app.server, context.allowed_hosts, app.csp_hashes, is_tls=front.is_tls)
    with app.server.test_request_context():
        app.server.preprocess_request()  # Dash sets up its pages before the first request, now
    if ways_in is not None:
        attach_context(app.server, replace(context, scope=NOTHING))  # of whoever the entrance has not let in
        app.server.register_blueprint(sign_in.blueprint)
        add_entrance(app.server, ways_in, front.prefix)
        describe_proofs(app.server, app.server.config["SESSION_COOKIE_NAME"], front.user_header)
    app.server.wsgi_app = in_front(app.server.wsgi_app, front)
    return app


def _server(context: Context) -> Flask:
    server = Flask("meshgraph")
    server.config["COMPRESS_ALGORITHM"] = ["br", "gzip"]
    server.config["COMPRESS_BR_LEVEL"] = 4
    server.config["COMPRESS_MIMETYPES"] = [
        "text/html",
        "text/css",
        "text/javascript",
        "application/javascript",
        "application/json",
        "application/problem+json",
    ]
    Compress(server)
    attach_context(server, context)
    add_telemetry(server, context.telemetry)
    server.register_blueprint(topology_twin.blueprint)
    server.register_blueprint(splits_api.blueprint)
    server.register_blueprint(overview_twin.blueprint)
    server.register_blueprint(detail_twin.blueprint)
    server.register_blueprint(kiali.blueprint)
    server.register_blueprint(graph.blueprint)
    server.register_blueprint(openapi.blueprint)
    server.register_blueprint(probes.blueprint)
    server.register_blueprint(classic.blueprint)
    server.register_blueprint(istio_twin.blueprint)
    server.register_blueprint(logs_twin.blueprint)
    server.register_blueprint(trace_pages.blueprint)
    server.register_blueprint(traces_twin.blueprint)
    return server
