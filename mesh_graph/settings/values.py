"""How settings are written: texts from flags, the environment and YAML, turned into typed values.

Each type tells in words what it takes; the configuration table and the error messages use those words. A list
may be a YAML list, a repeated flag, or one text.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ByteSize,
    ConfigDict,
    DirectoryPath,
    Field,
    FilePath,
    SecretStr,
)

from mesh_graph.codec import parse_duration
from mesh_graph.settings.templates import check_template
from mesh_graph.settings.tolerances import ToleranceRule, read_tolerance_rules

__all__ = [
    "HEADER_NAME",
    "Bytes",
    "Count",
    "Delay",
    "File",
    "Folder",
    "Headers",
    "LinkTemplates",
    "MetricName",
    "MetricNames",
    "Names",
    "Port",
    "Ratio",
    "Scope",
    "ScopeMatcher",
    "Seconds",
    "StateFolder",
    "Takes",
    "ToleranceRules",
    "Url",
    "WholeDelay",
    "WholeSeconds",
    "is_loopback",
]

_MATCHER = re.compile(
    r"""\s*(?P<label>[A-Za-z_]\w*)\s*(?P<op>=~|!~|!=|=)\s*
        (?:"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>(?:[^'\\]|\\.)*)'|(?P<bare>[^\s"',]+))\s*""",
    re.VERBOSE | re.ASCII,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A token of RFC 9110, section 5.6.2."""


class Takes(NamedTuple):
    """What a setting takes: the word for the table's type column, and the explanation."""

    type: str
    explanation: str


class ScopeMatcher(NamedTuple):
    """A label matcher that is put into every selector: ``cluster="east"``."""

    label: str
    op: str
    value: str


class MetricName(BaseModel):
    """The name under which a family is stored, and whether it still has to be rated.

    Attributes
    ----------
    name : str
        Metric name; of a histogram without ``_bucket``, ``_sum`` and ``_count``, or with ``*`` where those
        words stand (``workload:latency_*:rate5m``).
    kind : {"counter", "gauge"}
        ``gauge``: a recording rule that already holds a rate per second.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[A-Za-z_:*][A-Za-z0-9_:*]*$")
    kind: Literal["counter", "gauge"] = "counter"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on the address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _read_seconds(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return float(value)
    except ValueError:
        return parse_duration(value)


def _parts(value: Any, separator: str) -> list[Any]:
    items = [value] if isinstance(value, str) else list(value)
    texts = (part for item in items for part in (item.split(separator) if isinstance(item, str) else [item]))
    return [part.strip() if isinstance(part, str) else part for part in texts if part not in ("", None)]


def _read_names(value: Any) -> tuple[Any, ...]:
    return tuple(_parts(value, ","))


def _read_pairs(value: Any) -> dict[str, str]:
    """Mapping of ``NAME=VALUE`` texts, one a line or one a list item; a mapping stays what it is."""
    if isinstance(value, dict):
        return value
    pairs = {}
    for part in _parts(value, "\n"):
        name, equals, text = str(part).partition("=")
        if not equals:
            raise ValueError("an item is not NAME=VALUE")
        pairs[name.strip()] = text.strip()
    return pairs


def _read_metric_names(value: Any) -> dict[str, Any]:
    return {
        family: dict(zip(("name", "kind"), text.split("/", 1), strict=False))
        if isinstance(text, str)
        else text
        for family, text in _read_pairs(value).items()
    }


def _read_tolerance_rules(value: Any) -> tuple[ToleranceRule, ...]:
    return value if isinstance(value, tuple) else read_tolerance_rules(_read_pairs(value))


def _unquote(match: re.Match[str]) -> str:
    if match["bare"] is not None:
        return match["bare"]
    quoted = match["double"] if match["double"] is not None else match["single"]
    return re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[1]), quoted, flags=re.DOTALL)


def _matchers_of(text: str) -> Iterable[ScopeMatcher]:
    position = 0
    text = text.strip().removeprefix("{").removesuffix("}").rstrip().removesuffix(",")
    while position < len(text):
        match = _MATCHER.match(text, position)
        if match is None or text[match.end() : match.end() + 1] not in ("", ","):
            raise ValueError(f'{text[position:].strip()!r} is not LABEL="VALUE"')
        yield ScopeMatcher(match["label"], match["op"], _unquote(match))
        position = match.end() + 1


def _read_scope(value: Any) -> tuple[Any, ...]:
    if isinstance(value, dict):
        return tuple(ScopeMatcher(label, "=", str(text)) for label, text in value.items())
    items = [value] if isinstance(value, str) else value
    return tuple(m for item in items for m in (_matchers_of(item) if isinstance(item, str) else [item]))


def _check_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("does not begin with http:// or https:// and a host")
    _ = parts.port  # raises where it is no number
    if "@" in parts.netloc:
        raise ValueError("holds credentials, which belong into settings of their own")
    if parts.query or parts.fragment:
        raise ValueError("has a query or a fragment")
    return text.rstrip("/")


def _read_ratio(value: Any) -> Any:
    if isinstance(value, str) and value.strip().endswith("%"):
        return float(value.strip()[:-1]) / 100
    return value


def _check_headers(headers: dict[str, SecretStr]) -> dict[str, SecretStr]:
    for name, value in headers.items():
        if not HEADER_NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no header name")
        if not value.get_secret_value().isprintable():
            raise ValueError(f"the value of {name} holds control characters")
    return headers


def _check_templates(templates: dict[str, str]) -> dict[str, str]:
    for name, template in templates.items():
        check_template(name, template)
    return templates


Port = Annotated[int, Field(ge=0, le=65535), Takes("port", "a port, 0 to 65535; 0 chooses a free one")]
Count = Annotated[int, Field(ge=1), Takes("count", "a whole number from 1")]
_DURATION = Takes("duration", "a duration: seconds, or a text such as 90s, 5m or 1h30m; 0 is too short")
_DURATION_OR_NONE = Takes("duration", "a duration: 0, seconds, or a text such as 90s, 5m or 1h30m")
Seconds = Annotated[float, BeforeValidator(_read_seconds), Field(gt=0, allow_inf_nan=False), _DURATION]
Ratio = Annotated[
    float,
    BeforeValidator(_read_ratio),
    Field(gt=0, le=1, allow_inf_nan=False),
    Takes("ratio", "a part of 1, such as 0.005 or 0.5%"),
]
Delay = Annotated[float, BeforeValidator(_read_seconds), Field(ge=0, allow_inf_nan=False), _DURATION_OR_NONE]
WholeSeconds = Annotated[int, BeforeValidator(_read_seconds), Field(gt=0), _DURATION]
WholeDelay = Annotated[int, BeforeValidator(_read_seconds), Field(ge=0), _DURATION_OR_NONE]
Bytes = Annotated[ByteSize, Field(gt=0), Takes("size", "a size: bytes, or a text such as 64MiB or 1GiB")]
Url = Annotated[str, AfterValidator(_check_url), Takes("URL", "a URL such as http://prometheus:9090")]
File = Annotated[
    FilePath, BeforeValidator(lambda path: Path(path).expanduser()), Takes("file", "a file's path")
]
Folder = Annotated[
    DirectoryPath, BeforeValidator(lambda path: Path(path).expanduser()), Takes("folder", "a folder's path")
]
StateFolder = Annotated[
    Path, BeforeValidator(lambda path: Path(path).expanduser()), Takes("folder", "a folder's path")
]
Names = Annotated[
    tuple[str, ...], BeforeValidator(_read_names), Takes("names", "names, separated by commas, or a list")
]
Headers = Annotated[
    dict[str, SecretStr],
    BeforeValidator(_read_pairs),
    AfterValidator(_check_headers),
    Takes("headers", "NAME=VALUE, one a line or a flag each; in the file a mapping"),
]
LinkTemplates = Annotated[
    dict[str, str],
    BeforeValidator(_read_pairs),
    AfterValidator(_check_templates),
    Takes("URL templates", "NAME=URL, one a line or a flag each; in the file a mapping"),
]
MetricNames = Annotated[
    dict[str, MetricName],
    BeforeValidator(_read_metric_names),
    Takes(
        "metric names", "FAMILY=NAME or FAMILY=NAME/gauge, one a line or a flag each; in the file a mapping"
    ),
]
Scope = Annotated[
    tuple[ScopeMatcher, ...],
    BeforeValidator(_read_scope),
    Takes("matchers", 'label matchers such as cluster="east",namespace=~"a|b", or a list'),
]
ToleranceRules = Annotated[
    tuple[ToleranceRule, ...],
    BeforeValidator(_read_tolerance_rules),
    Takes(
        "tolerances",
        "NAMESPACE/KIND/NAME=CODE,DEGRADED,FAILURE,PROTOCOL,DIRECTION, more tolerances after a semicolon, a "
        "rule a line or a flag each; in the file a mapping",
    ),
]
