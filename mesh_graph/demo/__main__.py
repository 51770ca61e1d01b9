"""``python -m mesh_graph.demo``: serve the simulated mesh to a Prometheus, or write its history.

    python -m mesh_graph.demo --port 15020                            the story, to be scraped
    python -m mesh_graph.demo --port 15020 --namespaces 100           a hundred Bookinfo namespaces instead
    python -m mesh_graph.demo openmetrics --start T --end T           history for promtool, to standard output

Scrape it with::

    scrape_configs:
      - job_name: mesh
        http_sd_configs: [{url: "http://127.0.0.1:15020/targets"}]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mesh_graph.demo.bookinfo import namespaces
from mesh_graph.demo.exposition import LEAN_LABELS, openmetrics
from mesh_graph.demo.labels import METRIC_LABELS
from mesh_graph.demo.server import MeshServer
from mesh_graph.demo.simulator import FAMILIES, Simulator
from mesh_graph.demo.spec import MeshSpec
from mesh_graph.demo.story import story

__all__ = ["main"]

SHORT_NAMES = {
    "requests": ("istio_requests_total",),
    "durations": ("istio_request_duration_milliseconds",),
    "sizes": ("istio_request_bytes", "istio_response_bytes"),
    "messages": ("istio_request_messages_total", "istio_response_messages_total"),
    "tcp": tuple(family for family in FAMILIES if "_tcp_" in family),
}
"""Words of ``--families``."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    options = _parser().parse_args(arguments)
    simulator = Simulator(_mesh(options), options.seed)
    return _write(simulator, options) if options.command == "openmetrics" else _serve(simulator, options)


def _mesh(options: argparse.Namespace) -> MeshSpec:
    told = story(options.incident_at)
    if not options.namespaces:
        return told
    books = namespaces(options.namespaces, options.replicas, options.incident_at)
    others = tuple(c for c in told.calls if c.host.namespace != "bookinfo") if options.story else ()
    return MeshSpec.of((*others, *books))


def _serve(simulator: Simulator, options: argparse.Namespace) -> int:
    with MeshServer((options.host, options.port), simulator, options.families) as server:
        sys.stderr.write(f"{len(simulator.pods)} pods, listed at {server.url}/targets\n")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            sys.stderr.write("stopped\n")
    return 0


def _write(simulator: Simulator, options: argparse.Namespace) -> int:
    first, last = np.ceil(options.start / options.step), np.floor(options.end / options.step)
    times = options.step * np.arange(first, last + 1)
    written = LEAN_LABELS if options.lean else METRIC_LABELS
    pieces = openmetrics(simulator, times, options.families, written)
    if options.output is None:
        sys.stdout.writelines(pieces)
    else:
        with options.output.open("w", encoding="utf-8") as file:
            file.writelines(pieces)
    return 0


def _families(text: str) -> tuple[str, ...]:
    unknown = [word for word in text.split(",") if word not in SHORT_NAMES]
    if unknown:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: choose from {', '.join(SHORT_NAMES)}")
    wanted = [family for word in text.split(",") for family in SHORT_NAMES[word]]
    return tuple(family for family in FAMILIES if family in wanted)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    mesh = argparse.ArgumentParser(add_help=False)
    add = mesh.add_argument
    add(
        "--namespaces",
        type=_count,
        default=0,
        help="Bookinfo namespaces instead of the story (default: the story)",
    )
    add("--story", action="store_true", help="the story's other namespaces beside them")
    add("--replicas", type=_count, default=1, help="pods per workload of these (default 1)")
    add("--seed", type=int, default=0, help="other noise around the same rates (default 0)")
    add(
        "--incident-at",
        type=float,
        metavar="UNIX_SECONDS",
        help="one incident then, for 15 minutes, and no other",
    )
    add("--families", type=_families, default=tuple(FAMILIES), help=f"comma list of {', '.join(SHORT_NAMES)}")

    parser = argparse.ArgumentParser(
        prog="python -m mesh_graph.demo",
        description=(__doc__ or "").partition("\n")[0],
        parents=[mesh],
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument(
        "--port", type=int, default=15020, help="port to listen on, 0 for a free one (default 15020)"
    )
    history = parser.add_subparsers(dest="command").add_parser(
        "openmetrics", parents=[mesh], help="write history for 'promtool tsdb create-blocks-from openmetrics'"
    )
    history.add_argument("--start", type=float, required=True, metavar="UNIX_SECONDS")
    history.add_argument("--end", type=float, required=True, metavar="UNIX_SECONDS")
    history.add_argument(
        "--step", type=float, default=15.0, metavar="SECONDS", help="scrape interval (default 15)"
    )
    history.add_argument(
        "--lean", action="store_true", help="without principals and legacy app and version labels"
    )
    history.add_argument(
        "--output", type=Path, metavar="FILE", help="file to write (default: standard output)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
