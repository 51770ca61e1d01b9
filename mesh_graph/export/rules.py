"""Recording rules that add up, once, just what the views ask, and the settings that make use of them.

Pods, instances and whatever else a series says of its scrape are summed away. A recorded rate has its window
in its name and is not rated again: views over it have that window, whatever they ask for.
"""

from __future__ import annotations

from typing import Any

import yaml

from mesh_graph import fields
from mesh_graph.codec import format_duration
from mesh_graph.plan import TRAFFIC_FAMILIES
from mesh_graph.sources.promql import MetricKind, MetricName, render
from mesh_graph.sources.query import HISTOGRAMS, Family, Function, MetricQuery

__all__ = ["metric_names", "render_rules", "rule_groups"]

_PRINCIPALS = (fields.SOURCE_PRINCIPAL, fields.DESTINATION_PRINCIPAL)
_COUNTERS = {family: (*by, *_PRINCIPALS) for family, by in TRAFFIC_FAMILIES.items()}
"""Families and the labels that views group them by: each pair of ends has one pair of principals."""
_PARTS = {"bucket": Function.BUCKET_RATE, "sum": Function.SUM_RATE, "count": Function.RATE}


def metric_names(window_s: int) -> dict[Family, MetricName]:
    """Name of every family as the rules record it."""
    suffix = f"rate{format_duration(window_s)}"
    names = {family: f"meshgraph:{family.value.removesuffix('_total')}:{suffix}" for family in _COUNTERS}
    names |= {family: f"meshgraph:{family.value}_*:{suffix}" for family in HISTOGRAMS}
    return {family: MetricName(name, MetricKind.GAUGE) for family, name in names.items()}


def rule_groups(window_s: int, interval_s: int) -> dict[str, Any]:
    """A rules file's content: one group, a rule per counter and per part of a histogram.

    Parameters
    ----------
    window_s : int
        Range of the rates, seconds.
    interval_s : int
        How often they are recorded, seconds.
    """
    names = metric_names(window_s)
    rules = [
        {
            "record": names[family].name,
            "expr": render(MetricQuery(family, Function.RATE, by, window_s=window_s, idle=True)),
        }
        for family, by in _COUNTERS.items()
    ]
    for family in HISTOGRAMS:
        for part, function in _PARTS.items():
            by = fields.LATENCY_LABELS + ((fields.LE,) if part == "bucket" else ())
            query = MetricQuery(family, function, by, window_s=window_s, idle=True)
            rules.append({"record": names[family].part(part), "expr": render(query)})
    return {"groups": [{"name": "meshgraph", "interval": format_duration(interval_s), "rules": rules}]}


def render_rules(window_s: int, interval_s: int, *, resource: bool) -> bytes:
    """The rules as YAML, as a file for Prometheus or as a ``PrometheusRule`` for its operator.

    The settings that go with them stand at the head, as a comment.
    """
    content = rule_groups(window_s, interval_s)
    if resource:
        head = {"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule"}
        content = {**head, "metadata": {"name": "meshgraph"}, "spec": content}
    names = {
        family.value: {"name": name.name, "kind": name.kind.value}
        for family, name in metric_names(window_s).items()
    }
    settings = yaml.safe_dump({"metric_names": names}, sort_keys=False, width=200)
    comment = "".join(f"# {line}\n" for line in ("Settings for Meshgraph:", *settings.splitlines()))
    return f"{comment}{yaml.safe_dump(content, sort_keys=False, width=10_000)}".encode()
