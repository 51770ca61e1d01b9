"""``make study``: runs every trial on all processors and writes ``docs/canary-study.md``.

Rows are kept as they are finished: a run that was broken off goes on where it was, as long as the code is the
same. With names of rows, or parts of them, as arguments, it runs and prints only those.
"""

from __future__ import annotations

import math
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from study.canary import ROWS, Row, run_trial
from study.results import Found, Results, digest_of

_ROOT = Path(__file__).parents[1]
_PAGE = _ROOT / "docs" / "canary-study.md"
_KEPT = _ROOT / "test-output" / "canary-study.jsonl"
_HEAD = """# What the canary judgement is worth

Written by `make study`: simulated requests, judged as the page judges them. How it judges, and the
formulas, are in [canary-method.md](canary-method.md). Every trial has its own seed; the error is the
Monte-Carlo standard error.

Unless a row says otherwise: 10 requests per second, one in ten to the canary, counted every 15 s. False
roll-backs: equal versions with 1 % errors, 2 % client errors, 1 % hang-ups and 5 % above the objective;
failed requests are tried up to twice again, each try failing again in half of the cases; load that
swings by 60 %; looked at every 15 s for one hour, and one roll-back at any of these looks counts.
Sessions stay with one version. Where each request ends by itself, only the split is correlated; where
each session ends by itself, one bad session fails with all its requests.

How long: 30 s intervals; asked after 20 minutes, in the trials that were not decided by then, up to eight
hours. The range that is said should hold the time that it took in eight of ten trials. When a random walk
first leaves its bounds varies by itself, most where the difference lies near its margin: how often the one
number in the middle is right within × 1.5 stands below for comparison.
"""


def _run(row: Row, pool: ProcessPoolExecutor) -> Found:
    seeds = range(row.trials)
    found = list(pool.map(_trial, [(row.name, seed) for seed in seeds], chunksize=5))
    counted = [outcome for outcome in found if outcome is not None]
    return Found(row.name, sum(counted) / len(counted) if counted else math.nan, len(counted))


def _trial(asked: tuple[str, int]) -> bool | None:
    name, seed = asked
    row = next(row for rows in ROWS.values() for row in rows if row.name == name)
    return run_trial(row, seed)


def _line(row: Row, found: Found) -> str:
    share, trials = found.share, found.trials
    error = math.sqrt(share * (1 - share) / trials) if trials else math.nan
    wanted = row.wanted.replace("<=", "≤").replace(">=", "≥") or "–"
    holds = "–" if not row.wanted else "yes" if row.holds(share, trials) else "**no**"
    return f"| {row.name} | {trials} | {share:.3f} ± {error:.3f} | {wanted} | {holds} |"


def main(parts: list[str]) -> None:
    """Run the rows and write the table, or with arguments print it."""
    text = [_HEAD]
    kept = Results(_KEPT, digest_of("mesh_graph.canary", "study"))
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for chapter, rows in ROWS.items():
            text += [
                f"\n## {chapter}\n",
                "| | trials | share of trials | wanted | holds |",
                "|---|--:|--:|--:|---|",
            ]
            for row in rows:
                if parts and not any(part in row.name for part in parts):
                    continue
                found = kept.get(row.name)
                if found is None:
                    kept.keep(found := _run(row, pool))
                text.append(_line(row, found))
                sys.stdout.write(text[-1] + "\n")
                sys.stdout.flush()
    if not parts:
        _PAGE.write_text("\n".join(text) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
