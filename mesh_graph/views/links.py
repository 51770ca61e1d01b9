"""URL templates of a team's own tools → links for one subject; every value is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from mesh_graph.detail.subject import subject_name
from mesh_graph.model import NodeKey

__all__ = ["OutLink", "out_links"]


@dataclass(frozen=True, slots=True)
class OutLink:
    """A link to another tool."""

    name: str
    url: str


def out_links(templates: Mapping[str, str], subject: NodeKey, span: tuple[float, float]) -> list[OutLink]:
    """Links of one subject over a range of time.

    Parameters
    ----------
    templates : mapping of name to URL
        With any of ``{namespace}``, ``{app}``, ``{workload}``, ``{service}``, ``{cluster}``, ``{name}``,
        ``{kind}``, ``{from_ms}``, ``{to_ms}``, ``{from_s}``, ``{to_s}``. A template that asks for what the
        subject is not (``{workload}`` of a service) gives no link.
    subject : NodeKey
    span : (float, float)
        Unix seconds.

    Examples
    --------
    >>> from mesh_graph.model import NodeKind
    >>> key = NodeKey(NodeKind.APP, namespace="a b", app="x&y")
    >>> out_links({"Grafana": "https://g/d?n={namespace}&a={app}"}, key, (0.0, 60.0))[0].url
    'https://g/d?n=a%20b&a=x%26y'
    """
    start, end = span
    values = {
        "kind": subject.kind.value,
        "name": subject_name(subject),
        "namespace": subject.namespace,
        "cluster": subject.cluster,
        "from_ms": f"{start * 1000:.0f}",
        "to_ms": f"{end * 1000:.0f}",
        "from_s": f"{start:.0f}",
        "to_s": f"{end:.0f}",
    }
    own = {"app": subject.app, "workload": subject.workload, "service": subject.service}
    values |= {name: value for name, value in own.items() if value}
    found = []
    for name, template in templates.items():
        escaped = {key: quote(value, safe="") for key, value in values.items()}
        try:
            found.append(OutLink(name, template.format_map(escaped)))
        except KeyError:
            continue
    return found
