"""Contexts of a kubeconfig, or the pod's own service account → the API servers to read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml
from kubernetes.client import Configuration
from kubernetes.client.api_client import ApiClient
from kubernetes.config import kube_config
from kubernetes.config.config_exception import ConfigException
from kubernetes.config.incluster_config import load_incluster_config

from mesh_graph.errors import ConfigError
from mesh_graph.sources.cluster_kinds import KINDS
from mesh_graph.sources.kube_api import KubeApi

__all__ = ["from_kubeconfig", "in_cluster"]

IN_CLUSTER = "Kubernetes"
"""Istio's own name for a cluster that nobody has named (``global.multiCluster.clusterName``)."""


def from_kubeconfig(path: Path | None, contexts: Sequence[str]) -> list[KubeApi]:
    """The API servers of contexts.

    Parameters
    ----------
    path : Path or None
        None is ``KUBECONFIG``, else ``~/.kube/config``.
    contexts : sequence of str
        Each is a cluster; none is the current context.

    Raises
    ------
    ConfigError
        If the file cannot be used, or has no such context.
    """
    file = str(path) if path else None
    try:
        found, current = kube_config.list_kube_config_contexts(file)
        names = [context["name"] for context in found]
        chosen = list(dict.fromkeys(contexts)) or [current["name"]]
        unknown = [name for name in chosen if name not in names]
        if unknown:
            raise ConfigError(
                f"kube_context {unknown[0]} is not in the kubeconfig, which has {', '.join(names)}."
            )
        return [_of_context(file, name) for name in chosen]
    except (ConfigException, yaml.YAMLError, OSError, TypeError, KeyError, ValueError) as error:
        words = " ".join(str(error).split()).rstrip(".")
        raise ConfigError(f"The kubeconfig cannot be used: {words}.") from None


def in_cluster() -> list[KubeApi]:
    """The API server of the cluster that this process runs in, by its pod's service account.

    Raises
    ------
    ConfigError
        If the process does not run in a pod with a service account's token.
    """
    try:
        configuration = Configuration()
        load_incluster_config(configuration)
        return [_api(IN_CLUSTER, configuration)]
    except (ConfigException, OSError) as error:
        raise ConfigError(
            f"in_cluster is set, but this is no pod with a service account: {error} "
            "Set kubeconfig (--kubeconfig) instead, or mount the token."
        ) from None


def _of_context(file: str | None, name: str) -> KubeApi:
    configuration = Configuration()
    # Nothing is written, a renewed token neither.
    kube_config.load_kube_config(file, name, configuration, persist_config=False)
    return _api(name, configuration)


def _api(name: str, configuration: Configuration) -> KubeApi:
    configuration.retries = False  # the watch waits and tries again by itself
    configuration.connection_pool_maxsize = len(KINDS) + 8  # a watch of each, and a few logs
    return KubeApi(name, ApiClient(configuration))
