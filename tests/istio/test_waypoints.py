"""Which Deployments are waypoints."""

import pytest

from mesh_graph.istio.waypoints import waypoints_of
from mesh_graph.sources.manifests import ManifestSource

DEPLOYMENT = """
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: mesh, labels: {{{label}}}}}
"""


@pytest.mark.parametrize(
    ("label", "is_one"),
    [
        ("gateway.istio.io/managed: istio.io-mesh-controller", True),
        ("gateway.networking.k8s.io/gateway-class-name: istio-waypoint", True),
        ("gateway.istio.io/managed: istio.io-gateway-controller", False),
        ("gateway.networking.k8s.io/gateway-class-name: istio", False),
        ("app: waypoint", False),
    ],
)
def test_a_waypoint_is_known_by_the_labels_that_istio_gives_it(tmp_path, label, is_one):
    (tmp_path / "mesh.yaml").write_text(DEPLOYMENT.format(name="waypoint", label=label))
    found = waypoints_of(ManifestSource(tmp_path).snapshot())
    assert found == ({("", "mesh", "waypoint")} if is_one else frozenset())
