"""``make study``: runs every trial on all processors and writes ``docs/canary-study.md``.

With names of rows, or parts of them, as arguments, it only prints those.
"""

from __future__ import annotations

import math
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from study.canary import ROWS, Row, run_trial

_PAGE = Path(__file__).parents[1] / "docs" / "canary-study.md"
_HEAD = """# What the canary judgement is worth

Written by `make study`: simulated requests, judged as the page judges them. How it judges, and the
formulas, are in [canary-method.md](canary-method.md). Every trial has its own seed; the error is the
Monte-Carlo standard error.

Unless a row says otherwise: 10 requests per second, one in ten to the canary, counted every 15 s. False
roll-backs: equal versions with 1 % errors, 2 % client errors, 1 % hang-ups and 5 % above the objective;
failed requests are tried up to twice again, each try failing again in half of the cases; load that
swings by 60 %; looked at every 15 s for one hour, and one roll-back at any of these looks counts.
Sessions stay with one version. Where each request ends by itself, only the split is correlated; where
each session ends by itself, one bad session fails with all its requests. Sessions of ten minutes that
fail as a whole break the promise: most of these roll-backs come in the first half hour, while the sample
is no longer than a few sessions and its shares do not yet show them.

How long: 30 s intervals; in each trial, the estimate is asked for when half of the time had passed that
it took until the quantity was first decided, and is right if the total that it says lies within × 1.5 of
the true one. Trials that were decided before twice the least sample are left out. When a random walk
first leaves its bounds varies by itself, most where the difference lies near its margin: there the
estimate is a rough one, too long more often than too short.
"""


def _run(row: Row, pool: ProcessPoolExecutor) -> tuple[float, int]:
    seeds = range(row.trials)
    found = list(pool.map(_trial, [(row.name, seed) for seed in seeds], chunksize=5))
    counted = [outcome for outcome in found if outcome is not None]
    return (sum(counted) / len(counted) if counted else math.nan), len(counted)


def _trial(asked: tuple[str, int]) -> bool | None:
    name, seed = asked
    row = next(row for rows in ROWS.values() for row in rows if row.name == name)
    return run_trial(row, seed)


def _line(row: Row, found: float, trials: int) -> str:
    error = math.sqrt(found * (1 - found) / trials) if trials else math.nan
    wanted = row.wanted.replace("<=", "≤").replace(">=", "≥") or "–"
    holds = "–" if not row.wanted else "yes" if row.holds(found, trials) else "**no**"
    return f"| {row.name} | {trials} | {found:.3f} ± {error:.3f} | {wanted} | {holds} |"


def main(parts: list[str]) -> None:
    """Run the rows and write, or with arguments print, the table."""
    text = [_HEAD]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for chapter, rows in ROWS.items():
            text += [
                f"\n## {chapter}\n",
                "| | trials | share of trials | wanted | holds |",
                "|---|--:|--:|--:|---|",
            ]
            for row in rows:
                if not parts or any(part in row.name for part in parts):
                    text.append(_line(row, *_run(row, pool)))
                    sys.stdout.write(text[-1] + "\n")
                    sys.stdout.flush()
    if not parts:
        _PAGE.write_text("\n".join(text) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
