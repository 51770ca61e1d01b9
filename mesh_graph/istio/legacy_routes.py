"""RouteRules of Istio before 0.8 (``config.istio.io/v1alpha2``) → declared routes.

A rule names one destination service and shares its requests among the service's versions by labels. A single
version gets everything; of several, one without a weight gets nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from mesh_graph.istio.hosts import Host, host_of
from mesh_graph.istio.place import Place, as_json, spec_of
from mesh_graph.istio.route import DeclaredRoute, Destination, Mirror, shares
from mesh_graph.istio.subsets import Registry
from mesh_graph.istio.virtual_services import MESH, weights_of
from mesh_graph.sources.cluster import KubeObject

__all__ = ["legacy_routes"]


def legacy_routes(registry: Registry) -> Iterator[DeclaredRoute]:
    """Routes of all RouteRules that have a destination; a rule without routes sends everything to it."""
    for one in registry.snapshot.objects("RouteRule"):
        spec = spec_of(one)
        called = _host(one, spec["destination"])
        entries = list(spec["route"]) or [Place({}, "spec/route[0]")]
        if not called.name or spec["redirect"]:
            continue
        given = shares(weights_of(entries))
        yield DeclaredRoute(
            source=one,
            order=-(spec["precedence"].number or 0),
            path=spec.path,
            protocol="http",
            hosts=(called,),
            gateways=(MESH,),
            matches=(as_json(spec["match"].value),) if spec["match"] else (),
            destinations=tuple(
                _destination(registry, one, entry, (called, share))
                for entry, share in zip(entries, given, strict=True)
            ),
            mirrors=tuple(_mirrors(registry, one, called)),
        )


def _host(one: KubeObject, place: Place) -> Host:
    """The host of a destination: ``service`` is complete, ``name`` is a service of a namespace."""
    if place["service"].text:
        return host_of(place["service"].text, one.namespace)
    return host_of(place["name"].text, place["namespace"].text or one.namespace)


def _destination(
    registry: Registry, one: KubeObject, entry: Place, given: tuple[Host, float | None]
) -> Destination:
    called, share = given
    host = _host(one, entry["destination"]) if entry["destination"] else called
    labels = entry["labels"].labels
    return Destination(
        host=host,
        labels=labels,
        version=registry.version(host, labels),
        workloads=registry.workload_names(host, labels),
        declared=entry["weight"].number,
        share=share,
        path=entry.path,
    )


def _mirrors(registry: Registry, one: KubeObject, called: Host) -> Iterator[Mirror]:
    mirror = spec_of(one)["mirror"]
    if mirror:
        yield Mirror(
            _destination(registry, one, Place({"destination": mirror.value}, mirror.path), (called, None)),
            1.0,
        )
