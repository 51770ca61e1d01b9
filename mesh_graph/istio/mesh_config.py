"""Istio's own settings: the mesh's configuration in the ConfigMap ``istio``, and istiod's environment.

What is not written has Istio's default. Source: istio.io, "Global Mesh Options" and pilot-discovery's
environment variables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mesh_graph.istio.place import Place, spec_of
from mesh_graph.sources.cluster import EMPTY, KubeObject, Snapshot
from mesh_graph.sources.manifest_text import ManifestInvalid, documents

__all__ = ["MeshConfig", "mesh_config"]

ALLOW_ANY = "ALLOW_ANY"
CONFIG_MAP = "istio"
ROOT_NAMESPACE = "istio-system"
TRUST_DOMAIN = "cluster.local"
DEFAULT_SAMPLING = 1.0
"""Percent of the requests that are traced where nothing says how many."""
SCOPED_GATEWAYS = "PILOT_SCOPE_GATEWAY_TO_NAMESPACE"
SAMPLING = "PILOT_TRACE_SAMPLING"


@dataclass(frozen=True, slots=True)
class MeshConfig:
    """What one cluster's control plane is told.

    Attributes
    ----------
    is_written : bool
        Whether a mesh configuration was found and could be read; the rest is Istio's defaults without it.
    root_namespace : str
        Whose objects hold for the whole mesh.
    outbound_policy : str
        ``ALLOW_ANY`` or ``REGISTRY_ONLY``.
    auto_mtls : bool
    trust_domain : str
    trust_domain_aliases : tuple of str
    sampling_percent : float
        Of requests that are traced where no Telemetry says otherwise.
    sampling_from : str
        Who says so: ``mesh-config``, ``istiod``, or ``default`` for Istio itself.
    scopes_gateways : bool
        Whether a Gateway takes proxies of its own namespace only.
    environment : mapping of str to str
        Of istiod, the plain values.
    """

    is_written: bool = False
    root_namespace: str = ROOT_NAMESPACE
    outbound_policy: str = ALLOW_ANY
    auto_mtls: bool = True
    trust_domain: str = TRUST_DOMAIN
    trust_domain_aliases: tuple[str, ...] = ()
    sampling_percent: float = DEFAULT_SAMPLING
    sampling_from: str = "default"
    scopes_gateways: bool = False
    environment: Mapping[str, str] = field(default_factory=lambda: EMPTY)

    @property
    def allows_any(self) -> bool:
        """Whether requests to hosts that nobody registered leave the mesh."""
        return self.outbound_policy == ALLOW_ANY


def mesh_config(snapshot: Snapshot, cluster: str) -> MeshConfig:
    """The settings of a cluster's control plane; Istio's defaults for what is not told."""
    environment = _environment(snapshot, cluster)
    written = _written(snapshot, cluster)
    mesh = written or Place({}, "mesh")
    policy = mesh["outboundTrafficPolicy"]["mode"].text
    percent, origin = _sampling(
        mesh["defaultConfig"]["tracing"]["sampling"].value, environment.get(SAMPLING, "")
    )
    return MeshConfig(
        is_written=written is not None,
        root_namespace=mesh["rootNamespace"].text or ROOT_NAMESPACE,
        outbound_policy=policy or ALLOW_ANY,
        auto_mtls=mesh["enableAutoMtls"].value is not False,
        trust_domain=mesh["trustDomain"].text or TRUST_DOMAIN,
        trust_domain_aliases=mesh["trustDomainAliases"].texts,
        sampling_percent=percent,
        sampling_from=origin,
        scopes_gateways=environment.get(SCOPED_GATEWAYS, "").lower() == "true",
        environment=environment,
    )


def _written(snapshot: Snapshot, cluster: str) -> Place | None:
    """The mesh configuration; of several that of Istio's own namespace, else the first."""
    found = [
        one for one in snapshot.objects("ConfigMap") if one.cluster == cluster and one.name == CONFIG_MAP
    ]
    found.sort(key=lambda one: one.namespace != ROOT_NAMESPACE)
    for one in found:
        text = spec_of(one)["mesh"].text
        try:
            read = documents(text)
        except ManifestInvalid:
            continue
        if read:
            return Place(read[0].value, "mesh")
    return None


def _environment(snapshot: Snapshot, cluster: str) -> Mapping[str, str]:
    return {
        variable["name"].text: variable["value"].text
        for one in snapshot.objects("Istiod")
        if one.cluster == cluster
        for variable in _variables(one)
        if variable["name"].text
    }


def _variables(one: KubeObject) -> list[Place]:
    containers = spec_of(one)["template"]["spec"]["containers"]
    return [variable for container in containers for variable in container["env"]]


def _sampling(configured: object, variable: str) -> tuple[float, str]:
    """Percent, and who says so; what is no percentage says nothing."""
    if isinstance(configured, int | float) and not isinstance(configured, bool) and 0 <= configured <= 100:
        return float(configured), "mesh-config"
    try:
        percent = float(variable)
    except ValueError:
        percent = -1.0
    return (percent, "istiod") if 0 <= percent <= 100 else (DEFAULT_SAMPLING, "default")
