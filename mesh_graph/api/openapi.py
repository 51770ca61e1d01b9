"""What the API's routes take and give, as an OpenAPI 3.1 document made from the routes themselves.

A route says more of itself than its address and docstring by ``described``, beside its function; what it does
not say is what most routes have: the parameters of a view, a JSON object, and problem documents.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from inspect import getdoc
from typing import Any, TypeVar

import orjson
from flask import Blueprint, Flask, Response, current_app
from werkzeug.routing import Rule

from mesh_graph.api.proofs import REFUSALS, proofs_of
from mesh_graph.api.replies import json_reply
from mesh_graph.api.schemas import Schema
from mesh_graph.codec import PARAMETERS
from mesh_graph.model import Box, GraphType, ResponseTime
from mesh_graph.version import installed_version

__all__ = [
    "VIEW",
    "Described",
    "Schema",
    "blueprint",
    "described",
    "openapi_document",
    "query_parameter",
    "view_parameters",
]

F = TypeVar("F", bound=Callable[..., Response])

_ATTRIBUTE = "__described__"
_PROBLEMS = "application/problem+json"
_REFERENCE = {"$ref": "#/components/schemas/Problem"}
_PLACE = re.compile(r"<(?:(?P<converter>\w+)(?:\((?P<choices>[^)]*)\))?:)?(?P<name>\w+)>")
_DURATION = {
    "type": "string",
    "pattern": r"^(\d{1,6}|(\d{1,3}w)?(\d{1,4}d)?(\d{1,5}h)?(\d{1,6}m)?(\d{1,6}s)?)$",
    "examples": ["5m", "1h30m"],
}
_FLAG = {"type": "string", "enum": ["0", "1", "true", "false", "yes", "no"]}
_KINDS: dict[str, Schema] = {
    "graph_type": {"type": "string", "enum": list(GraphType)},
    "response_time": {"type": "string", "enum": list(ResponseTime)},
    "boxes": {"type": "string", "examples": ["none", *Box, ",".join(Box)]},
    "budget": {"type": "integer", "minimum": 1, "maximum": 100_000},
    "at": {"type": "string", "examples": ["live", "2026-11-21T03:00:00Z", "1795230000"]},
    **dict.fromkeys(("window", "compare", "span"), _DURATION),
    **dict.fromkeys(("services", "idle", "throughput"), _FLAG),
}


def query_parameter(name: str, takes: str, schema: Schema | None = None, *, required: bool = False) -> Schema:
    """One parameter of the query string: its name, what it takes in words, and its schema."""
    found = schema or {"type": "string"}
    return {"name": name, "in": "query", "required": required, "description": takes, "schema": found}


VIEW: tuple[Schema, ...] = tuple(
    query_parameter(name, f"It takes {parameter.takes}.", _KINDS.get(name))
    for name, parameter in PARAMETERS.items()
)
"""The parameters of a view."""


def view_parameters(*names: str) -> tuple[Schema, ...]:
    """Those of a view's parameters that mean something to a route, in their order."""
    return tuple(parameter for parameter in VIEW if parameter["name"] in names)


@dataclass(frozen=True, slots=True)
class Described:
    """What a route takes and gives beside its address.

    Attributes
    ----------
    parameters : tuple of dict
        Of the query string.
    schema : dict
        Of the answer.
    mimetype : str
        Of the answer.
    answers : dict of int to str
        Status and what it means where it is not an error; the body is of the schema.
    errors : dict of int to str
        Status and what it means; their bodies are problem documents.
    problems : str
        Media type of the errors' bodies.
    """

    parameters: tuple[Schema, ...] = VIEW
    schema: Schema = field(default_factory=dict)
    mimetype: str = "application/json"
    answers: Mapping[int, str] = field(default_factory=lambda: {200: "The answer."})
    errors: Mapping[int, str] = field(
        default_factory=lambda: {
            400: "A parameter is wrong; the body names it.",
            404: "What was asked for is not known.",
            500: "Something went wrong here.",
            502: "The source could not answer.",
            504: "The source did not answer in time.",
        }
    )
    problems: str = _PROBLEMS


def described(about: Described) -> Callable[[F], F]:
    """Say of a route what it takes and gives."""

    def attach(view: F) -> F:
        setattr(view, _ATTRIBUTE, about)
        return view

    return attach


def openapi_document(server: Flask) -> dict[str, Any]:
    """OpenAPI 3.1 of every route below ``/api/``, in the order of their addresses."""
    paths: dict[str, dict[str, Any]] = {}
    proofs = proofs_of(server)
    for rule in sorted(server.url_map.iter_rules(), key=lambda rule: rule.rule):
        for spelled in _spelled_out(rule.rule) if rule.rule.startswith("/api/") else ():
            address = _PLACE.sub(lambda place: f"{{{place['name']}}}", spelled)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                paths.setdefault(address, {})[method.lower()] = _operation(server, rule, spelled)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Meshgraph",
            "version": installed_version(),
            "description": "A live, trustworthy picture of an Istio mesh.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {"schemas": {"Problem": _PROBLEM}, "securitySchemes": proofs},
        "security": [{name: []} for name in proofs],
    }


_PROBLEM: Schema = {
    "type": "object",
    "description": "RFC 9457.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "Stable name of the kind of error."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What happened, as a sentence."},
        "advice": {"type": "string", "description": "What to try."},
        "parameter": {"type": "string", "description": "Of a wrong parameter: its name."},
        "source": {"type": "string", "description": "Of a failing source: who was asked."},
        "request": {"type": "string", "description": "Of a failing source: what was asked."},
    },
}


def _spelled_out(rule: str) -> list[str]:
    """Addresses of a rule, one for each choice of the places that have choices."""
    for place in _PLACE.finditer(rule):
        if place["converter"] == "any":
            choices = [choice.strip() for choice in place["choices"].split(",")]
            before, after = rule[: place.start()], rule[place.end() :]
            return [address for choice in choices for address in _spelled_out(before + choice + after)]
    return [rule]


def _operation(server: Flask, rule: Rule, address: str) -> dict[str, Any]:
    view = server.view_functions[rule.endpoint]
    about: Described = getattr(view, _ATTRIBUTE, Described())
    summary, _, more = (getdoc(view) or "").partition("\n\n")
    return {
        "operationId": f"{rule.endpoint}:{address}",
        "tags": [rule.endpoint.partition(".")[0]],
        "summary": summary.strip().rstrip("."),
        **({"description": more.strip()} if more else {}),
        "parameters": [*_places(address), *about.parameters],
        "responses": {
            **{
                str(status): {"description": meaning, "content": {about.mimetype: {"schema": about.schema}}}
                for status, meaning in about.answers.items()
            },
            **_errors(about, REFUSALS if proofs_of(server) else {}),
        },
    }


def _places(rule: str) -> Iterator[Schema]:
    """Parameters of a path."""
    for place in _PLACE.finditer(rule):
        schema = {"type": "string", "minLength": 1, "pattern": "^[^/]+$"}
        yield {"name": place["name"], "in": "path", "required": True, "schema": schema}


def _errors(about: Described, refusals: Mapping[int, str]) -> dict[str, Any]:
    """Responses of the route itself, and of the entrance before it."""
    own = {"type": "object"} if about.problems != _PROBLEMS else _REFERENCE
    found: dict[str, Any] = {}
    for errors, media, schema in ((about.errors, about.problems, own), (refusals, _PROBLEMS, _REFERENCE)):
        for status, meaning in errors.items():
            told = found.setdefault(str(status), {"description": "", "content": {}})
            told["description"] = f"{told['description']} {meaning}".strip()
            told["content"][media] = {"schema": schema}
    return found


blueprint = Blueprint("openapi", __name__, url_prefix="/api")


@blueprint.get("/openapi.json")
@described(Described(parameters=(), errors={}))
def document() -> Response:
    """What the API takes and gives: OpenAPI."""
    return json_reply(orjson.dumps(openapi_document(current_app)))
