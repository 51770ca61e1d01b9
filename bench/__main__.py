"""``python -m bench``: measure, print a table, write JSON; ``--help`` says how to choose."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import orjson

from bench.cases import CASES, Case
from bench.figures import Figure
from bench.machine import load_average, machine
from bench.report import as_json, growth_figure, table
from bench.site import open_site
from bench.sizes import SIZES, Size

__all__ = ["main"]

IN_BROWSER = ("trace page", "charts", "page")
"""Cases that need Chromium."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    options = _parser().parse_args(arguments)
    load = load_average()
    figures: list[Figure] = []
    try:
        for size in SIZES:
            cases = [case for case in CASES if size in case.sizes and _is_wanted(case, size, options)]
            if cases:
                _measure(size, cases, options, figures)
    finally:
        # What was measured before a case failed, or the run was stopped, still holds.
        _tell([*figures, *growth_figure(figures)], load, options.output)
    return 0


def _measure(size: Size, cases: Sequence[Case], options: argparse.Namespace, figures: list[Figure]) -> None:
    with open_site(size, options.pairs, kiali_url=options.kiali_url, port=options.port) as site:
        for case in cases:
            sys.stderr.write(f"{case.name} on {size.text}\n")
            figures += case.measure(site)


def _tell(figures: Sequence[Figure], load: float, output: Path) -> None:
    told = as_json(figures, machine(), (load, load_average()))
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))
    print(table(figures))
    print(*(f"{name}: {value}" for name, value in told["machine"].items()), sep=", ")
    print(f"load average before and after: {told['load_average']}; written to {output}")


def _is_wanted(case: Case, size: Size, options: argparse.Namespace) -> bool:
    return (
        (not options.only or size.namespaces in options.only)
        and (not options.cases or case.name in options.cases)
        and not (options.no_browser and case.name in IN_BROWSER)
    )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(","))


def _cases(text: str) -> tuple[str, ...]:
    known = [case.name for case in CASES]
    if unknown := set(text.split(",")).difference(known):
        raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: choose from {', '.join(known)}")
    return tuple(text.split(","))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add("--only", type=_numbers, default=(), help="comma list of namespaces: 1,10,100,300,1000")
    add("--cases", type=_cases, default=(), help=f"comma list of {', '.join(case.name for case in CASES)}")
    add("--kiali-url", default="", help="a Kiali over our Prometheus, to be measured beside ours")
    add("--port", type=int, default=0, help="where our Prometheus listens, for that Kiali (default: any)")
    add("--no-browser", action="store_true", help="leave out what needs Chromium")
    add(
        "--pairs",
        type=int,
        default=15,
        help="how often each is measured (default 15; a third on large meshes)",
    )
    add("--output", type=Path, default=Path("bench-output/bench.json"), help="JSON file to write")
    return parser


if __name__ == "__main__":
    sys.exit(main())
