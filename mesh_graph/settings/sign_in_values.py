"""What people write for the settings of the sign-in, and what becomes of it."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from mesh_graph.settings.values import Takes

__all__ = ["FileOrFolder", "HeaderName", "LogFile", "Network", "Networks", "Prefix"]

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_HEADER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_SEGMENT = re.compile(r"[A-Za-z0-9._~-]+")


def _read_networks(value: Any) -> tuple[Any, ...]:
    items = [value] if isinstance(value, str) else list(value)
    texts = [part.strip() for item in items for part in str(item).split(",") if part.strip()]
    return tuple(_network(text) for text in texts)


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        raise ValueError(f"{text!r} is no address and no network such as 10.0.0.0/8") from None


def _check_exists(path: Path) -> Path:
    if not path.exists():
        raise ValueError("there is no such file or folder")
    return path


def _check_header(name: str) -> str:
    if not _HEADER.fullmatch(name):
        raise ValueError("is no header name of letters, digits and hyphens")
    return name


def _check_prefix(text: str) -> str:
    if not text.strip("/"):
        return ""
    parts = text.strip("/").split("/")
    if not all(_SEGMENT.fullmatch(part) and part.strip(".") for part in parts):
        raise ValueError("is no path of plain names")
    return "/" + "/".join(parts)


def _expand(path: Any) -> Path:
    return Path(path).expanduser()


FileOrFolder = Annotated[
    Path,
    BeforeValidator(_expand),
    AfterValidator(_check_exists),
    Takes("path", "a file's or folder's path"),
]
LogFile = Annotated[
    Path,
    BeforeValidator(_expand),
    Takes("log file", "a file's path, or - for standard output"),
]
Networks = Annotated[
    tuple[Network, ...],
    BeforeValidator(_read_networks),
    Takes("networks", "addresses or networks such as 10.0.0.0/8, separated by commas, or a list"),
]
HeaderName = Annotated[
    str, AfterValidator(_check_header), Takes("header", "a header's name, such as X-Forwarded-User")
]
Prefix = Annotated[str, AfterValidator(_check_prefix), Takes("path prefix", "a path such as /mesh")]
