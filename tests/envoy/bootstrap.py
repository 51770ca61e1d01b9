"""Envoy bootstraps of the two proxies, as plain data.

The source's proxy routes by path, ``/<hop>/<policy>/<behaviour>``: the hop is ``h1`` or ``h2`` (the protocol
between the two proxies), the policy a route's, the behaviour what the application does. The destination's
proxy sends all to the application, but ``…/refused`` to a closed port.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["HOPS", "Ports", "destination", "source"]

Json = dict[str, Any]

HOPS = ("h1", "h2")
_LOG_FIELDS = {
    "scenario": "%REQ(X-SCENARIO)%",
    "code": "%RESPONSE_CODE%",
    "flags": "%RESPONSE_FLAGS%",
    "grpc_status": "%GRPC_STATUS_NUMBER%",
    "protocol": "%PROTOCOL%",
    "content_type": "%REQ(CONTENT-TYPE)%",
    "upstream_host": "%UPSTREAM_HOST%",
}

_FILTERS = "envoy.extensions.filters.http"
_RETRY: Json = {
    "retry_on": "5xx",
    "num_retries": 2,
    "retry_back_off": {"base_interval": "0.001s", "max_interval": "0.002s"},
}
_ALWAYS: Json = {"numerator": 100}
_POLICIES: dict[str, Json] = {
    "plain": {},
    "retry": {"route": {"retry_policy": _RETRY}},
    "timeout": {"route": {"timeout": "0.2s"}},
    "per-try": {"route": {"timeout": "5s", "retry_policy": {**_RETRY, "per_try_timeout": "0.2s"}}},
    "idle": {"route": {"idle_timeout": "0.2s"}},
    "duration": {"route": {"max_stream_duration": {"max_stream_duration": "0.2s"}}},
    "closed": {"cluster": "closed"},
    "closed-retry": {"cluster": "closed", "route": {"retry_policy": _RETRY}},
    "mortal": {"cluster": "mortal"},
    "full": {"cluster": "full"},
    "deserted": {"cluster": "deserted"},
    "itself": {"direct_response": {"status": 404}},
    "abort": {
        "filter": (
            "envoy.filters.http.fault",
            {
                "@type": f"type.googleapis.com/{_FILTERS}.fault.v3.HTTPFault",
                "abort": {"http_status": 418, "percentage": _ALWAYS},
            },
        )
    },
    "delay": {
        "filter": (
            "envoy.filters.http.fault",
            {
                "@type": f"type.googleapis.com/{_FILTERS}.fault.v3.HTTPFault",
                "delay": {"fixed_delay": "0.05s", "percentage": _ALWAYS},
            },
        )
    },
    "limited": {
        "filter": (
            "envoy.filters.http.local_ratelimit",
            {
                "@type": f"type.googleapis.com/{_FILTERS}.local_ratelimit.v3.LocalRateLimit",
                "stat_prefix": "limited",
                "token_bucket": {"max_tokens": 1, "fill_interval": "3600s"},
                "filter_enabled": {"default_value": _ALWAYS},
                "filter_enforced": {"default_value": _ALWAYS},
            },
        )
    },
}


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the source's clusters lead: the destination's proxy, one that will be killed, a closed port."""

    server: int
    mortal: int
    closed: int


def source(ports: Ports, log: Path) -> Json:
    """Bootstrap of the source's proxy."""
    routes = [_policy_route(hop, name, policy) for hop in HOPS for name, policy in _POLICIES.items()]
    routes += [_mirror_route(hop) for hop in HOPS]
    clusters = [cluster for hop in HOPS for cluster in _hop_clusters(hop, ports)]
    return _bootstrap(_listener(0, routes, log), clusters)


def destination(app_port: int, closed_port: int, log: Path, *, port: int = 0) -> Json:
    """Bootstrap of the destination's proxy; port 0 takes a free one."""
    routes = [
        {"match": {"safe_regex": {"regex": ".*/refused"}}, "route": {"cluster": "refused"}},
        {"match": {"prefix": "/"}, "route": {"cluster": "app", "timeout": "0s"}},
    ]
    return _bootstrap(
        _listener(port, routes, log), [_cluster("app", app_port), _cluster("refused", closed_port)]
    )


def _policy_route(hop: str, name: str, policy: Json) -> Json:
    match: Json = {"match": {"prefix": f"/{hop}/{name}/"}}
    if "direct_response" in policy:
        return match | {"direct_response": policy["direct_response"]}
    cluster = f"{policy.get('cluster', 'server')}-{hop}"
    route = match | {"route": {"cluster": cluster, "timeout": "0s"} | policy.get("route", {})}
    if "filter" in policy:
        route["typed_per_filter_config"] = dict([policy["filter"]])
    return route


def _mirror_route(hop: str) -> Json:
    cluster = f"server-{hop}"
    mirror = {"cluster": cluster, "runtime_fraction": {"default_value": _ALWAYS}}
    action = {"cluster": cluster, "timeout": "0s", "request_mirror_policies": [mirror]}
    return {"match": {"prefix": f"/{hop}/mirror/"}, "route": action}


def _hop_clusters(hop: str, ports: Ports) -> list[Json]:
    protocol = {"h1": "http_protocol_options", "h2": "http2_protocol_options"}[hop]
    options = {
        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
            "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
            "explicit_http_config": {protocol: {}},
        }
    }
    nothing = {"thresholds": [{"max_requests": 0, "max_pending_requests": 0}]}
    clusters = [
        _cluster(f"server-{hop}", ports.server),
        _cluster(f"mortal-{hop}", ports.mortal),
        _cluster(f"closed-{hop}", ports.closed),
        _cluster(f"full-{hop}", ports.server) | {"circuit_breakers": nothing},
        _cluster(f"deserted-{hop}"),
    ]
    return [cluster | {"typed_extension_protocol_options": options} for cluster in clusters]


def _cluster(name: str, *ports: int) -> Json:
    endpoints = [{"endpoint": {"address": _address(port)}} for port in ports]
    assignment = {"cluster_name": name, "endpoints": [{"lb_endpoints": endpoints}]}
    return {"name": name, "type": "STATIC", "connect_timeout": "1s", "load_assignment": assignment}


def _listener(port: int, routes: list[Json], log: Path) -> Json:
    manager = {
        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3."
        "HttpConnectionManager",
        "stat_prefix": "traffic",
        # How long a connection lingers after an answer that broke off.
        "delayed_close_timeout": "0.05s",
        "access_log": [_access_log(log)],
        "http_filters": [
            _http_filter("fault", "fault.v3.HTTPFault"),
            _http_filter("local_ratelimit", "local_ratelimit.v3.LocalRateLimit", stat_prefix="limit"),
            _http_filter("router", "router.v3.Router"),
        ],
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": routes}]},
    }
    chain = {"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}
    return {"name": "traffic", "address": _address(port), "filter_chains": [chain]}


def _http_filter(name: str, message: str, **config: str) -> Json:
    typed = {"@type": f"type.googleapis.com/{_FILTERS}.{message}", **config}
    return {"name": f"envoy.filters.http.{name}", "typed_config": typed}


def _access_log(path: Path) -> Json:
    typed = {
        "@type": "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
        "path": str(path),
        "log_format": {"json_format": _LOG_FIELDS},
    }
    return {"name": "envoy.access_loggers.file", "typed_config": typed}


def _bootstrap(listener: Json, clusters: list[Json]) -> Json:
    return {"static_resources": {"listeners": [listener], "clusters": clusters}}


def _address(port: int) -> Json:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}
