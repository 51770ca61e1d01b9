"""Every setting with its type, default and help, and what they may not say together; there are no others.

The unit of a number is the end of its name (``_s``, ``_bytes``).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

import yaml
from pydantic import SecretStr, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from mesh_graph.settings.sign_in_values import FileOrFolder, HeaderName, LogFile, Networks, Prefix
from mesh_graph.settings.values import (
    Bytes,
    Count,
    Delay,
    File,
    Folder,
    Headers,
    LinkTemplates,
    MetricNames,
    Names,
    Port,
    Ratio,
    Scope,
    Seconds,
    StateFolder,
    ToleranceRules,
    Url,
    WholeDelay,
    WholeSeconds,
    is_loopback,
)

__all__ = ["ENV_PREFIX", "Settings", "is_service_link"]

ENV_PREFIX = "MESH_GRAPH_"
LogLevel = Literal["debug", "info", "warning", "error"]
HealthProfile = Literal["default", "kiali"]
AppLabels = Literal["auto", "canonical", "app"]
_ASKED = ("prometheus", "tracing")
"""Beginnings of the settings about servers that are asked over HTTP."""


def is_service_link(value: object) -> bool:
    """Whether Kubernetes put the value there.

    It gives every pod ``MESH_GRAPH_PORT=tcp://10.0.0.7:8050`` where a Service of the namespace is called
    ``mesh-graph``.
    """
    return isinstance(value, str) and value.startswith(("tcp://", "udp://", "sctp://"))


class _Environment(EnvSettingsSource):
    """The environment without the variables that Kubernetes adds."""

    def __call__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__call__().items() if not is_service_link(value)}


def _read_file(path: str | None) -> dict[str, Any]:
    """Names and values of a YAML file; none where no file is: the setting ``config`` says so."""
    if not path or not Path(path).expanduser().is_file():
        return {}
    found = yaml.safe_load(Path(path).expanduser().read_text(encoding="utf-8"))
    if found is None:
        return {}
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found):
        raise ValueError("it does not consist of names with values")
    return found


class Settings(BaseSettings):
    """All settings of one process, checked and frozen."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX,
        env_ignore_empty=True,
        enable_decoding=False,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    config: File | None = None
    """YAML file with settings by these names; itself set by flag or environment only."""

    host: str = "127.0.0.1"
    """Address to listen on; other than loopback only with a sign-in, or with `insecure_no_auth`."""
    port: Port = 8050
    """Port to listen on; 0 chooses a free one."""
    insecure_no_auth: bool = False
    """Allow an address that other machines reach without a sign-in: whoever reaches it sees the mesh."""
    allowed_hosts: Names = ()
    """Host names under which browsers may ask, besides the address itself and `localhost`."""
    tls_cert_file: File | None = None
    """Certificate (PEM, with those between it and the CA) to speak TLS with; read anew when it changes."""
    tls_key_file: File | None = None
    """Key of the certificate (PEM)."""
    log_level: LogLevel = "info"
    """Least severe messages that are logged: `debug`, `info`, `warning` or `error`."""

    users_file: FileOrFolder | None = None
    """YAML file of users, groups and what they may see, or a mounted Secret's folder; people then sign in."""
    session_idle_s: Seconds = 3600
    """A session ends after so long without a request; an open page that refreshes asks."""
    session_lifetime_s: Seconds = 12 * 3600
    """A session ends after so long in any case."""
    proxy_user_header: HeaderName | None = None
    """Header in which a trusted proxy names who asks, such as `X-Forwarded-User`; needs `trusted_proxies`."""
    proxy_groups_header: HeaderName | None = None
    """Header in which it names their groups, separated by commas."""
    oidc_issuer: Url | None = None
    """OpenID provider at which people sign in."""
    oidc_client_id: str | None = None
    """Our name at the provider, for which it knows the address `…/sign-in/openid/return`."""
    oidc_client_secret: SecretStr | None = None
    """Our secret at the provider; a public client has none."""
    oidc_client_secret_file: File | None = None
    """File with that secret."""
    oidc_scopes: Names = ("openid", "profile", "email")
    """What the provider is asked for."""
    oidc_user_claim: str = "preferred_username"
    """Claim with the name; `sub` never changes, `email` counts unless the provider calls it unverified."""
    oidc_groups_claim: str = "groups"
    """Claim with the groups; `realm_access.roles` is `roles` inside of `realm_access`."""
    oidc_ca_file: File | None = None
    """CA certificates (PEM) that the provider's certificate is checked with, in place of the system's."""
    oidc_label: str = "single sign-on"
    """What the sign-in page calls the provider."""
    oidc_sign_out: bool = True
    """Sign people out at the provider, too; it must know the address `…/sign-in`, to which it leads back."""
    audit_log: LogFile | None = None
    """File that is told who did what, when and from where, a JSON object a line; `-` is standard output."""
    trusted_proxies: Networks = ()
    """Addresses of reverse proxies; only their `X-Forwarded-*` headers are believed."""
    url_prefix: Prefix | None = None
    """Path under which a reverse proxy serves all pages, such as `/mesh`; the proxy leaves it in place."""

    prometheus_url: Url | None = None
    """Prometheus, or a server with its API (Thanos, Mimir, VictoriaMetrics); without it the demo mesh."""
    snapshot: File | None = None
    """File that `mesh-graph record` wrote, to look at in place of a Prometheus."""
    prometheus_username: str | None = None
    """User name of basic authentication."""
    prometheus_password: SecretStr | None = None
    """Password of basic authentication."""
    prometheus_password_file: File | None = None
    """File with the password; read anew when it changes."""
    prometheus_bearer_token: SecretStr | None = None
    """Bearer token."""
    prometheus_bearer_token_file: File | None = None
    """File with the bearer token; read anew when it changes."""
    prometheus_headers: Headers = {}
    """Headers of every request, such as `X-Scope-OrgID=east`."""
    prometheus_ca_file: File | None = None
    """CA certificates (PEM) that the server's certificate is checked with, in place of the system's."""
    prometheus_client_cert_file: File | None = None
    """Client certificate (PEM) of mutual TLS."""
    prometheus_client_key_file: File | None = None
    """Key of the client certificate (PEM), where the certificate's file does not hold it."""
    prometheus_tls_skip_verify: bool = False
    """Do not check the server's certificate."""

    jaeger_url: Url | None = None
    """Jaeger's query service, whose traces are shown; without one beside the demo mesh, the demo's."""
    zipkin_url: Url | None = None
    """Zipkin's server, in place of a Jaeger."""
    tempo_url: Url | None = None
    """Grafana Tempo's query frontend, in place of a Jaeger."""
    trace_file: File | None = None
    """File of traces (JSON of Jaeger, Zipkin or OTLP) to look at in place of a tracing backend."""
    tracing_username: str | None = None
    """User name of basic authentication at the tracing backend."""
    tracing_password: SecretStr | None = None
    """Password of basic authentication."""
    tracing_password_file: File | None = None
    """File with the password; read anew when it changes."""
    tracing_bearer_token: SecretStr | None = None
    """Bearer token."""
    tracing_bearer_token_file: File | None = None
    """File with the bearer token; read anew when it changes."""
    tracing_headers: Headers = {}
    """Headers of every request to the tracing backend, such as `X-Scope-OrgID=east`."""
    tracing_ca_file: File | None = None
    """CA certificates (PEM) that the tracing backend's certificate is checked with, not the system's."""
    tracing_client_cert_file: File | None = None
    """Client certificate (PEM) of mutual TLS."""
    tracing_client_key_file: File | None = None
    """Key of the client certificate (PEM), where the certificate's file does not hold it."""
    tracing_tls_skip_verify: bool = False
    """Do not check the tracing backend's certificate."""

    kubeconfig: File | None = None
    """Kubeconfig file of the clusters whose configuration is read."""
    kube_context: Names = ()
    """Contexts of the kubeconfig, each a cluster; its current one where not set."""
    in_cluster: bool = False
    """Read the cluster that this process runs in, by its pod's service account."""
    manifests: Folder | None = None
    """Folder of YAML manifests that are read in place of a cluster."""
    state_dir: StateFolder | None = None
    """Folder, made where it is missing, for what is remembered over restarts: what routes declared before."""
    ignored_checks: Names = ("KIA1301",)
    """Codes of configuration checks that are not looked for; an object's own annotation counts besides."""

    query_scope: Scope = ()
    """Label matchers put into every selector, such as `cluster="east"`."""
    metric_names: MetricNames = {}
    """Names of metrics that are stored under other names than Istio's, recording rules (gauges) included."""
    app_labels: AppLabels = "auto"
    """Labels that tell application and version: `canonical` or `app`; `auto` takes what the mesh has."""
    query_timeout_s: Seconds = 15
    """Longest wait for the answer to one query."""
    max_in_flight: Count = 8
    """Most queries asked at the same time."""
    max_series: Count = 500_000
    """Most series read of one answer; a longer one is refused."""
    max_bytes: Bytes = Bytes(256 * 1024 * 1024)
    """Most bytes read of one answer; a longer one is refused."""
    scrape_interval_s: Seconds | None = None
    """Scrape interval of Istio's metrics; measured where not set."""
    settle_s: Delay | None = None
    """How far live stays behind the clock, so that late samples are in; one scrape where not set."""

    window_s: WholeSeconds = 300
    """Range over which rates are taken, until a page is told another."""
    refresh_s: WholeSeconds = 15
    """Time between two refreshes of a page, until it is told another."""
    compare_s: WholeDelay = 3600
    """Age of the view that vanished and new traffic is told against; 0 compares with none."""
    health_profile: HealthProfile = "default"
    """Tolerances of failing requests: `default`, or `kiali` for Kiali's own."""
    health_tolerances: ToleranceRules = ()
    """Tolerances of some objects, in place of the profile's; the first rule that matches decides."""
    canary_minimum_requests: Count = 500
    """Requests of a new version before it is promoted."""
    canary_share_margin: Ratio = 0.01
    """Difference of a share to the declared weight that is let pass; a tenth of the weight at least."""
    canary_error_margin: Ratio = 0.005
    """Difference of error ratios that matters; half the baseline's ratio at least."""
    canary_client_error_margin: Ratio = 0.02
    """Difference of client errors, and of hang-ups, that matters; half the baseline's ratio at least."""
    canary_latency_margin: Ratio = 0.01
    """Difference of shares above the latency objective that matters; half the baseline's share at least."""
    canary_latency_objective_s: Seconds | None = None
    """Response time that requests should not exceed; chosen from the baseline's past where not set."""
    canary_settle_s: Delay = 60
    """Time after a route's change that is not counted, until every proxy knows of it."""
    panels_file: File | None = None
    """YAML file of panels of your own for the detail pages: named PromQL with `$namespace`, `$app` …"""
    links: LinkTemplates = {}
    """Links on detail pages to your own Grafana, Jaeger, Kiali …: URLs with `{namespace}`, `{name}` …"""
    node_budget: Count = 400
    """Most nodes drawn before parts of the graph are folded."""
    cache_bytes: Bytes = Bytes(256 * 1024 * 1024)
    """Memory for answers and graphs kept for the next viewer."""

    @property
    def has_sign_in(self) -> bool:
        """Whether people have to sign in."""
        return bool(self.users_file or self.proxy_user_header or self.oidc_issuer)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then the YAML file that either of them names."""
        path = init_settings().get("config") or os.environ.get(ENV_PREFIX + "CONFIG")
        return init_settings, _Environment(settings_cls), InitSettingsSource(settings_cls, _read_file(path))

    @model_validator(mode="after")
    def _listen_safely(self) -> Self:
        if not self.has_sign_in and not self.insecure_no_auth and not is_loopback(self.host):
            raise ValueError(
                f"host {self.host} can be reached from other machines, and there is no sign-in: whoever "
                "reaches it sees the mesh. Set users_file (--users-file) so that people sign in, or set "
                "insecure_no_auth (--insecure-no-auth) if the network itself keeps others out."
            )
        return self

    @model_validator(mode="after")
    def _sign_in_or_not(self) -> Self:
        if self.has_sign_in and self.insecure_no_auth:
            raise ValueError("insecure_no_auth is for a server without a sign-in, but there is one.")
        if self.audit_log and not self.has_sign_in:
            raise ValueError("audit_log needs a sign-in: without one nobody has a name. Set users_file.")
        if (self.proxy_user_header or self.proxy_groups_header) and not self.trusted_proxies:
            raise ValueError("proxy_user_header is believed of trusted_proxies alone: set them.")
        if self.proxy_groups_header and not self.proxy_user_header:
            raise ValueError("proxy_groups_header goes with proxy_user_header: set both.")
        return self

    @model_validator(mode="after")
    def _speak_tls_or_not(self) -> Self:
        if bool(self.tls_cert_file) != bool(self.tls_key_file):
            raise ValueError("tls_cert_file goes with tls_key_file: set both.")
        return self

    @model_validator(mode="after")
    def _ask_one_provider(self) -> Self:
        if bool(self.oidc_issuer) != bool(self.oidc_client_id):
            raise ValueError("oidc_issuer goes with oidc_client_id: set both.")
        if self.oidc_client_secret and self.oidc_client_secret_file:
            raise ValueError("only one of oidc_client_secret and oidc_client_secret_file can be set.")
        parts = urlsplit(self.oidc_issuer or "")
        if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
            raise ValueError("oidc_issuer is asked over https only, but for a provider on loopback.")
        if self.oidc_issuer and "openid" not in self.oidc_scopes:
            raise ValueError("oidc_scopes lack openid.")
        return self

    @model_validator(mode="after")
    def _look_at_one_mesh(self) -> Self:
        if self.snapshot and self.prometheus_url:
            raise ValueError("only one of prometheus_url and snapshot can be set.")
        if self.snapshot and self.query_scope:
            raise ValueError("query_scope is for a Prometheus: a snapshot holds what was recorded.")
        return self

    @model_validator(mode="after")
    def _read_one_configuration(self) -> Self:
        if sum(map(bool, (self.kubeconfig or self.kube_context, self.in_cluster, self.manifests))) > 1:
            raise ValueError("only one of kubeconfig or kube_context, in_cluster and manifests can be set.")
        return self

    @model_validator(mode="after")
    def _read_traces_of_one_backend(self) -> Self:
        if sum(map(bool, (self.jaeger_url, self.zipkin_url, self.tempo_url, self.trace_file))) > 1:
            raise ValueError("only one of jaeger_url, zipkin_url, tempo_url and trace_file can be set.")
        return self

    @model_validator(mode="after")
    def _authenticate_in_one_way(self) -> Self:
        for who in _ASKED:
            passwords = [f"{who}_password", f"{who}_password_file"]
            names = [*passwords, f"{who}_bearer_token", f"{who}_bearer_token_file"]
            given = [name for name in names if getattr(self, name) is not None]
            if len(given) > 1:
                raise ValueError(f"only one of {', '.join(names[:-1])} and {names[-1]} can be set.")
            if (getattr(self, f"{who}_username") is not None) != any(name in passwords for name in given):
                raise ValueError(f"{who}_username goes with {' or '.join(passwords)}: set both.")
        return self

    @model_validator(mode="after")
    def _check_certificates_in_one_way(self) -> Self:
        for who in _ASKED:
            if getattr(self, f"{who}_client_key_file") and not getattr(self, f"{who}_client_cert_file"):
                raise ValueError(f"{who}_client_key_file needs {who}_client_cert_file beside it.")
            if getattr(self, f"{who}_tls_skip_verify") and getattr(self, f"{who}_ca_file"):
                raise ValueError(f"{who}_ca_file says how to check, {who}_tls_skip_verify not to; set one.")
        return self
