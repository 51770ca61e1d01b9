"""What can be asked of a metrics source: typed queries, never text.

PromQL is one rendering of them (``promql.py``); the demo evaluates them on raw counters (``counters.py``).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["HISTOGRAMS", "AnyFamily", "Family", "Function", "Matcher", "MetricQuery", "PodFamily", "any_of"]


class Family(StrEnum):
    """A metric family, by Istio's own name (histograms without their suffix)."""

    REQUESTS = "istio_requests_total"
    REQUEST_DURATION = "istio_request_duration_milliseconds"
    REQUEST_BYTES = "istio_request_bytes"
    RESPONSE_BYTES = "istio_response_bytes"
    GRPC_REQUEST_MESSAGES = "istio_request_messages_total"
    GRPC_RESPONSE_MESSAGES = "istio_response_messages_total"
    TCP_SENT = "istio_tcp_sent_bytes_total"
    TCP_RECEIVED = "istio_tcp_received_bytes_total"
    TCP_OPENED = "istio_tcp_connections_opened_total"
    TCP_CLOSED = "istio_tcp_connections_closed_total"

    @property
    def is_histogram(self) -> bool:
        """Whether the family is a histogram (has ``_bucket``, ``_sum`` and ``_count`` series)."""
        return self in HISTOGRAMS


class PodFamily(StrEnum):
    """A metric of pods and their containers, by the name under which those who tell it do.

    ``container_*`` is the kubelet's cAdvisor, ``kube_*`` is kube-state-metrics, whose version 1 has the names
    that end in a unit. Series are of ``namespace`` and ``pod``, those of containers of ``container`` too.
    """

    CPU_USAGE = "container_cpu_usage_seconds_total"
    CFS_PERIODS = "container_cpu_cfs_periods_total"
    CFS_THROTTLED = "container_cpu_cfs_throttled_periods_total"
    MEMORY = "container_memory_working_set_bytes"
    RESOURCE_REQUESTS = "kube_pod_container_resource_requests"
    RESOURCE_LIMITS = "kube_pod_container_resource_limits"
    CPU_REQUESTS_V1 = "kube_pod_container_resource_requests_cpu_cores"
    MEMORY_REQUESTS_V1 = "kube_pod_container_resource_requests_memory_bytes"
    CPU_LIMITS_V1 = "kube_pod_container_resource_limits_cpu_cores"
    MEMORY_LIMITS_V1 = "kube_pod_container_resource_limits_memory_bytes"
    RESTARTS = "kube_pod_container_status_restarts_total"
    READY = "kube_pod_container_status_ready"
    WAITING = "kube_pod_container_status_waiting_reason"
    LAST_TERMINATED = "kube_pod_container_status_last_terminated_reason"
    PHASE = "kube_pod_status_phase"
    STARTED = "kube_pod_start_time"

    @property
    def is_histogram(self) -> bool:
        """No."""
        return False


AnyFamily = Family | PodFamily


HISTOGRAMS = (Family.REQUEST_DURATION, Family.REQUEST_BYTES, Family.RESPONSE_BYTES)


class Function(StrEnum):
    """What is computed of a family's series, grouped by ``by``.

    With ``m`` the metric, ``w`` the window and ``L`` the labels of ``by``:
    """

    RATE = "rate"
    """``sum by (L) (rate(m[w]))``; of a histogram: its ``_count``. Per second."""
    SUM_RATE = "sum_rate"
    """``sum by (L) (rate(m_sum[w]))``; histograms only. Units of the family per second."""
    BUCKET_RATE = "bucket_rate"
    """``sum by (le, L) (rate(m_bucket[w]))``; ``by`` contains ``le``. Per second, cumulative."""
    MEAN = "mean"
    """``sum by (L) (rate(m_sum[w])) / sum by (L) (rate(m_count[w]))``; rows of 0/0 are absent."""
    QUANTILE = "quantile"
    """``histogram_quantile(q, sum by (le, L) (rate(m_bucket[w])))``; NaN rows are absent. A value in the
    last bucket is +inf, not the top edge."""
    SERIES = "series"
    """``count by (L) (m)``: number of series present at the instant."""
    MAX = "max"
    """``max by (L) (m)``: the greatest newest sample, of gauges: what is stored twice is told once."""
    SAMPLES = "samples"
    """``max by (L) (count_over_time(m[w]))``: the most samples that one series has in the window."""
    AGE = "age"
    """``min by (L) (time() - timestamp(m))``: seconds since the newest sample."""
    RAW = "raw"
    """``m[w]``: the samples of every series by itself, nothing summed; of a histogram its ``_count``, with
    ``le`` in ``by`` its ``_bucket``. Asked for an instant, the end of the window."""
    RAW_SUM = "raw_sum"
    """``m_sum[w]``; histograms only, as ``RAW`` otherwise."""
    LATEST = "latest"
    """``m``: the newest sample of every series by itself, as ``RAW`` otherwise. Asked over a range."""

    @property
    def is_raw(self) -> bool:
        """Whether the answer has a row per series and sample, with the columns ``series`` and ``time``."""
        return self in (Function.RAW, Function.RAW_SUM, Function.LATEST)


_OF_HISTOGRAMS = (
    Function.SUM_RATE,
    Function.BUCKET_RATE,
    Function.MEAN,
    Function.QUANTILE,
    Function.RAW_SUM,
)


@dataclass(frozen=True, slots=True, order=True)
class Matcher:
    """One label matcher; ``op`` is ``=``, ``!=``, ``=~`` or ``!~`` (RE2, anchored, as in PromQL)."""

    label: str
    op: str
    value: str

    def __post_init__(self) -> None:
        if self.op not in ("=", "!=", "=~", "!~"):
            raise ValueError(f"unknown matcher operator {self.op!r}")


def any_of(label: str, values: Collection[str], *, negate: bool = False) -> Matcher:
    """Matcher of a label that has one of the values, or with ``negate`` none of them."""
    if len(values) == 1:
        return Matcher(label, "!=" if negate else "=", next(iter(values)))
    return Matcher(label, "!~" if negate else "=~", "|".join(map(re.escape, sorted(values))))


@dataclass(frozen=True, slots=True)
class MetricQuery:
    """One question about one family.

    Attributes
    ----------
    family : Family or PodFamily
    function : Function
    by : tuple of str
        Labels to group by; they become the columns of the reply, in this order.
    matchers : tuple of Matcher
        All must hold. The source's own query scope is added to them.
    window_s : int
        Range of rates, seconds. Ignored by SERIES, MAX and AGE.
    quantile : float or None
        0..1, for QUANTILE only.
    idle : bool
        Whether rows of value 0 are kept (RATE, SUM_RATE).
    either : tuple of tuple of Matcher
        Sets of matchers of which one must hold besides; no series may satisfy two of them. Without any there
        is no such condition. Not for raw samples.
    """

    family: AnyFamily
    function: Function
    by: tuple[str, ...]
    matchers: tuple[Matcher, ...] = ()
    window_s: int = 300
    quantile: float | None = None
    idle: bool = False
    either: tuple[tuple[Matcher, ...], ...] = ()

    def __post_init__(self) -> None:
        if (self.function is Function.QUANTILE) != (self.quantile is not None):
            raise ValueError("a quantile goes with the function QUANTILE, and only with it")
        if self.function in _OF_HISTOGRAMS and not self.family.is_histogram:
            raise ValueError(f"{self.function} needs a histogram, {self.family} is none")
        if self.function.is_raw and self.either:
            raise ValueError("raw samples are of the series that match, not of either of two sets")
