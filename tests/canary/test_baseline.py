"""Who is compared with whom."""

from __future__ import annotations

import pandas as pd
import pytest

from mesh_graph.canary.counts import COUNT, INTERVAL
from mesh_graph.canary.sample import VERSION
from mesh_graph.canary.split import Promise, declared_of


def drawn(*rows: tuple[str, int, float]) -> pd.DataFrame:
    columns = {VERSION: "str", INTERVAL: "int64", COUNT: "float64"}
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)


@pytest.mark.parametrize(
    ("rows", "order"),
    [
        ([], ("",)),
        ([("v1", 0, 90.0), ("v2", 0, 10.0)], ("v1", "v2")),
        ([("v1", 0, 10.0), ("v2", 0, 90.0)], ("v2", "v1")),
        # Nearly as many of each: by name, and v2 comes before v10.
        ([("v10", 0, 51.0), ("v2", 0, 49.0)], ("v2", "v10")),
        # What reached no version is none.
        ([("", 0, 500.0), ("v2", 0, 1.0)], ("v2",)),
        # Who takes over later is compared with who answered at first.
        ([("v1", 3, 90.0), ("v2", 3, 10.0), ("v2", 40, 9000.0)], ("v1", "v2")),
        ([("v1", 3, 90.0), ("v2", 40, 9000.0)], ("v1", "v2")),
    ],
)
def test_without_a_promise_who_answered_most_at_first_is_the_baseline(rows, order):
    declared = declared_of(drawn(*rows), None)
    assert (declared.baseline, *declared.canaries) == order
    assert declared.weights is None


def test_the_baseline_does_not_flip_while_requests_are_counted():
    """Halves that sway: whoever is ahead, the same one is compared with."""
    rows = [
        (version, n, 50.0 + (n % 3 - 1) * sign) for n in range(90) for version, sign in (("a", 9), ("b", -9))
    ]
    found = {declared_of(drawn(*rows[:count]), None).baseline for count in range(2, 180, 2)}
    assert found == {"a"}


def test_a_promise_names_the_baseline_whatever_was_drawn():
    promise = Promise("VirtualService shop/cart", {"v1": 0.2, "v2": 0.8})
    declared = declared_of(drawn(("v1", 0, 90.0), ("v2", 0, 10.0), ("v3", 0, 5.0)), promise)
    assert (declared.baseline, *declared.canaries) == ("v2", "v1", "v3")
    assert declared.weights == {"v1": 0.2, "v2": 0.8}
