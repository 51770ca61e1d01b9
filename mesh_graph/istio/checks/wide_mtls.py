"""KIA0205 to KIA0208, KIA0401, KIA0501, KIA0505, KIA0506: clients and servers told different things."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mesh_graph.istio.checks.finding import ConfigFinding, Rule, Severity
from mesh_graph.istio.checks.wide_rules import MESH_HOST, MUTUAL, enabling, mode_place, namespace_host
from mesh_graph.istio.mutual_tls import DISABLE, PERMISSIVE, STRICT, selector_of
from mesh_graph.istio.place import spec_of
from mesh_graph.istio.subsets import Registry
from mesh_graph.sources.cluster import KubeObject

__all__ = ["WIDE_MTLS"]

Find = Callable[[Registry], Iterator[ConfigFinding]]
NEEDS_AUTHENTICATION = ("DestinationRule", "PeerAuthentication", "ConfigMap")
NEEDS_RULE = ("PeerAuthentication", "DestinationRule", "ConfigMap")
MODE_PATH = "spec/mtls/mode"


def _rules(registry: Registry, modes: tuple[str, ...]) -> Iterator[tuple[KubeObject, str]]:
    """DestinationRules with one of the modes for the mesh or a namespace, and that namespace."""
    for rule in registry.snapshot.objects("DestinationRule"):
        host = spec_of(rule)["host"].text.lower()
        if mode_place(rule).text not in modes:
            continue
        if host == MESH_HOST:
            yield rule, ""
        elif host.startswith("*.") and host.endswith(".svc.cluster.local"):
            yield rule, host.removeprefix("*.").removesuffix(".svc.cluster.local")


def _told(registry: Registry, cluster: str, namespace: str) -> str:
    """Mode that a PeerAuthentication of exactly that namespace declares; empty for none."""
    mode = registry.peer_modes.namespace(cluster, namespace)
    is_own = mode.source is not None and mode.source.namespace == namespace
    return mode.name if is_own else ""


def _found(code: str, one: KubeObject, path: str, namespace: str, *others: KubeObject) -> ConfigFinding:
    names = ", ".join(f"{other.namespace}/{other.name}" for other in others)
    parameters = (("namespace", namespace), ("others", names))
    return ConfigFinding(code, Severity.ERROR, one, path, parameters)


def _find_unanswered(registry: Registry) -> Iterator[ConfigFinding]:
    """Clients use mutual TLS, and no server is told to expect it."""
    enabled = (STRICT, PERMISSIVE)
    for rule, namespace in _rules(registry, MUTUAL):
        config = registry.config(rule.cluster, rule.namespace)
        if config.auto_mtls or _told(registry, rule.cluster, config.root_namespace) in enabled:
            continue
        path = mode_place(rule).path
        if not namespace:
            yield _found("KIA0205", rule, path, "")
        elif _told(registry, rule.cluster, namespace) not in enabled:
            yield _found("KIA0206", rule, path, namespace)


def _find_refused(registry: Registry) -> Iterator[ConfigFinding]:
    """Clients use plain text, and servers refuse it."""
    for rule, namespace in _rules(registry, (DISABLE,)):
        root = registry.config(rule.cluster).root_namespace
        own = _told(registry, rule.cluster, namespace) if namespace else ""
        if own == STRICT:
            yield _found("KIA0207", rule, mode_place(rule).path, namespace)
        elif not own and _told(registry, rule.cluster, root) == STRICT:
            yield _found("KIA0208", rule, mode_place(rule).path, namespace)


def _wide(registry: Registry, mode: str) -> Iterator[tuple[KubeObject, str]]:
    """PeerAuthentications with a mode for the mesh or a namespace, and that namespace."""
    for one in registry.snapshot.objects("PeerAuthentication"):
        if not selector_of(one) and spec_of(one)["mtls"]["mode"].text == mode:
            is_mesh = one.namespace == registry.config(one.cluster).root_namespace
            yield one, "" if is_mesh else one.namespace


def _find_unused(registry: Registry) -> Iterator[ConfigFinding]:
    """Servers refuse plain text, and no client is told to use mutual TLS."""
    for one, namespace in _wide(registry, STRICT):
        has_auto_mtls = registry.config(one.cluster, one.namespace).auto_mtls
        if has_auto_mtls or enabling(registry, one.cluster, MESH_HOST):
            continue
        if not namespace:
            yield _found("KIA0401", one, MODE_PATH, "")
        elif not enabling(registry, one.cluster, namespace_host(namespace)):
            yield _found("KIA0501", one, MODE_PATH, namespace)


def _find_unexpected(registry: Registry) -> Iterator[ConfigFinding]:
    """Servers take plain text only, and clients are told to use mutual TLS."""
    for one, namespace in _wide(registry, DISABLE):
        wide = enabling(registry, one.cluster, MESH_HOST)
        own = enabling(registry, one.cluster, namespace_host(namespace)) if namespace else ()
        if wide or own:
            yield _found("KIA0505" if namespace else "KIA0506", one, MODE_PATH, namespace, *own, *wide)


def _only(code: str, find: Find) -> Find:
    return lambda registry: (finding for finding in find(registry) if finding.code == code)


WIDE_MTLS = tuple(
    Rule(code, needs, _only(code, find), find is _find_unused)
    for needs, find, codes in (
        (NEEDS_AUTHENTICATION, _find_unanswered, ("KIA0205", "KIA0206")),
        (NEEDS_AUTHENTICATION, _find_refused, ("KIA0207", "KIA0208")),
        (NEEDS_RULE, _find_unused, ("KIA0401", "KIA0501")),
        (NEEDS_RULE, _find_unexpected, ("KIA0505", "KIA0506")),
    )
    for code in codes
)
