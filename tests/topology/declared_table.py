"""Declared facts in a few words."""

from mesh_graph.topology.declared import Declared, DeclaredService, DeclaredWorkload


def workload(name, app="", version="v1", *, namespace="shop", cluster="east", pods=1, **more):
    app = app or name
    return DeclaredWorkload(cluster, namespace, name, app=app, version=version, pods=pods, **more)


def service(name, *, namespace="shop", cluster="east", **more):
    return DeclaredService(namespace, name, cluster=cluster, **more)


def declared(*parts, **more):
    """Facts of services and workloads."""
    services = {(p.namespace, p.name): p for p in parts if isinstance(p, DeclaredService)}
    workloads = {(p.cluster, p.namespace, p.name): p for p in parts if isinstance(p, DeclaredWorkload)}
    return Declared(**{"clusters": ("east",), "services": services, "workloads": workloads, **more})
