"""What the simulated mesh's people wrote beside its routes: policies, imports, filters, Istio's own settings.

Most of it holds; some was left in for the checks to find, from the object alone or beside what is counted:

- ``payments/callers`` names an account as a certificate does, with ``spiffe://``;
- ``logistics/default`` imports a service by its short name;
- ``logistics/carrier`` retries what mostly fails again, with a time limit that cuts requests off;
- ``logistics/old-partner`` registers a host that nobody calls any more;
- ``shop/default`` takes mutual TLS only, and a caller without a proxy goes on in plain text.
"""

from __future__ import annotations

from typing import Any

import yaml

__all__ = ["configured"]

_EVERYWHERE = """
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: |
    rootNamespace: istio-system
    trustDomain: cluster.local
    enableAutoMtls: true
    outboundTrafficPolicy: {mode: ALLOW_ANY}
    defaultConfig: {tracing: {sampling: 10}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system, labels: {app: istiod}}
spec:
  replicas: 1
  selector: {matchLabels: {app: istiod}}
  template:
    metadata: {labels: {app: istiod, sidecar.istio.io/inject: "false"}}
    spec:
      serviceAccountName: istiod
      containers:
      - name: discovery
        image: registry.example/pilot:1.30.0
        env: [{name: PILOT_TRACE_SAMPLING, value: "1"}]
status: {replicas: 1, readyReplicas: 1, availableReplicas: 1}
---
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: mesh-default, namespace: istio-system}
spec: {tracing: [{randomSamplingPercentage: 1}]}
"""

_EAST = """
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: resizer, namespace: media}
spec:
  hosts: [resizer]
  http:
  - fault: {abort: {percentage: {value: 2}, httpStatus: 503}}
    route: [{destination: {host: resizer}}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: partners, namespace: istio-system}
spec:
  gatewayClassName: istio
  listeners: [{name: http, port: 8080, protocol: HTTP, hostname: partners.example.com}]
---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: local-rate-limit, namespace: istio-system}
spec:
  workloadSelector: {labels: {istio: ingressgateway}}
  configPatches:
  - applyTo: HTTP_FILTER
    match:
      context: GATEWAY
      listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager}}}
    patch:
      operation: INSERT_BEFORE
      value:
        name: envoy.filters.http.local_ratelimit
        typed_config:
          "@type": type.googleapis.com/udpa.type.v1.TypedStruct
          type_url: type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
          value:
            stat_prefix: public
            token_bucket: {max_tokens: 500, tokens_per_fill: 500, fill_interval: 1s}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
---
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: customers, namespace: shop}
spec:
  selector: {matchLabels: {app: frontend}}
  jwtRules: [{issuer: "https://login.example.com", jwksUri: "https://login.example.com/keys"}]
---
apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: {name: bot-score, namespace: shop}
spec:
  selector: {matchLabels: {app: frontend}}
  url: oci://registry.example/bot-score:2.1
  phase: AUTHN
  pluginConfig: {endpoint: "http://bots.example.com", api_key: 5f2d7c1e-demo}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: callers, namespace: payments}
spec:
  selector: {matchLabels: {app: payment}}
  rules:
  - from:
    - source:
        principals: [cluster.local/ns/shop/sa/checkout, "spiffe://cluster.local/ns/shop/sa/frontend"]
---
apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: mainframe, namespace: payments}
spec: {metadata: {labels: {app: mainframe}}, template: {serviceAccount: ledger}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: mainframe-1, namespace: payments}
spec: {address: 192.0.2.10, labels: {app: mainframe}, serviceAccount: ledger}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: monitoring}
spec:
  egress: [{hosts: ["./*", "istio-system/*", "bookinfo/*", "shop/*"]}]
  outboundTrafficPolicy: {mode: REGISTRY_ONLY}
---
apiVersion: batch/v1
kind: Job
metadata: {name: reindex, namespace: shop, labels: {app: reindex}}
spec:
  template:
    metadata: {labels: {app: reindex, sidecar.istio.io/inject: "false"}}
    spec:
      restartPolicy: Never
      serviceAccountName: catalog
      containers: [{name: reindex, image: "registry.example/reindex:v2"}]
"""

_WEST = """
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: carrier, namespace: logistics}
spec:
  hosts: [carrier]
  http:
  - timeout: 6s
    retries: {attempts: 2, perTryTimeout: 2s, retryOn: "5xx,reset"}
    route: [{destination: {host: carrier}}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: old-partner, namespace: logistics}
spec:
  hosts: [tracking.old-partner.example]
  location: MESH_EXTERNAL
  resolution: DNS
  ports: [{number: 443, name: https, protocol: HTTPS}]
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: logistics}
spec:
  egress: [{hosts: ["*/*", "./carrier"]}]
"""


def configured(*, is_first: bool) -> list[dict[str, Any]]:
    """Objects of one cluster: of the first those of the east, of any other those of the west."""
    text = _EVERYWHERE + "---" + (_EAST if is_first else _WEST)
    return [one for one in yaml.load_all(text, yaml.CSafeLoader) if one]
