"""A folder of manifests may be a part of what is applied: what it says nothing of is not missing."""

import pytest

from mesh_graph.istio.checks import check
from mesh_graph.sources.manifests import ManifestSource

ROUTE = """
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop}
spec:
  hosts: [cart]
  gateways: [%s]
  http: [{route: [{destination: {host: %s}}]}]
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}}
"""
ONLY_ROUTE = (ROUTE % ("mesh", "cart")).partition("---")[0]
GATEWAY = """
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec: {selector: {istio: ingressgateway}}
"""
RULE = """
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop}
spec: {host: cart, subsets: [{name: v2, labels: {version: v2}}]}
"""
POLICY = """
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: callers, namespace: shop}
spec:
  selector: {matchLabels: {app: cart}}
  rules: [{from: [{source: {namespaces: [web], principals: [cluster.local/ns/web/sa/front]}}]}]
"""
EXPORTED = """
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: a, namespace: shop}
spec: {hosts: [a.example.com], exportTo: [web]}
"""
NAMESPACE = "{apiVersion: v1, kind: Namespace, metadata: {name: web}}"


def deployment(namespace: str = "shop", **labels: str) -> str:
    listed = ", ".join(f"{name}: {value}" for name, value in labels.items())
    return f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: one, namespace: {namespace}}}
spec: {{template: {{metadata: {{labels: {{{listed}}}}}}}}}
"""


@pytest.mark.parametrize(
    ("manifests", "codes"),
    [
        # names in namespaces that the folder holds nothing of, beside one that it holds
        ([ROUTE % ("istio-system/public", "cart")], []),
        ([ROUTE % ("mesh", "pay.money.svc.cluster.local")], []),
        ([ROUTE % ("mesh", "pay.money.svc.cluster.local"), NAMESPACE.replace("web", "money")], []),
        ([ROUTE % ("public", "cart")], ["KIA1102"]),
        ([ROUTE % ("mesh", "card")], ["KIA1101"]),
        ([ROUTE % ("web/public", "cart"), deployment("web", app="a")], ["KIA1102"]),
        ([ROUTE % ("mesh", "pay.web.svc.cluster.local"), deployment("web", app="a")], []),
        ([ONLY_ROUTE], []),
        ([EXPORTED], []),
        # proxies of gateways that are installed from elsewhere, and such that are not found among others
        ([GATEWAY], []),
        ([GATEWAY, deployment(app="cart")], []),
        ([GATEWAY, deployment(istio="egressgateway")], ["KIA0302"]),
        # rules for workloads that are deployed from elsewhere
        ([ROUTE % ("mesh", "cart"), RULE], []),
        ([ROUTE % ("mesh", "cart"), RULE, deployment(app="cart", version="v1")], ["KIA0203"]),
        ([POLICY], []),
        ([POLICY, deployment(app="other")], ["KIA0004"]),
        ([POLICY, deployment("default", app="other")], []),
        # accounts of a namespace with workloads, and of one with nothing but policies
        ([POLICY, POLICY.replace("shop", "web")], []),
        ([POLICY, deployment("web", app="front")], ["KIA0106"]),
    ],
)
def test_only_what_the_folder_tells_of_can_be_missing(tmp_path, manifests, codes):
    for number, text in enumerate(manifests):
        (tmp_path / f"{number}.yaml").write_text(text)
    snapshot = ManifestSource(tmp_path).snapshot()
    assert snapshot.gaps == ()
    assert [finding.code for finding in check(snapshot).findings] == codes
