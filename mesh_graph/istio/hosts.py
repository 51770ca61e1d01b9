"""Host names of routes and rules → the service they mean, as Istio resolves them."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Host", "covers", "host_of"]

_SERVICE = re.compile(r"(?P<name>[^.*]+)\.(?P<namespace>[^.*]+)\.svc(?:\.[^*]+)?")


@dataclass(frozen=True, slots=True, order=True)
class Host:
    """A host.

    Attributes
    ----------
    name : str
        The full name: a service's ends in ``.svc.cluster.local``, or in the cluster's own domain.
    namespace, service : str
        The Kubernetes service that the name means; empty for any other host.
    """

    name: str
    namespace: str = ""
    service: str = ""

    @property
    def is_service(self) -> bool:
        """Whether the name is a Kubernetes service's."""
        return bool(self.service)

    @property
    def is_wildcard(self) -> bool:
        """Whether the name stands for many."""
        return "*" in self.name


def host_of(written: str, namespace: str) -> Host:
    """What a host that is written in a namespace means.

    A name without dots is a service of the object's own namespace; a name with dots is complete: Istio does
    not find ``reviews.bookinfo``.

    Source: Istio, ``pkg/config/model``, ``ResolveShortnameToFQDN``.

    Examples
    --------
    >>> host_of("reviews", "bookinfo")
    Host(name='reviews.bookinfo.svc.cluster.local', namespace='bookinfo', service='reviews')
    >>> host_of("reviews.bookinfo", "bookinfo")
    Host(name='reviews.bookinfo', namespace='', service='')
    """
    name = written.lower().rstrip(".")
    if name and "." not in name and "*" not in name:
        return Host(f"{name}.{namespace}.svc.cluster.local", namespace, name)
    match = _SERVICE.fullmatch(name)
    return Host(name, match["namespace"], match["name"]) if match else Host(name)


def covers(pattern: str, name: str) -> bool:
    """Whether a host, which may begin with ``*``, stands for a name or for a narrower pattern.

    Examples
    --------
    >>> covers("*.example.com", "shop.example.com"), covers("*.example.com", "example.com")
    (True, False)
    """
    if not pattern.startswith("*") or pattern == name:
        return pattern == name
    return name.endswith(pattern[1:]) and len(name) > len(pattern) - 1
