"""A node whose kubelet hands out logs: kwok, which reads log files by the kubelet's own code.

It runs no containers. What they would have written, tests write into files in the format of the container
runtime (CRI), and the real API server asks it for them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import trustme
import yaml

from tests.kube_peer import KubeApiserver
from tests.peers import Server

__all__ = ["NODE", "Kubelet"]

NODE = "node-1"
NODE_OBJECT = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": NODE}}


class Kubelet:
    """A node of an API server.

    Parameters
    ----------
    folder : Path
        Its own; the logs are files in it.
    api : KubeApiserver
        Under way.
    pods : mapping
        Containers by namespace and name of the pods that may have logs.
    """

    def __init__(
        self, folder: Path, api: KubeApiserver, pods: dict[tuple[str, str], tuple[str, ...]]
    ) -> None:
        self._folder = folder
        self._api = api
        self._pods = pods
        authority = trustme.CA()
        own = authority.issue_cert("127.0.0.1")
        own.private_key_and_cert_chain_pem.write_to_path(folder / "kubelet.pem")
        (folder / "kwok.yaml").write_text(yaml.safe_dump_all(map(self._logs, pods)))
        self.server = Server(folder, self._command, "/healthz", scheme="https", stop_s=2)

    def _logs(self, pod: tuple[str, str]) -> dict[str, Any]:
        files = [
            {
                "containers": [container],
                "logsFile": str(self._file(pod, container)),
                "previousLogsFile": str(self._file(pod, container, is_previous=True)),
            }
            for container in self._pods[pod]
        ]
        metadata = {"namespace": pod[0], "name": pod[1]}
        return {
            "apiVersion": "kwok.x-k8s.io/v1alpha1",
            "kind": "Logs",
            "metadata": metadata,
            "spec": {"logs": files},
        }

    def _command(self, port: int) -> tuple[str, ...]:
        return (
            "kwok", f"--kubeconfig={self._api.kubeconfig()}", "--config=kwok.yaml",
            f"--manage-single-node={NODE}", "--node-ip=127.0.0.1", f"--node-port={port}",
            f"--server-address=127.0.0.1:{port}", "--tls-cert-file=kubelet.pem",
            "--tls-private-key-file=kubelet.pem", "--node-lease-duration-seconds=0",
        )  # fmt: skip

    def start(self) -> None:
        """Start it and tell the API server of the node and of its pods, all of them running."""
        self.server.start()
        self._api.create([NODE_OBJECT])
        status = {
            "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": self.server.port}},
        }
        self._api.update(NODE_OBJECT, "/status", status=status)
        for (namespace, name), containers in self._pods.items():
            self.create_pod(namespace, name, containers)

    def stop(self) -> None:
        """End it; the API server forgets node and pods."""
        self.server.stop()
        for namespace, name in self._pods:
            self._api.ask("DELETE", f"/api/v1/namespaces/{namespace}/pods/{name}?gracePeriodSeconds=0")
        self._api.delete(NODE_OBJECT)

    def create_pod(self, namespace: str, name: str, containers: tuple[str, ...]) -> dict[str, Any]:
        """A pod on the node whose containers run."""
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "namespace": namespace, "labels": {"app": "shop"}},
            "spec": {"nodeName": NODE, "containers": [{"name": c, "image": f"{c}:v1"} for c in containers]},
        }
        self._api.create([pod])
        running = {"startedAt": "2026-01-01T00:00:00Z"}
        states = [
            {
                "name": c,
                "image": f"{c}:v1",
                "imageID": c,
                "ready": True,
                "restartCount": 0,
                "containerID": f"test://{c}",
                "state": {"running": running},
            }
            for c in containers
        ]
        self._api.update(pod, "/status", status={"phase": "Running", "containerStatuses": states})
        return pod

    def write(
        self,
        pod: tuple[str, str],
        container: str,
        lines: list[tuple[float, bytes]],
        *,
        is_previous: bool = False,
    ) -> None:
        """Let a container have written lines at instants (Unix seconds), and nothing else."""
        text = b"".join(_cri(at, line) for at, line in lines)
        self._file(pod, container, is_previous=is_previous).write_bytes(text)

    def _file(self, pod: tuple[str, str], container: str, *, is_previous: bool = False) -> Path:
        run = "previous" if is_previous else "present"
        return self._folder / f"{pod[0]}-{pod[1]}-{container}-{run}.log"


def _cri(at: float, line: bytes) -> bytes:
    stamp = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f000Z")
    return f"{stamp} stdout F ".encode() + line + b"\n"
