"""The logs of a workload's pods, for the page and for programs.

``GET /api/workloads/<namespace>/<name>/logs``: lines of the view's window, by time. Whose were read is
written into the audit log; the lines are nowhere kept, and not to be kept on the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import orjson
from flask import Blueprint, Response, request

from mesh_graph.answers.pod_lines import LogChoice, PodLines
from mesh_graph.answers.trace_edges import traced_name
from mesh_graph.api.context import Context, current_context
from mesh_graph.api.entrance import write_down
from mesh_graph.api.openapi import Described, described, query_parameter, view_parameters
from mesh_graph.api.problems import problem_response
from mesh_graph.api.schemas import (
    NUMBER,
    NUMBER_OR_NONE,
    TEXT,
    YES_OR_NO,
    one_of,
    record,
    rows_of,
)
from mesh_graph.codec import query_from_view, view_from_query
from mesh_graph.detail.subject import subject_key
from mesh_graph.errors import InvalidRequest
from mesh_graph.logs.model import Level
from mesh_graph.logs.sieve import Sieve
from mesh_graph.model import NodeKind, View
from mesh_graph.sources.log_source import MOST_LINES
from mesh_graph.views.addresses import Links
from mesh_graph.views.logs_json import logs_json, logs_text

__all__ = ["blueprint", "choice_of"]

blueprint = Blueprint("logs", __name__, url_prefix="/api")
MOST_NAMES = 2_000
"""Characters of a list of names."""
KEPT = ("at", "window", "span")
_FLAG = {"type": "string", "enum": ["0", "1"]}
_CONTAINER = record(name=TEXT, is_proxy=YES_OR_NO, restarts=NUMBER)
_LOGS = Described(
    parameters=(
        *view_parameters("window", "at"),
        query_parameter("cluster", "It takes the name of a cluster; any unless given."),
        query_parameter("pods", "Names, by commas; the first few, those in trouble first, unless given."),
        query_parameter("containers", "Names, by commas; all unless given."),
        query_parameter(
            "lines",
            "At most so many, the last ones.",
            {"type": "integer", "minimum": 1, "maximum": MOST_LINES, "default": 500},
        ),
        query_parameter("having", "Lines that hold this text alone."),
        query_parameter("without", "No lines that hold this text."),
        query_parameter("regex", "Whether the two are regular expressions (RE2).", _FLAG),
        query_parameter("level", "The least level.", one_of(*Level)),
        query_parameter("any_age", "Whether lines from before the window are taken, too.", _FLAG),
        query_parameter("previous", "Whether those of the run before the present one are meant.", _FLAG),
        query_parameter("format", "The form of the answer.", one_of("json", "text")),
    ),
    schema=record(
        at=NUMBER,
        since=NUMBER_OR_NONE,
        words=TEXT,
        notes=rows_of(TEXT),
        read=NUMBER,
        matching=NUMBER,
        pods=rows_of(record(name=TEXT, cluster=TEXT, reason=TEXT, containers=rows_of(_CONTAINER))),
        streams=rows_of(record(pod=TEXT, container=TEXT, lines=NUMBER, is_failing=YES_OR_NO)),
        traces={"type": "object", "additionalProperties": TEXT},
        lines=rows_of(
            record(
                at=NUMBER_OR_NONE,
                pod=TEXT,
                container=TEXT,
                is_proxy=YES_OR_NO,
                level=one_of(*Level),
                text=TEXT,
            )
        ),
    ),
    errors={
        **Described().errors,
        403: "Nobody is asked for logs here, or not by whoever asks; the body says why.",
    },
)


@blueprint.get("/workloads/<namespace>/<name>/logs")
@described(_LOGS)
def lines(namespace: str, name: str) -> Response:
    """What the workload's pods wrote, applications and proxies in one order of time.

    With ``format=text`` plain text.
    """
    context = current_context()
    subject = subject_key(NodeKind.WORKLOAD, namespace, name, request.args.get("cluster", ""))
    choice, view = choice_of(request.args), view_from_query(request.args, context.defaults)
    found = context.mesh.logs.read(view, subject, choice)
    write_down(
        pods=",".join(dict.fromkeys(stream.pod for stream in found.streams)),
        containers=",".join(dict.fromkeys(filter(None, (stream.container for stream in found.streams)))),
    )
    if request.args.get("format") == "text":
        response = Response(logs_text(found), mimetype="text/plain")
        response.headers["Content-Disposition"] = "attachment; filename=logs.txt"
    else:
        body = logs_json(found, choice, _traces(context, view, found))
        response = Response(orjson.dumps(body), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def choice_of(params: Mapping[str, str]) -> LogChoice:
    """Which lines are wanted.

    Raises
    ------
    InvalidRequest
        If a parameter cannot be read.
    """
    level = params.get("level", Level.UNKNOWN)
    if level not in list(Level):
        raise InvalidRequest("level", f"{level!r:.80} is not understood", f"It takes {', '.join(Level)}.")
    sieve = Sieve(
        params.get("having", ""),
        params.get("without", ""),
        is_regex=_flag(params, "regex"),
        level=Level(level),
    )
    return LogChoice(
        pods=_names(params, "pods"),
        containers=_names(params, "containers"),
        lines=_lines(params.get("lines", "500")),
        is_of_any_age=_flag(params, "any_age"),
        is_previous=_flag(params, "previous"),
        sieve=sieve,
    )


def _flag(params: Mapping[str, str], name: str) -> bool:
    text = params.get(name, "0")
    if text not in ("0", "1"):
        raise InvalidRequest(name, f"{text!r:.80} is not understood", "It takes 0 or 1.")
    return text == "1"


def _names(params: Mapping[str, str], name: str) -> tuple[str, ...]:
    text = params.get(name, "")
    if len(text) > MOST_NAMES:
        raise InvalidRequest(name, "is too long", f"It takes up to {MOST_NAMES:,} characters.")
    return tuple(dict.fromkeys(filter(None, map(str.strip, text.split(",")))))


def _lines(text: str) -> int:
    count = int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0
    if not 1 <= count <= MOST_LINES:
        raise InvalidRequest(
            "lines", f"{text!r:.80} is not understood", f"It takes a number up to {MOST_LINES:,}."
        )
    return count


def _traces(context: Context, view: View, found: PodLines) -> dict[str, str]:
    """Addresses of traces by the ids that lines hold; none where nobody is asked for traces."""
    if context.mesh.tracing is None:
        return {}
    known = query_from_view(view, context.defaults)
    links = Links({name: text for name, text in known.items() if name in KEPT})
    pod = found.pods[0]
    service = quote(traced_name(pod.app, "", pod.namespace), safe="")
    found_by = links.page("/traces")
    mark = "&" if "?" in found_by else "?"
    by_request = f"{found_by}{mark}service={service}&tags=guid%3Ax-request-id%3D{{id}}"
    by_trace = links.page("/traces/IDENTIFIER").replace("IDENTIFIER", "{id}")
    return {"by_request": by_request, "by_trace": by_trace}


blueprint.register_error_handler(Exception, problem_response)
