"""Settings to a running server: the source, the mesh over it, the web application, the socket."""

from __future__ import annotations

import errno
import gc
import logging
import signal
import socket
from dataclasses import replace
from types import FrameType
from typing import Any, NoReturn

import waitress

from mesh_graph.answers.splits import SplitRules
from mesh_graph.api.context import Context
from mesh_graph.api.front import front_of
from mesh_graph.api.telemetry import Telemetry
from mesh_graph.api.tls import TlsServer
from mesh_graph.api.ways_in import ways_in_of
from mesh_graph.application import create_app
from mesh_graph.canary.sample import Rules
from mesh_graph.errors import ConfigError
from mesh_graph.health.profiles import profile_named
from mesh_graph.mesh import Mesh
from mesh_graph.model import View
from mesh_graph.settings import Settings
from mesh_graph.settings.values import is_loopback
from mesh_graph.sources.connect import connect, connect_cluster, connect_traces
from mesh_graph.sources.measured import Meter, measured
from mesh_graph.sources.panels import read_panels

__all__ = ["context_of", "open_mesh", "serve"]

_LOG = logging.getLogger(__name__)
THREADS = 32
"""Requests answered at once. Viewers of one view wait for one computation, each holding a thread."""
MAX_REQUEST_BYTES = 2**20
_WILDCARDS = ("0.0.0.0", "::")


def serve(settings: Settings) -> int:
    """Serve the dashboard until the process is told to stop; the exit code.

    Raises
    ------
    ConfigError
        If the address cannot be listened on.
    """
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    telemetry = Telemetry()
    mesh = open_mesh(settings, telemetry)
    telemetry.watch_caches(mesh.cache_stats)
    try:
        context = replace(context_of(mesh, settings), telemetry=telemetry)
        application = create_app(context, ways_in_of(settings), front_of(settings)).server
        server = _listen(settings, application)
        _spare_the_collector()
        signal.signal(signal.SIGTERM, _stop)
        shown = "the demo mesh" if mesh.is_demo and not settings.snapshot else mesh.source_name
        print(f"Meshgraph shows {shown} at {_url(settings, server)}", flush=True)
        if _sends_passwords_in_clear(settings):
            _LOG.warning(
                "There is neither TLS nor a trusted proxy: passwords go over the network in plain text."
            )
        server.run()
    finally:
        mesh.close()
    return 0


def open_mesh(settings: Settings, meter: Meter | None = None) -> Mesh:
    """The mesh that the settings name, else the demo mesh; a meter is told of every request."""
    source = connect(settings)
    return Mesh(
        source if meter is None else measured(source, meter),
        cache_bytes=settings.cache_bytes,
        max_in_flight=settings.max_in_flight,
        refresh_s=settings.refresh_s,
        settle_s=settings.settle_s,
        scrape_interval_s=settings.scrape_interval_s,
        profile=profile_named(settings.health_profile, settings.health_tolerances),
        cluster=connect_cluster(settings),
        traces=connect_traces(settings),
        split_rules=_split_rules(settings),
        ignored_checks=settings.ignored_checks,
        panels=read_panels(settings.panels_file) if settings.panels_file else (),
    )


def _split_rules(settings: Settings) -> SplitRules:
    objective_s = settings.canary_latency_objective_s
    return SplitRules(
        Rules(
            share_margin=settings.canary_share_margin,
            error_margin=settings.canary_error_margin,
            client_error_margin=settings.canary_client_error_margin,
            latency_margin=settings.canary_latency_margin,
            minimum_requests=settings.canary_minimum_requests,
        ),
        objective_ms=None if objective_s is None else 1000 * objective_s,
        settle_s=settings.canary_settle_s,
    )


def context_of(mesh: Mesh, settings: Settings) -> Context:
    """What pages begin with, by the settings."""
    own = () if settings.host in _WILDCARDS else (settings.host,)
    return Context(
        mesh,
        defaults=View(window_s=settings.window_s, compare_s=settings.compare_s, budget=settings.node_budget),
        refresh_s=settings.refresh_s,
        allowed_hosts=(*settings.allowed_hosts, *own),
        links=settings.links,
        recording=settings.snapshot.name if settings.snapshot else "",
    )


def _spare_the_collector() -> None:
    """Collect garbage less often: of the many small objects of a view nearly all live on or die at once.

    Up to half of the processor time of a large view went into looking through what the libraries loaded.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


def _listen(settings: Settings, application: Any) -> Any:
    """A bound server.

    Raises
    ------
    ConfigError
        If the port is taken, needs more rights, the host is no address of this machine, or certificate and
        key cannot be used.
    """
    address = f"{settings.host} port {settings.port}"
    try:
        if settings.tls_cert_file and settings.tls_key_file:
            return TlsServer(
                application,
                (settings.host, settings.port),
                certificate=settings.tls_cert_file,
                key=settings.tls_key_file,
                threads=THREADS,
                max_body_bytes=MAX_REQUEST_BYTES,
            )
        return waitress.create_server(
            application,
            host=settings.host,
            port=settings.port,
            threads=THREADS,
            max_request_body_size=MAX_REQUEST_BYTES,
            ident=None,
            clear_untrusted_proxy_headers=False,  # api.front believes or drops them
        )
    except (socket.gaierror, ValueError):
        raise ConfigError(
            f"host {settings.host} is no address of this machine. Try --host 127.0.0.1."
        ) from None
    except OSError as error:
        raise ConfigError(_why_not(error, address)) from None


def _why_not(error: OSError, address: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"{address} is in use by another program. Choose another with --port, 0 for any free one."
    if error.errno == errno.EACCES:
        return f"{address} is open to root only. Choose a port from 1024 with --port."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{address}: no address of this machine. Try --host 127.0.0.1."
    return f"{address} cannot be listened on: {error.strerror}."


def _url(settings: Settings, server: Any) -> str:
    listening = getattr(server, "effective_listen", None)
    port = listening[0][1] if listening else server.effective_port
    name = f"[{settings.host}]" if ":" in settings.host else settings.host
    scheme = "https" if settings.tls_cert_file else "http"
    return f"{scheme}://{name}:{port}{settings.url_prefix or ''}"


def _sends_passwords_in_clear(settings: Settings) -> bool:
    is_guarded = settings.tls_cert_file or settings.trusted_proxies or is_loopback(settings.host)
    return settings.has_sign_in and not is_guarded


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)
