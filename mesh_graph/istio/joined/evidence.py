"""What was counted, as the rules that join it with the configuration ask for it.

    Traffic (rates over a window) ──Evidence──► counts per service, workload, caller

Services and workloads of one namespace and name are one over all clusters, as in the registry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from mesh_graph import fields
from mesh_graph.istio.checks.finding import Basis, ConfigFinding
from mesh_graph.istio.hosts import Host
from mesh_graph.istio.subsets import Registry
from mesh_graph.model import Protocol
from mesh_graph.sources.cluster import KubeObject
from mesh_graph.topology.traffic import Traffic

__all__ = ["CLIENT", "COUNT", "SERVER", "Evidence", "JoinedRule", "LongPast"]

COUNT = "count"
"""Requests, or TCP connections that were opened, in the window."""
TIMED_OUT = "UT"
"""Envoy's flag of a request that reached the route's, or the attempt's, time limit."""
SERVICE = [fields.DESTINATION_SERVICE_NAMESPACE, fields.DESTINATION_SERVICE_NAME]
CLIENT = [fields.SOURCE_WORKLOAD_NAMESPACE, fields.SOURCE_WORKLOAD]
SERVER = [fields.DESTINATION_WORKLOAD_NAMESPACE, fields.DESTINATION_WORKLOAD]
_KEPT = [
    *CLIENT,
    *SERVER,
    fields.DESTINATION_SERVICE,
    *SERVICE,
    fields.FLAGS,
]


@dataclass(frozen=True, slots=True, eq=False)
class LongPast:
    """Which hosts outside were called over a longer time than the window.

    Attributes
    ----------
    seconds : int
        How far it goes back from the instant; as far as that there were numbers.
    called : frozenset of str
        The hosts.
    """

    seconds: int
    called: frozenset[str]


@dataclass(frozen=True, eq=False)
class Evidence:
    """Telemetry of one window.

    Attributes
    ----------
    at : float
        End of the window, Unix seconds.
    window_s : int
    traffic : Traffic
        Rates over the window, merged by the canonical rule.
    past : LongPast or None
        None where nobody asked, or where there are no numbers of then.
    """

    at: float
    window_s: int
    traffic: Traffic
    past: LongPast | None = None

    def basis(self, count: float) -> Basis:
        """What a finding rests on."""
        return Basis(self.at, self.window_s, round(count))

    def holds(self, one: KubeObject, seconds: float | None = None) -> bool:
        """Whether an object was what it is for all of the window, or for some longer time."""
        since = self.at - (self.window_s if seconds is None else seconds)
        return one.changed_at is None or one.changed_at <= since

    @cached_property
    def requests(self) -> pd.DataFrame:
        """HTTP and gRPC requests: names of both workloads and the service, how they ended, ``count``."""
        flows = self.traffic.flows
        counts = flows[[*_KEPT, fields.PROTOCOL, fields.ARRIVED]].copy()
        counts[COUNT] = flows[fields.RATE] * self.window_s
        return counts

    @cached_property
    def connections(self) -> pd.DataFrame:
        """TCP connections that were opened: the same columns but for protocol and ``arrived``."""
        tcp = self.traffic.tcp
        counts = tcp[_KEPT].copy()
        counts[COUNT] = tcp[fields.OPENED_RATE] * self.window_s
        return counts

    @cached_property
    def opened(self) -> dict[tuple[str, ...], float]:
        """TCP connections that were opened, by namespace and name of caller and called workload."""
        sums = self.connections.groupby([*CLIENT, *SERVER], as_index=False)[COUNT].sum()
        return {tuple(map(str, row[:4])): float(row[4]) for row in sums.itertuples(index=False, name=None)}

    @cached_property
    def _requests_to(self) -> dict[tuple[str, str], pd.DataFrame]:
        return _by_service(self.requests)

    @cached_property
    def called_outside(self) -> frozenset[str]:
        """Hosts that were called in the window, or in the longer past."""
        both = (self.requests, self.connections)
        now = (
            host.lower() for rows in both for host in rows.loc[rows[COUNT] > 0, fields.DESTINATION_SERVICE]
        )
        return frozenset(now) | (self.past.called if self.past else frozenset())

    @cached_property
    def sent_by_namespace(self) -> dict[str, float]:
        """Requests by the namespace of who sent them."""
        sums = self.requests.groupby(fields.SOURCE_WORKLOAD_NAMESPACE)[COUNT].sum()
        return {str(namespace): float(count) for namespace, count in sums.items()}

    @cached_property
    def _arrivals(self) -> dict[tuple[bool, str, str, str], float]:
        found: dict[tuple[bool, str, str, str], float] = {}
        for is_tcp, rows in ((False, self.requests), (True, self.connections)):
            sums = rows.groupby([*SERVICE, fields.DESTINATION_WORKLOAD], as_index=False)[COUNT].sum()
            for namespace, service, workload, count in sums.itertuples(index=False, name=None):
                found[is_tcp, namespace, service, workload] = float(count)
        return found

    def arrived(self, host: Host, workload: str, *, is_tcp: bool = False) -> float:
        """Requests, or connections, that reached a workload by a service."""
        return self._arrivals.get((is_tcp, host.namespace, host.service, workload), 0.0)

    @cached_property
    def _cut(self) -> dict[tuple[str, str], tuple[float, float]]:
        rows = self.requests
        cut = {flags for flags in rows[fields.FLAGS].unique() if TIMED_OUT in flags.split(",")}
        marked = rows.assign(cut=rows[COUNT].where(rows[fields.FLAGS].isin(cut), 0.0))
        sums = marked.groupby(SERVICE, as_index=False)[["cut", COUNT]].sum()
        return {(place, name): (hits, total) for place, name, hits, total in sums.itertuples(index=False)}

    def cut_off(self, host: Host) -> tuple[float, float]:
        """Requests to a service that a time limit cut off, and all of them."""
        return self._cut.get((host.namespace, host.service), (0.0, 0.0))

    @cached_property
    def _sides(self) -> dict[tuple[str, str], tuple[float, float]]:
        rows = self.traffic.reports
        is_told = rows[fields.SOURCE_RATE].notna() & rows[fields.DESTINATION_RATE].notna()
        both = rows[is_told & (rows[fields.PROTOCOL] != Protocol.TCP)]
        rates = [fields.SOURCE_RATE, fields.DESTINATION_RATE]
        sums = both.groupby(SERVICE, as_index=False)[rates].sum()
        return {
            (namespace, name): (sent * self.window_s, received * self.window_s)
            for namespace, name, sent, received in sums.itertuples(index=False, name=None)
        }

    def both_sides(self, host: Host) -> tuple[float, float]:
        """Requests to a service that clients sent, and that servers received, where both sides report."""
        return self._sides.get((host.namespace, host.service), (0.0, 0.0))

    def requests_to(self, host: Host) -> pd.DataFrame:
        """The requests that called a service; no rows for a host that is none."""
        return self._requests_to.get((host.namespace, host.service), self.requests.iloc[:0])


def _by_service(counts: pd.DataFrame) -> dict[tuple[str, str], pd.DataFrame]:
    return {(str(place[0]), str(place[1])): rows for place, rows in counts.groupby(SERVICE)}


@dataclass(frozen=True, slots=True)
class JoinedRule:
    """One rule over configuration and telemetry.

    Attributes
    ----------
    code : str
        ``MSH0101``.
    needs : tuple of str
        The kind that it judges, then those without which it cannot.
    find : callable
        What is found; nothing where there is no telemetry.
    is_wide : bool
        Whether it can judge only who sees the whole mesh.
    """

    code: str
    needs: tuple[str, ...]
    find: Callable[[Registry, Evidence], Iterator[ConfigFinding]]
    is_wide: bool = False
