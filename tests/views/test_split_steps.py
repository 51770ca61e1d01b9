"""Lines of the shares chart where the declaration changed, and the words of a split's past."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from mesh_graph.canary.history import SHARE
from mesh_graph.canary.sample import VERSION
from mesh_graph.canary.split import Promise, Step
from mesh_graph.canary.verdict import Judged, Quantity, State
from mesh_graph.fields import TIME
from mesh_graph.views.split_charts import declared_lines, share_chart_rows
from mesh_graph.views.split_words import remarks_text, time_left, verdict_text
from tests.canary_mesh import AT, NAMESPACE, VIEW

PROMISE = Promise(
    "VirtualService canaries/good",
    {"v1": 0.5, "v2": 0.5},
    changed_at=AT - 600,
    steps=(Step(AT - 9000, {"v1": 0.9, "v2": 0.1}), Step(AT - 600, {"v1": 0.5, "v2": 0.5})),
)


@pytest.fixture(scope="module")
def split(canaries):
    return replace(canaries.split(VIEW, f"{NAMESPACE}/good").split, promise=PROMISE)


def history(*times: float) -> pd.DataFrame:
    rows = [(time, version, 0.5) for time in times for version in ("v1", "v2")]
    return pd.DataFrame(rows, columns=[TIME, VERSION, SHARE])


def lines_of(split, *times: float):
    told = history(*times)
    return declared_lines(split, told, share_chart_rows(told, ("v1", "v2")))


def test_every_time_it_was_declared_is_a_line_of_its_own(split):
    times = [AT - 1200, AT - 900, AT - 600, AT - 300, AT]
    labels = [row["time"] for row in share_chart_rows(history(*times), ("v1", "v2"))]
    lines = lines_of(split, *times)
    segments = [[(end["x"], end["y"]) for end in line["segment"]] for line in lines if "segment" in line]
    assert segments == [[(labels[0], 90.0), (labels[2], 90.0)], [(labels[2], 50.0), (labels[4], 50.0)]]
    assert [line["x"] for line in lines if "x" in line] == [labels[2]]


def test_what_changed_before_the_chart_begins_is_one_line(split):
    assert [line["y"] for line in lines_of(split, AT - 300, AT)] == [
        round(100 * (split.declared.weights or {}).get("v1", 0.0), 3)
    ]


def test_weights_that_are_not_known_draw_no_line(split):
    steps = (Step(AT - 9000, {}), PROMISE.steps[1])
    lines = lines_of(replace(split, promise=replace(PROMISE, steps=steps)), AT - 1200, AT - 600, AT)
    assert len([line for line in lines if "segment" in line]) == 1


def test_what_was_declared_before_is_told_where_the_journal_knows_it(split):
    early = replace(split, anchor=replace(split.anchor, at=AT - 3000))
    assert any("before, it declared v1 90%, v2 10%" in text for text in remarks_text(early))
    alone = replace(early, promise=replace(PROMISE, steps=PROMISE.steps[1:]))
    assert any("what was declared before is not known" in text for text in remarks_text(alone))


def test_where_nobody_can_be_compared_there_is_no_verdict(canaries):
    assert verdict_text(canaries.split(VIEW, f"{NAMESPACE}/nobody").split) == "Cannot say"
    assert verdict_text(canaries.split(VIEW, f"{NAMESPACE}/bad").split) == "Roll back"


@pytest.mark.parametrize(
    ("soonest", "latest", "words"),
    [
        (600.0, 1200.0, "about 15 min more"),
        (300.0, 36000.0, "5 min to 10 h more"),
        (300.0, float("nan"), "5 min more at least"),
        (float("nan"), float("nan"), "about 15 min more"),
    ],
)
def test_time_that_is_left_is_a_range_where_one_number_cannot_be_right(soonest, latest, words):
    judged = Judged(Quantity.ERRORS, "v2", State.UNDECIDED, 900, more_requests=900.0, more_seconds=900.0)
    later = {"more_soonest": soonest, "soonest_seconds": soonest, "more_latest": latest}
    assert time_left(replace(judged, **later, latest_seconds=latest)) == words
