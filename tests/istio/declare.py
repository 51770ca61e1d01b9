"""Config objects in a few words, as snapshots that the pure rooms are tested with."""

from __future__ import annotations

from typing import Any

import yaml

from mesh_graph.sources.cluster import Snapshot
from mesh_graph.sources.demo_cluster import snapshot_of

__all__ = ["deployment", "parsed", "service", "snapshot"]


def parsed(text: str) -> list[dict[str, Any]]:
    """Objects of a YAML text; those without a namespace are in ``bookinfo``."""
    objects = [one for one in yaml.safe_load_all(text) if one]
    for one in objects:
        one["metadata"].setdefault("namespace", "bookinfo")
    return objects


def snapshot(*objects: str | dict[str, Any], cluster: str = "east") -> Snapshot:
    """A snapshot of YAML texts and objects."""
    raw = [one for given in objects for one in (parsed(given) if isinstance(given, str) else [given])]
    return snapshot_of({cluster: raw}, version=1, confirmed_at=0.0)


def service(name: str, namespace: str = "bookinfo", **selector: str) -> dict[str, Any]:
    """A Service that selects its app."""
    spec = {"selector": selector or {"app": name}}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }


def deployment(app: str, version: str, namespace: str = "bookinfo", **labels: str) -> dict[str, Any]:
    """A Deployment of one version of an app."""
    spec = {"template": {"metadata": {"labels": {"app": app, "version": version, **labels}}}}
    metadata = {"name": f"{app}-{version}", "namespace": namespace}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}
