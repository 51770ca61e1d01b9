"""Typed queries as PromQL text: every value escaped, the source's scope in every selector.

Knows nothing of servers. The text means the same to Prometheus and to VictoriaMetrics, but for the latter's
own rules of ``rate`` at births, bursts and resets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from mesh_graph import fields
from mesh_graph.errors import InvalidRequest
from mesh_graph.sources.query import AnyFamily, Family, Function, Matcher, MetricQuery

__all__ = [
    "ISTIO_NAMES",
    "MetricKind",
    "MetricName",
    "MetricNames",
    "duration",
    "matcher_text",
    "quoted",
    "render",
    "require_label",
    "selector",
]

_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_ESCAPED = re.compile(r'[\\"\x00-\x1f\x7f\ufffd]')
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\ufffd": "\\ufffd"}
"""Prometheus takes a replacement character that is not escaped for broken UTF-8."""

_BEYOND = "1e300"
"""An edge far above any real one, yet finite."""
_TO_INFINITY = "* 2^900 / 2^900"
"""Exact for every real edge, and +Inf for whatever was interpolated towards ``_BEYOND``."""


class MetricKind(StrEnum):
    """What a stored metric counts."""

    COUNTER = "counter"
    GAUGE = "gauge"
    """Already a rate per second, as recording rules store it: it is not rated again."""


@dataclass(frozen=True, slots=True)
class MetricName:
    """The name under which a family is stored.

    Attributes
    ----------
    name : str
        Metric name. Of a histogram the part (``bucket``, ``sum``, ``count``) is appended with ``_``, or takes
        the place of ``*`` where there is one (``workload:latency_*:rate5m``).
    kind : MetricKind
    """

    name: str
    kind: MetricKind = MetricKind.COUNTER

    def part(self, part: str) -> str:
        """Name of one of a histogram's three metrics."""
        return self.name.replace("*", part) if "*" in self.name else f"{self.name}_{part}"


MetricNames = Mapping[AnyFamily, MetricName]
"""Names of the families; one that is not mentioned has its own."""

ISTIO_NAMES: MetricNames = MappingProxyType({family: MetricName(family.value) for family in Family})


def render(query: MetricQuery, names: MetricNames = ISTIO_NAMES, scope: tuple[Matcher, ...] = ()) -> str:
    """The query as PromQL.

    Parameters
    ----------
    query : MetricQuery
    names : MetricNames
        Under which name, and as counter or gauge, each family is stored.
    scope : tuple of Matcher
        Added to the matchers of every selector.

    Raises
    ------
    InvalidRequest
        If a label is not a Prometheus label name.

    Notes
    -----
    Prometheus answers a quantile in the last bucket with the highest finite edge, which is also its answer
    for one that lies exactly on that edge. So the ``+Inf`` bucket is repeated at a finite edge far out: a
    rank in the last bucket is interpolated towards that, and the scaling makes it +Inf. Exact for each row by
    its own buckets, whatever edges each proxy has, without asking for edges first. ``>= 0`` drops NaN.
    """
    return _Writer(query, names.get(query.family, MetricName(query.family.value)), scope).text()


@dataclass(frozen=True, slots=True)
class _Writer:
    query: MetricQuery
    name: MetricName
    scope: tuple[Matcher, ...]

    def text(self) -> str:
        kept = "" if self.query.idle else " > 0"
        match self.query.function:
            case Function.RATE:
                return self._aggregate("sum", self._per_second("count")) + kept
            case Function.SUM_RATE:
                return self._aggregate("sum", self._per_second("sum")) + kept
            case Function.BUCKET_RATE:
                return self._buckets()
            case Function.MEAN:
                total, count = (self._aggregate("sum", self._per_second(part)) for part in ("sum", "count"))
                return f"{total} / ({count} > 0)"
            case Function.QUANTILE:
                return self._quantile()
            case Function.SERIES:
                return self._aggregate("count", self._each_set("{}", "count"))
            case Function.MAX:
                return self._aggregate("max", self._each_set("{}", "count"))
            case Function.SAMPLES:
                window = duration(self.query.window_s)
                return self._aggregate("max", self._each_set(f"count_over_time({{}}[{window}])", "count"))
            case Function.AGE:
                return self._aggregate("min", self._each_set("time() - timestamp({})", "count"))
            case Function.RAW:
                return f"{self._each()}[{duration(self.query.window_s)}]"
            case Function.RAW_SUM:
                return f"{self._select('sum')}[{duration(self.query.window_s)}]"
            case Function.LATEST:
                return self._each()

    def _each(self) -> str:
        return self._select("bucket" if fields.LE in self.query.by else "count")

    def _quantile(self) -> str:
        beyond = self._buckets(Matcher(fields.LE, "=", "+Inf"))
        # The small side comes first: Prometheus then matches twice as fast.
        buckets = f'label_replace({beyond}, "{fields.LE}", "{_BEYOND}", "", "") or {self._buckets()}'
        return f"histogram_quantile({self.query.quantile!r}, {buckets}) {_TO_INFINITY} >= 0"

    def _buckets(self, *more: Matcher) -> str:
        by = tuple(label for label in self.query.by if label != fields.LE)
        return self._aggregate("sum", self._per_second("bucket", *more), (fields.LE, *by))

    def _per_second(self, part: str, *more: Matcher) -> str:
        form = "{}" if self.name.kind is MetricKind.GAUGE else f"rate({{}}[{duration(self.query.window_s)}])"
        return self._each_set(form, part, *more)

    def _each_set(self, form: str, part: str, *more: Matcher) -> str:
        """What is said of every series, of those of either set; no series is in two of them."""
        sets = self.query.either or ((),)
        return " or ".join(form.replace("{}", self._select(part, *more, *one)) for one in sets)

    def _select(self, part: str, *more: Matcher) -> str:
        metric = self.name.part(part) if self.query.family.is_histogram else self.name.name
        return selector(metric, (*self.query.matchers, *more, *self.scope))

    def _aggregate(self, operator: str, inner: str, by: tuple[str, ...] | None = None) -> str:
        labels = self.query.by if by is None else by
        grouping = f" by ({', '.join(map(require_label, labels))}) " if labels else ""
        return f"{operator}{grouping}({inner})"


def selector(metric: str, matchers: tuple[Matcher, ...]) -> str:
    """A metric's series that satisfy all matchers, as PromQL."""
    if not _METRIC.fullmatch(metric):
        metric, matchers = "", (Matcher("__name__", "=", metric), *matchers)
    inside = ",".join(map(matcher_text, matchers))
    return f"{metric}{{{inside}}}" if inside else metric


def matcher_text(matcher: Matcher) -> str:
    """One matcher as it stands in a selector."""
    return f"{require_label(matcher.label)}{matcher.op}{quoted(matcher.value)}"


def duration(seconds: int) -> str:
    """A duration as PromQL: ``90s``, ``5m``, ``1h``."""
    for unit, size in (("h", 3600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def require_label(name: str) -> str:
    """The name of a label, if it is one.

    Raises
    ------
    InvalidRequest
        If it is not.
    """
    if not _LABEL.fullmatch(name):
        raise InvalidRequest("label", f"{name!r} is not a label name", "It takes letters, digits and _.")
    return name


def quoted(value: str) -> str:
    """A text in quotes, whatever it holds."""
    # A lone surrogate is in no label value, and could not be sent: the replacement character stands for it.
    value = _SURROGATE.sub("\ufffd", value)
    return '"' + _ESCAPED.sub(lambda m: _ESCAPES.get(m[0], f"\\x{ord(m[0]):02x}"), value) + '"'
