"""Pseudonyms for names, the same for the same name and key: for what leaves the house.

A name is hashed with a key, so that who does not have it can neither read names nor try whether one is there.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from ipaddress import IPv4Address, ip_address

from mesh_graph.errors import ConfigError
from mesh_graph.fields import BLACKHOLE, LATEST, PASSTHROUGH, UNKNOWN
from mesh_graph.model import NodeKey

__all__ = ["KEPT", "Mask"]

FEWEST_BYTES = 16
"""Of a key: of a shorter one all can be tried."""
KEPT = frozenset(
    {
        *("", UNKNOWN, LATEST, PASSTHROUGH, BLACKHOLE),
        *("istio-system", "istio-ingressgateway", "istio-egressgateway", "istiod", "ztunnel"),
    }
)
"""Istio's own words, that every mesh has and that its numbers are read by."""
_DOMAIN = frozenset({"svc", "cluster", "local"})
_INBOUND = "InboundPassthrough"
_ADDRESS = re.compile(r"(\[?[0-9a-fA-F.:]+?\]?)(:[0-9]+)?")
_PRINCIPAL = re.compile(r"(spiffe://)?([^/]+)/ns/([^/]+)/sa/([^/]+)")
_PLAIN_VERSION = re.compile(r"v?[0-9]+([._-][0-9]+)*")


class Mask:
    """Gives pseudonyms.

    Parameters
    ----------
    key : bytes
        At least 16; the same key gives the same pseudonyms.

    Raises
    ------
    ConfigError
        If the key is too short.

    Examples
    --------
    >>> mask = Mask(b"sixteen bytes or more")
    >>> mask.name("reviews") == mask.name("reviews") != mask.name("ratings")
    True
    >>> mask.name("reviews.shop.svc.cluster.local").endswith(".svc.cluster.local")
    True
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < FEWEST_BYTES:
            raise ConfigError(f"The key of the mask has {len(key)} bytes: it takes at least {FEWEST_BYTES}.")
        self._key = blake2b(key).digest()

    def __repr__(self) -> str:
        return "Mask()"

    def name(self, text: str) -> str:
        """Pseudonym of the name of anything; of a host or address one of the same form."""
        if text in KEPT or text.startswith(_INBOUND):
            return text
        if (address := _ADDRESS.fullmatch(text)) and (masked := self._address(address[1])):
            return masked + (address[2] or "")
        parts = text.split(".")
        if len(parts) == 1:
            return self._pseudonym(text)
        if "svc" in parts[2:3] or len(parts) == 2:
            return ".".join(part if part in _DOMAIN else self.name(part) for part in parts)
        return f"{self._pseudonym(text)}.masked"

    def principal(self, text: str) -> str:
        """Pseudonym of an identity: trust domain, namespace and account for themselves."""
        found = _PRINCIPAL.fullmatch(text)
        if found is None:
            return self.name(text)
        scheme, domain, namespace, account = found.groups(default="")
        domain = domain if domain == "cluster.local" else self.name(domain)
        return f"{scheme}{domain}/ns/{self.name(namespace)}/sa/{self.name(account)}"

    def version(self, text: str) -> str:
        """A version as it is where it is a number, else its pseudonym."""
        return text if _PLAIN_VERSION.fullmatch(text) else self.name(text)

    def key(self, key: NodeKey) -> NodeKey:
        """The key of the same node under its pseudonyms."""
        return NodeKey(
            key.kind,
            cluster=self.name(key.cluster),
            namespace=self.name(key.namespace),
            workload=self.name(key.workload),
            app=self.name(key.app),
            version=self.version(key.version),
            service=self.name(key.service),
            aggregate=key.aggregate and self.name(key.aggregate),
        )

    def _address(self, text: str) -> str:
        """An address of the block that nobody uses; empty for what is none."""
        try:
            ip_address(text.strip("[]"))
        except ValueError:
            return ""
        return str(IPv4Address(0xF0000000 | int(self._digest(text)[:7], 16)))

    def _pseudonym(self, text: str) -> str:
        return f"m{self._digest(text)}"

    def _digest(self, text: str) -> str:
        return blake2b(text.encode(errors="surrogatepass"), key=self._key, digest_size=6).hexdigest()
