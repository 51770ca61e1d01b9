"""Settings to the sources that they name: Prometheus or a snapshot, clusters, traces; else the demo's."""

from __future__ import annotations

import logging

from pydantic import SecretStr

from mesh_graph.errors import ConfigError
from mesh_graph.settings import Settings
from mesh_graph.sources.base import MetricsSource
from mesh_graph.sources.cluster import ClusterSource
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.demo_cluster import DemoCluster
from mesh_graph.sources.demo_traces import DemoTraces
from mesh_graph.sources.jaeger import JaegerTraces
from mesh_graph.sources.journal import Journal
from mesh_graph.sources.journaled import JournaledCluster
from mesh_graph.sources.manifests import ManifestSource
from mesh_graph.sources.options import (
    Credentials,
    LabelNaming,
    Limits,
    PrometheusOptions,
    Tls,
    TracingOptions,
)
from mesh_graph.sources.prometheus import PrometheusSource
from mesh_graph.sources.promql import ISTIO_NAMES, MetricKind, MetricName, MetricNames
from mesh_graph.sources.query import AnyFamily, Family, Matcher
from mesh_graph.sources.snapshot import open_snapshot
from mesh_graph.sources.tempo import TempoTraces
from mesh_graph.sources.trace_file import open_trace_file
from mesh_graph.sources.trace_source import TraceSource
from mesh_graph.sources.zipkin import ZipkinTraces

__all__ = ["connect", "connect_cluster", "connect_traces", "prometheus_options", "tracing_options"]


def connect(settings: Settings) -> MetricsSource:
    """The source that the settings name; nothing is asked of it yet, but a snapshot is read.

    Raises
    ------
    ConfigError
        If a setting cannot be used, or the file is no snapshot.
    """
    if settings.snapshot:
        return open_snapshot(settings.snapshot)
    return PrometheusSource(prometheus_options(settings)) if settings.prometheus_url else DemoSource()


def connect_cluster(settings: Settings) -> ClusterSource | None:
    """The cluster source that the settings name: the demo's beside the demo mesh, None where there is none.

    With a state folder it remembers what routes declared before; a journal that cannot be used is logged, and
    the rest goes on.

    Raises
    ------
    ConfigError
        If the kubeconfig or its context cannot be used.
    """
    source = _cluster(settings)
    if source is None or settings.state_dir is None:
        return source
    try:
        return JournaledCluster(source, Journal(settings.state_dir))
    except ConfigError as error:
        logging.getLogger(__name__).warning("%s", error)
        return source


def _cluster(settings: Settings) -> ClusterSource | None:
    if settings.manifests:
        return ManifestSource(settings.manifests)
    if not (settings.in_cluster or settings.kubeconfig or settings.kube_context):
        return None if settings.prometheus_url or settings.snapshot else DemoCluster()
    # Its import takes half a second, which a start without a cluster is spared.
    from mesh_graph.sources.kube import KubeSource
    from mesh_graph.sources.kube_access import from_kubeconfig, in_cluster

    apis = (
        in_cluster() if settings.in_cluster else from_kubeconfig(settings.kubeconfig, settings.kube_context)
    )
    return KubeSource(apis, reads_logs=settings.has_sign_in)


def connect_traces(settings: Settings) -> TraceSource | None:
    """The source of traces that the settings name: the demo's beside the demo mesh, None where there is none.

    Nothing is asked of a backend yet, but a file is read.

    Raises
    ------
    ConfigError
        If a setting cannot be used, or the file holds no traces.
    """
    if settings.trace_file:
        return open_trace_file(settings.trace_file)
    if settings.jaeger_url:
        return JaegerTraces(tracing_options(settings, settings.jaeger_url))
    if settings.zipkin_url:
        return ZipkinTraces(tracing_options(settings, settings.zipkin_url))
    if settings.tempo_url:
        return TempoTraces(tracing_options(settings, settings.tempo_url))
    return None if settings.prometheus_url or settings.snapshot else DemoTraces()


def prometheus_options(settings: Settings) -> PrometheusOptions:
    """What the settings say of the Prometheus.

    Raises
    ------
    ConfigError
        If no URL is set, or ``metric_names`` names an unknown family.
    """
    if settings.prometheus_url is None:
        raise ConfigError("prometheus_url is not set.")
    return PrometheusOptions(
        url=settings.prometheus_url,
        credentials=_credentials(settings),
        headers={name: value.get_secret_value() for name, value in settings.prometheus_headers.items()},
        tls=Tls(
            ca_file=settings.prometheus_ca_file,
            client_cert_file=settings.prometheus_client_cert_file,
            client_key_file=settings.prometheus_client_key_file,
            skip_verify=settings.prometheus_tls_skip_verify,
        ),
        limits=_limits(settings),
        scope=tuple(Matcher(*matcher) for matcher in settings.query_scope),
        names=_names(settings),
        labels=LabelNaming(settings.app_labels),
    )


def tracing_options(settings: Settings, url: str) -> TracingOptions:
    """What the settings say of a tracing backend at that URL.

    Raises
    ------
    ConfigError
        If a header cannot be sent.
    """
    return TracingOptions(
        url=url,
        credentials=Credentials(
            username=settings.tracing_username or "",
            password=_shown(settings.tracing_password),
            password_file=settings.tracing_password_file,
            bearer_token=_shown(settings.tracing_bearer_token),
            bearer_token_file=settings.tracing_bearer_token_file,
        ),
        headers={name: value.get_secret_value() for name, value in settings.tracing_headers.items()},
        tls=Tls(
            ca_file=settings.tracing_ca_file,
            client_cert_file=settings.tracing_client_cert_file,
            client_key_file=settings.tracing_client_key_file,
            skip_verify=settings.tracing_tls_skip_verify,
        ),
        limits=_limits(settings),
    )


def _limits(settings: Settings) -> Limits:
    return Limits(
        timeout_s=settings.query_timeout_s,
        max_in_flight=settings.max_in_flight,
        max_series=settings.max_series,
        max_bytes=settings.max_bytes,
    )


def _credentials(settings: Settings) -> Credentials:
    return Credentials(
        username=settings.prometheus_username or "",
        password=_shown(settings.prometheus_password),
        password_file=settings.prometheus_password_file,
        bearer_token=_shown(settings.prometheus_bearer_token),
        bearer_token_file=settings.prometheus_bearer_token_file,
    )


def _shown(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


def _names(settings: Settings) -> MetricNames:
    unknown = set(settings.metric_names) - {family.value for family in Family}
    if unknown:
        raise ConfigError(
            f"metric_names names {', '.join(sorted(unknown))}, which is no family. "
            f"It takes {', '.join(family.value for family in Family)}."
        )
    given: dict[AnyFamily, MetricName] = {
        Family(family): MetricName(m.name, MetricKind(m.kind)) for family, m in settings.metric_names.items()
    }
    return {**ISTIO_NAMES, **given}
