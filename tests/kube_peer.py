"""A real kube-apiserver over a real etcd, with Istio's and the Gateway API's CRDs.

No controllers run: what they would write, tests write themselves.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import requests
import yaml
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from mesh_graph.sources.cluster_kinds import KINDS
from tests.peers import BUILT, Server, free_port

__all__ = ["ADMIN", "READER", "RESTRICTED", "KubeApiserver"]

ADMIN = "token-of-the-admin"
READER = "token-of-the-reader"
"""Has the rights of ``deploy/clusterrole.yaml``."""
RESTRICTED = "token-of-somebody"
"""Has the rights that a test gives to the user ``somebody``; none at first."""
ESTABLISH_S = 30.0


class KubeApiserver:
    """etcd and kube-apiserver on loopback.

    Parameters
    ----------
    folder : Path
        Its own.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        peer_port = free_port()
        store, server = folder / "etcd", folder / "apiserver"
        store.mkdir()
        server.mkdir()
        self.etcd = Server(store, lambda port: _etcd(port, peer_port), "/health")
        _write_keys(server)
        # Killed soon: it would wait for the watches of its clients, which is what tests are about.
        self.api = Server(
            server,
            lambda port: _apiserver(port, self.etcd.url),
            "/readyz",
            scheme="https",
            start_s=90,
            stop_s=1,
        )
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {ADMIN}"
        self._session.verify = str(server / "apiserver.crt")
        self._session.trust_env = False

    @property
    def url(self) -> str:
        return self.api.url

    def start(self) -> None:
        """Start both, and wait until the API serves every kind."""
        self.etcd.start()
        self.api.start()
        self._wait_ready()
        self.create(_crds())
        self._wait_established()

    def stop(self) -> None:
        """End both."""
        self.api.stop()
        self.etcd.stop()

    def restart(self) -> None:
        """Stop the API server and start it again over the same store."""
        self.api.restart()
        self._wait_ready()

    def kubeconfig(self, token: str = ADMIN, name: str = "east") -> Path:
        """A kubeconfig with one context."""
        path = self.folder / f"kubeconfig-{name}-{token}"
        authority = self.folder / "apiserver" / "apiserver.crt"
        content = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": name,
            "clusters": [
                {"name": name, "cluster": {"server": self.url, "certificate-authority": str(authority)}}
            ],
            "users": [{"name": "user", "user": {"token": token}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": "user"}}],
        }
        path.write_text(yaml.safe_dump(content))
        return path

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
        """An answer of the API, as the administrator gets it."""
        answer = self._session.request(
            method, self.url + path, data=json.dumps(body) if body is not None else None, timeout=30,
            headers={"Content-Type": "application/json", **headers},
        )  # fmt: skip
        if not answer.ok:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:1000]}")
        return answer.json()

    def create(self, objects: Iterable[dict[str, Any]]) -> None:
        """Create objects, their namespaces before them."""
        for one in objects:
            namespace = one["metadata"].get("namespace")
            if namespace:
                self._ensure_namespace(namespace)
            self.ask("POST", self.path_of(one), one)

    def update(self, one: dict[str, Any], path: str = "", **change: Any) -> dict[str, Any]:
        """Merge a change into an object."""
        where = f"{self.path_of(one)}/{one['metadata']['name']}{path}"
        return self.ask("PATCH", where, change, **{"Content-Type": "application/merge-patch+json"})

    def delete(self, one: dict[str, Any]) -> None:
        """Delete an object."""
        self.ask("DELETE", f"{self.path_of(one)}/{one['metadata']['name']}")

    def path_of(self, one: dict[str, Any]) -> str:
        """Where objects of its kind and namespace are."""
        version, kind = one["apiVersion"], one["kind"]
        plural = PLURALS.get((version.rpartition("/")[0], kind)) or f"{kind.lower()}s"
        namespace = one["metadata"].get("namespace")
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        return f"{root}/namespaces/{namespace}/{plural}" if namespace else f"{root}/{plural}"

    def compact(self) -> None:
        """Let the store forget every version but the newest."""
        status = requests.post(f"{self.etcd.url}/v3/maintenance/status", json={}, timeout=30).json()
        body = {"revision": status["header"]["revision"], "physical": True}
        requests.post(f"{self.etcd.url}/v3/kv/compaction", json=body, timeout=30).raise_for_status()

    def _ensure_namespace(self, name: str) -> None:
        answer = self._session.get(f"{self.url}/api/v1/namespaces/{name}", timeout=30)
        if answer.status_code == 404:
            body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
            self.ask("POST", "/api/v1/namespaces", body)

    def _wait_ready(self) -> None:
        self._wait(lambda: self._session.get(f"{self.url}/readyz", timeout=5).status_code == 200, "readyz")

    def _wait_established(self) -> None:
        for row in KINDS:
            path = f"{self.url}{row.path(row.versions[0])}?limit=1"
            self._wait(lambda p=path: self._session.get(p, timeout=5).ok, row.plural)

    def _wait(self, holds, what: str) -> None:
        until = time.monotonic() + ESTABLISH_S
        while not holds():
            if time.monotonic() > until:
                raise RuntimeError(f"no {what} after {ESTABLISH_S:g} s:\n{self.api.log}")
            time.sleep(0.1)


PLURALS = {(row.group, row.api_kind or row.kind): row.plural for row in KINDS}


def _etcd(port: int, peer_port: int) -> tuple[str, ...]:
    url, peer = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{peer_port}"
    return (
        "etcd", "--data-dir=data", f"--listen-client-urls={url}", f"--advertise-client-urls={url}",
        f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}", "--unsafe-no-fsync",
    )  # fmt: skip


def _apiserver(port: int, etcd: str) -> tuple[str, ...]:
    return (
        "kube-apiserver", f"--etcd-servers={etcd}", f"--secure-port={port}", "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1", "--cert-dir=.", "--service-account-key-file=sa.pub",
        "--service-account-issuer=https://kubernetes.default.svc",
        "--service-account-signing-key-file=sa.key", "--token-auth-file=tokens.csv",
        "--authorization-mode=RBAC", "--service-cluster-ip-range=10.96.0.0/16",
        "--disable-admission-plugins=ServiceAccount", "--etcd-compaction-interval=0",
    )  # fmt: skip


def _write_keys(folder: Path) -> None:
    key, public = folder / "sa.key", folder / "sa.pub"
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (folder / "tokens.csv").write_text(
        f'{ADMIN},admin,1,"system:masters"\n{READER},reader,2\n{RESTRICTED},somebody,3\n'
    )


def _crds() -> list[dict[str, Any]]:
    loader = yaml.CSafeLoader
    istio = (BUILT / "istio-api/kubernetes/customresourcedefinitions.gen.yaml").read_text()
    found = list(yaml.load_all(istio, loader))
    groups = {row.group for row in KINDS if "." in row.group}
    for path in sorted((BUILT / "gateway-api/config/crd/standard").glob("*.yaml")):
        found += yaml.load_all(path.read_text(), loader)
    wanted = {f"{row.plural}.{row.group}" for row in KINDS if row.group in groups}
    return [crd for crd in found if crd and crd["metadata"]["name"] in wanted]
