"""KIA1211, KIA1212: several service entries for one host and port, and such that disagree on its protocol."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from mesh_graph.istio.checks.finding import ConfigFinding, Rule, Severity
from mesh_graph.istio.imports import Imports
from mesh_graph.istio.place import Place, spec_of
from mesh_graph.istio.subsets import Registry
from mesh_graph.sources.cluster import KubeObject

__all__ = ["OTHER_PROTOCOL", "SAME_ENTRY"]


class _Pair(NamedTuple):
    """A claim of a host and port, and one by another object."""

    entry: KubeObject
    host: Place
    port: Place
    rival: KubeObject
    rivals_port: Place


def _pairs(registry: Registry) -> Iterator[_Pair]:
    claims: dict[tuple[str, str, int], list[tuple[KubeObject, Place, Place]]] = defaultdict(list)
    for one in registry.snapshot.objects("ServiceEntry"):
        for host in spec_of(one)["hosts"]:
            for port in spec_of(one)["ports"]:
                number = port["number"].number
                if host.text and number is not None:
                    claims[one.cluster, host.text.lower(), number].append((one, host, port))
    imports = Imports(registry)
    for found in claims.values():
        for one, host, port in found:
            for rival, _, rivals_port in found:
                if rival is not one and imports.meet(one, rival):
                    yield _Pair(one, host, port, rival, rivals_port)


def _find_same(registry: Registry) -> Iterator[ConfigFinding]:
    rivals: dict[tuple[KubeObject, str], set[str]] = defaultdict(set)
    hosts: dict[tuple[KubeObject, str], str] = {}
    for pair in _pairs(registry):
        rivals[pair.entry, pair.host.path].add(f"{pair.rival.namespace}/{pair.rival.name}")
        hosts[pair.entry, pair.host.path] = pair.host.text
    for (one, path), others in rivals.items():
        parameters = (("host", hosts[one, path]), ("others", ", ".join(sorted(others))))
        yield ConfigFinding("KIA1211", Severity.WARNING, one, path, parameters)


def _find_other(registry: Registry) -> Iterator[ConfigFinding]:
    seen = set()
    for pair in _pairs(registry):
        protocol, others = (port["protocol"].text.upper() for port in (pair.port, pair.rivals_port))
        path = pair.port["protocol"].path
        if protocol != others and (pair.entry, path) not in seen:
            seen.add((pair.entry, path))
            rival = f"{pair.rival.namespace}/{pair.rival.name}"
            parameters = (
                ("host", pair.host.text),
                ("port", str(pair.port["number"].number)),
                ("protocol", protocol or "none"),
                ("other", f"{others or 'none'} in {rival}"),
            )
            yield ConfigFinding("KIA1212", Severity.WARNING, pair.entry, path, parameters)


SAME_ENTRY = Rule("KIA1211", ("ServiceEntry",), _find_same)
OTHER_PROTOCOL = Rule("KIA1212", ("ServiceEntry",), _find_other)
