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
from mesh_graph.sources.cluster import KubeObject
from mesh_graph.topology.traffic import Traffic

__all__ = ["COUNT", "Evidence", "JoinedRule", "LongPast"]

COUNT = "count"
"""Requests, or TCP connections that were opened, in the window."""
SERVICE = [fields.DESTINATION_SERVICE_NAMESPACE, fields.DESTINATION_SERVICE_NAME]
_KEPT = [
    fields.SOURCE_WORKLOAD_NAMESPACE,
    fields.SOURCE_WORKLOAD,
    fields.DESTINATION_WORKLOAD_NAMESPACE,
    fields.DESTINATION_WORKLOAD,
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
    def _requests_to(self) -> dict[tuple[str, str], pd.DataFrame]:
        return _by_service(self.requests)

    @cached_property
    def _connections_to(self) -> dict[tuple[str, str], pd.DataFrame]:
        return _by_service(self.connections)

    def requests_to(self, host: Host) -> pd.DataFrame:
        """The requests that called a service; no rows for a host that is none."""
        return self._requests_to.get((host.namespace, host.service), self.requests.iloc[:0])

    def connections_to(self, host: Host) -> pd.DataFrame:
        """The TCP connections to a service."""
        return self._connections_to.get((host.namespace, host.service), self.connections.iloc[:0])


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
