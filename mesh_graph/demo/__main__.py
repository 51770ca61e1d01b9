"""``python -m mesh_graph.demo``: serve the simulated mesh to a Prometheus, or write its history or traces.

    python -m mesh_graph.demo --port 15020                            the story, to be scraped
    python -m mesh_graph.demo --port 15020 --namespaces 100           a hundred Bookinfo namespaces instead
    python -m mesh_graph.demo openmetrics --start T --end T           history for promtool, to standard output
    python -m mesh_graph.demo traces --start T --end T                traces as JSON, to standard output

Scrape it with::

    scrape_configs:
      - job_name: mesh
        http_sd_configs: [{url: "http://127.0.0.1:15020/targets"}]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from mesh_graph.demo.bookinfo import namespaces
from mesh_graph.demo.containers import POD_FAMILIES
from mesh_graph.demo.exposition import LEAN_LABELS, openmetrics
from mesh_graph.demo.labels import METRIC_LABELS
from mesh_graph.demo.otlp import otlp_document
from mesh_graph.demo.server import MeshServer
from mesh_graph.demo.simulator import FAMILIES, Simulator
from mesh_graph.demo.spec import MeshSpec
from mesh_graph.demo.story import story
from mesh_graph.demo.tracer import Tracer
from mesh_graph.demo.zipkin import zipkin_spans

__all__ = ["main"]

SHORT_NAMES = {
    "requests": ("istio_requests_total",),
    "durations": ("istio_request_duration_milliseconds",),
    "sizes": ("istio_request_bytes", "istio_response_bytes"),
    "messages": ("istio_request_messages_total", "istio_response_messages_total"),
    "tcp": tuple(family for family in FAMILIES if "_tcp_" in family),
    "pods": POD_FAMILIES,
}
"""Words of ``--families``."""
EVERY_FAMILY = (*FAMILIES, *POD_FAMILIES)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    options = _parser().parse_args(arguments)
    mesh = _mesh(options)
    if options.command == "traces":
        return _write_traces(mesh, options)
    simulator = Simulator(mesh, options.seed)
    return _write(simulator, options) if options.command == "openmetrics" else _serve(simulator, options)


def _mesh(options: argparse.Namespace) -> MeshSpec:
    calls = _chosen(options).calls
    return MeshSpec.of(tuple(replace(call, rate=call.rate * options.load) for call in calls))


def _chosen(options: argparse.Namespace) -> MeshSpec:
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
    return _put(openmetrics(simulator, times, options.families, written), options.output)


def _write_traces(mesh: MeshSpec, options: argparse.Namespace) -> int:
    tracer = Tracer(mesh, options.seed, options.sampling)
    traces = list(tracer.newest_first(options.start, options.end))
    spans = [span for trace in traces for span in zipkin_spans(trace)]
    document = otlp_document(traces) if options.format == "otlp" else spans
    return _put([json.dumps(document), "\n"], options.output)


def _put(pieces: Iterable[str], output: Path | None) -> int:
    if output is None:
        sys.stdout.writelines(pieces)
    else:
        with output.open("w", encoding="utf-8") as file:
            file.writelines(pieces)
    return 0


def _families(text: str) -> tuple[str, ...]:
    unknown = [word for word in text.split(",") if word not in SHORT_NAMES]
    if unknown:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: choose from {', '.join(SHORT_NAMES)}")
    wanted = [family for word in text.split(",") for family in SHORT_NAMES[word]]
    return tuple(family for family in EVERY_FAMILY if family in wanted)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def _factor(text: str) -> float:
    if not 0 < (factor := float(text)) <= 1000:
        raise argparse.ArgumentTypeError(f"{text} is not above 0 and at most 1000")
    return factor


def _share(text: str) -> float:
    if not 0 < (share := float(text)) <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not above 0 and at most 1")
    return share


def _seconds(text: str) -> float:
    if not float(text) > 0:
        raise argparse.ArgumentTypeError(f"{text} is not a time above zero")
    return float(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mesh_graph.demo",
        description=(__doc__ or "").partition("\n")[0],
        argument_default=argparse.SUPPRESS,
    )
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on, 0 for a free one (default 15020)")
    parser.set_defaults(host="127.0.0.1", port=15020, **_add_mesh(parser))
    commands = parser.add_subparsers(dest="command")
    history = commands.add_parser(
        "openmetrics",
        help="write history for 'promtool tsdb create-blocks-from openmetrics'",
        # What stands before the word "openmetrics" is not taken back by defaults after it.
        argument_default=argparse.SUPPRESS,
    )
    _add_mesh(history)
    _add_history(history)
    traces = commands.add_parser(
        "traces",
        help="write traces for the intake of Zipkin, Jaeger or a Collector, or for --trace-file",
        argument_default=argparse.SUPPRESS,
    )
    _add_mesh(traces)
    _add_traces(traces)
    parser.set_defaults(command=None, step=15.0, lean=False, output=None, sampling=0.01, format="zipkin")
    return parser


def _add_mesh(parser: argparse.ArgumentParser) -> dict[str, Any]:
    """Options that say which mesh; their defaults."""
    add = parser.add_argument
    add("--namespaces", type=_count, help="Bookinfo namespaces instead of the story (default: the story)")
    add("--story", action="store_const", const=True, help="the story's other namespaces beside them")
    add("--replicas", type=_count, help="pods per workload of these (default 1)")
    add("--seed", type=int, help="other noise around the same rates (default 0)")
    when = "one incident then, for 15 minutes, instead of those at 5 and 35 minutes past each hour"
    add("--load", type=_factor, metavar="FACTOR", help="so many times the rates (default 1)")
    add("--incident-at", type=_seconds, metavar="UNIX_SECONDS", help=when)
    add("--families", type=_families, help=f"comma list of {', '.join(SHORT_NAMES)} (default: all)")
    return {
        "namespaces": 0,
        "story": False,
        "replicas": 1,
        "seed": 0,
        "load": 1.0,
        "incident_at": None,
        "families": EVERY_FAMILY,
    }


def _add_time(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--start", type=_seconds, required=True, metavar="UNIX_SECONDS")
    add("--end", type=_seconds, required=True, metavar="UNIX_SECONDS")
    add("--output", type=Path, metavar="FILE", help="file to write (default: standard output)")


def _add_traces(parser: argparse.ArgumentParser) -> None:
    _add_time(parser)
    add = parser.add_argument
    add("--sampling", type=_share, metavar="SHARE", help="part of the requests that is traced (default 0.01)")
    add("--format", choices=("zipkin", "otlp"), help="Zipkin's JSON (default) or OTLP's")


def _add_history(parser: argparse.ArgumentParser) -> None:
    _add_time(parser)
    add = parser.add_argument
    add("--step", type=_seconds, metavar="SECONDS", help="scrape interval (default 15)")
    add(
        "--lean",
        action="store_const",
        const=True,
        help="without principals and legacy app and version labels",
    )


if __name__ == "__main__":
    sys.exit(main())
