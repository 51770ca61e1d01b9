"""MSH0301, MSH0302: hosts outside that are registered and not called, or called and not registered."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd
import yaml

from mesh_graph import fields
from mesh_graph.codec import format_duration
from mesh_graph.istio.checks.finding import ConfigFinding, Severity
from mesh_graph.istio.checks.missing_host import is_registered
from mesh_graph.istio.exports import is_exported
from mesh_graph.istio.hosts import Host, covers
from mesh_graph.istio.joined.evidence import COUNT, Evidence, JoinedRule
from mesh_graph.istio.joined.stand_in import workload_object
from mesh_graph.istio.place import spec_of
from mesh_graph.istio.subsets import WORKLOAD_KINDS, Registry
from mesh_graph.sources.cluster import KubeObject

__all__ = ["UNNAMED_HOST", "UNUSED_ENTRY"]

PORTS = {
    "http": {"number": 80, "name": "http", "protocol": "HTTP"},
    "grpc": {"number": 80, "name": "grpc", "protocol": "GRPC"},
}
_DNS_NAME = re.compile(r"(?=.{4,253}$)([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z][-a-z0-9]{0,61}[a-z0-9]")


def _find_unused(registry: Registry, evidence: Evidence) -> Iterator[ConfigFinding]:
    past = evidence.past
    for one in registry.snapshot.objects("ServiceEntry") if past else ():
        hosts = [name.lower() for name in spec_of(one)["hosts"].texts]
        if not hosts or past is None or not evidence.holds(one, past.seconds):
            continue
        if any(_is_called(host, evidence.called_outside) for host in hosts):
            continue
        sent = evidence.sent_by_namespace.items()
        count = sum(count for namespace, count in sent if is_exported(one, namespace))
        if count >= 1:
            parameters = (("hosts", ", ".join(hosts)), ("past", format_duration(past.seconds)))
            yield ConfigFinding(
                "MSH0301", Severity.UNKNOWN, one, "spec/hosts", parameters, basis=evidence.basis(count)
            )


def _is_called(host: str, called: frozenset[str]) -> bool:
    return host in called or (host.startswith("*") and any(covers(host, name) for name in called))


def _find_unnamed(registry: Registry, evidence: Evidence) -> Iterator[ConfigFinding]:
    rows = evidence.requests
    rows = rows[(rows[fields.DESTINATION_SERVICE_NAME] == fields.PASSTHROUGH).to_numpy()]
    for host, calls in rows.groupby(fields.DESTINATION_SERVICE):
        name, _, port = str(host).lower().partition(":")
        count = float(calls[COUNT].sum())
        if count < 1 or not _DNS_NAME.fullmatch(name) or (port and not port.isdecimal()):
            continue
        namespace, workload = _largest(calls)
        caller = workload_object(registry, namespace, workload)
        if is_registered(registry, Host(name), caller):
            continue
        protocol = str(calls.groupby(fields.PROTOCOL)[COUNT].sum().idxmax())
        parameters = (("host", name), ("workload", workload), ("port", port or "80"))
        yield ConfigFinding(
            "MSH0302",
            Severity.WARNING,
            caller,
            "",
            parameters,
            basis=evidence.basis(count),
            proposal=_entry(caller, name, protocol, port),
        )


def _largest(calls: pd.DataFrame) -> tuple[str, str]:
    """Namespace and workload that called most."""
    by = [fields.SOURCE_WORKLOAD_NAMESPACE, fields.SOURCE_WORKLOAD]
    counts = calls.groupby(by, as_index=False)[COUNT].sum()
    largest = counts.loc[counts[COUNT].idxmax()]
    return str(largest[by[0]]), str(largest[by[1]])


def _entry(caller: KubeObject, host: str, protocol: str, port: str) -> str:
    """YAML of a ServiceEntry for a host, in the caller's namespace."""
    entry = {
        "apiVersion": "networking.istio.io/v1",
        "kind": "ServiceEntry",
        "metadata": {"name": host.replace(".", "-")[:63].strip("-"), "namespace": caller.namespace},
        "spec": {
            "hosts": [host],
            "location": "MESH_EXTERNAL",
            "resolution": "DNS",
            "ports": [{**PORTS[protocol], **({"number": int(port)} if port else {})}],
        },
    }
    return yaml.safe_dump(entry, sort_keys=False)


UNUSED_ENTRY = JoinedRule("MSH0301", ("ServiceEntry",), _find_unused, True)
UNNAMED_HOST = JoinedRule("MSH0302", ("Deployment", "ServiceEntry", *WORKLOAD_KINDS), _find_unnamed, True)
