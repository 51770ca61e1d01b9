"""What a cluster asks of a process: ``/healthz``, ``/readyz`` and ``/metrics``.

``/healthz`` says that the process answers. ``/readyz`` is 503 until the source has answered once; from then
on the pages say more about a source that fails than a closed door would.
"""

from __future__ import annotations

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from mesh_graph.api.context import server_context
from mesh_graph.api.problems import problem_response

__all__ = ["blueprint"]

blueprint = Blueprint("telemetry", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Whether the process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Whether the source has answered since the start."""
    context = server_context()
    if not context.was_ready.is_set():
        context.mesh.namespaces()
        context.was_ready.set()
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/metrics")
def metrics() -> Response:
    """Numbers about ourselves, for a Prometheus."""
    return Response(generate_latest(server_context().telemetry.registry), content_type=CONTENT_TYPE_LATEST)


def _unready(error: Exception) -> Response:
    """Why not; to strangers, of whom probes are one, only that it is not."""
    if not server_context().scope.is_everything:
        return Response("not ready\n", status=503, mimetype="text/plain")
    response = problem_response(error)
    response.status_code = 503
    return response


blueprint.register_error_handler(Exception, _unready)
