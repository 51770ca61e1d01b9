"""Who calls whom by the mesh's metrics, with services named as traces name them."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from mesh_graph import fields
from mesh_graph.topology.identity import is_known
from mesh_graph.topology.outcome import Outcome
from mesh_graph.traces.dependencies import MetricEdge, service_of_host

__all__ = ["metric_edges", "plain_name", "traced_name"]

_SOURCE = (fields.SOURCE_CANONICAL_SERVICE, fields.SOURCE_WORKLOAD, fields.SOURCE_WORKLOAD_NAMESPACE)
_DESTINATION = (
    fields.DESTINATION_CANONICAL_SERVICE,
    fields.DESTINATION_WORKLOAD,
    fields.DESTINATION_WORKLOAD_NAMESPACE,
)
_SERVICE = (fields.DESTINATION_SERVICE_NAME, fields.DESTINATION_SERVICE_NAMESPACE, fields.DESTINATION_SERVICE)

_RATE, _ERRORS, _LOST = "rate_sum", "error_sum", "lost_sum"


def traced_name(app: str, workload: str, namespace: str, services: Collection[str] = ()) -> str:
    """Name under which a workload's proxy reports spans; empty where it is not known.

    Istio's ``tracingServiceName`` is ``app.namespace`` unless it is set to the bare canonical name: that is
    taken where the traces' services have it and not the long one.
    """
    own = app if is_known(app) else workload
    if not is_known(own):
        return ""
    return plain_name(f"{own}.{namespace}", services) if is_known(namespace) else own


def plain_name(name: str, services: Collection[str]) -> str:
    """A service's name, ``app.namespace``, without its namespace where traces know it by that only."""
    plain = name.rpartition(".")[0]
    return plain if plain in services and name not in services else name


def metric_edges(flows: pd.DataFrame, services: Collection[str] = ()) -> tuple[MetricEdge, ...]:
    """Edges of merged traffic between services.

    Parameters
    ----------
    flows : pandas.DataFrame
        As ``topology.traffic.Traffic.flows``.
    services : collection of str
        Names that traces know.

    Returns
    -------
    tuple of MetricEdge
        The busiest first, then by name; requests of http and grpc. What reached no workload goes to the
        service that was called, or to its host outside the cluster.
    """
    if flows.empty:
        return ()
    is_error = (flows[fields.OUTCOME] == Outcome.ERROR).to_numpy(dtype=bool)
    is_lost = ~flows[fields.ARRIVED].to_numpy(dtype=bool)
    rates = flows[fields.RATE]
    columns = {_RATE: rates, _ERRORS: rates.where(is_error, 0.0), _LOST: rates.where(is_lost, 0.0)}
    labels = [*_SOURCE, *_DESTINATION, *_SERVICE]
    sums = flows[labels].assign(**columns).groupby(labels, sort=False)[[*columns]].sum()
    edges: dict[tuple[str, str], MetricEdge] = {}
    for key, *values in sums.itertuples(name=None):
        ends = traced_name(key[0], key[1], key[2], services), _destination(key[3:], services)
        before = edges.get(ends) or MetricEdge(*ends, 0.0)
        rate, errors, lost = map(float, values)
        edges[ends] = MetricEdge(
            *ends, before.rate + rate, before.error_rate + errors, before.lost_rate + lost
        )
    found = (edge for edge in edges.values() if edge.destination)
    return tuple(sorted(found, key=lambda edge: (-edge.rate, edge.source, edge.destination)))


def _destination(labels: tuple[str, ...], services: Collection[str]) -> str:
    app, workload, namespace, name, service_namespace, host = labels
    answered = traced_name(app, workload, namespace, services)
    if answered:
        return answered
    if is_known(host):
        return service_of_host(host)
    return f"{name}.{service_namespace}" if is_known(name) and is_known(service_namespace) else ""
