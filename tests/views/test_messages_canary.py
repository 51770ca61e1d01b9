"""Every reason that a judgement can have has words, and numbers read as numbers."""

from __future__ import annotations

import math

import pytest

from mesh_graph.canary.reasons import reason_for
from mesh_graph.canary.verdict import Bounds, Judged, Quantity, Reason, State
from mesh_graph.views.messages_canary import MESSAGES, reason_words
from mesh_graph.views.split_words import QUANTITIES, STATES, VERDICTS

GUARDRAILS = (
    Quantity.ERRORS,
    Quantity.CLIENT_ERRORS,
    Quantity.HUNG_UP,
    Quantity.LATENCY,
    Quantity.UNATTRIBUTED,
)
OF_SHARES = {State.AS_DECLARED, State.DRIFTING, State.OBSERVED}
POSSIBLE = [
    *((quantity, state) for quantity in GUARDRAILS for state in State if state not in OF_SHARES),
    *((Quantity.SHARE, state) for state in State if state not in (State.SOUND, State.WORSE)),
]


def judged(quantity: Quantity, state: State, **more) -> Judged:
    return Judged(
        quantity, "v2", state, 1200, 0.0312, 0.004, 9000, 0.0272, Bounds(0.02, 0.035), None, 0.005, **more
    )


@pytest.mark.parametrize(("quantity", "state"), POSSIBLE)
def test_every_judgement_has_words(quantity, state):
    known = {"more_requests": 3210.0, "more_seconds": 900.0}
    soonest = {**known, "more_soonest": 300.0, "soonest_seconds": 90.0}
    latest = {**soonest, "more_latest": 9000.0, "latest_seconds": 2700.0}
    for more in ({}, known, soonest, latest):
        reason = reason_for(judged(quantity, state, **more))
        assert reason.message in MESSAGES
        words = reason_words(reason)
        assert "…" not in words
        assert "{" not in words
        assert "nan" not in words


def test_numbers_read_as_ratios_points_and_times():
    worse = reason_words(reason_for(judged(Quantity.ERRORS, State.WORSE)))
    assert worse == "v2 fails more often: 3.1% errors against 0.4%, at least 2 pp more; 0.5 pp is allowed"
    more = judged(Quantity.LATENCY, State.UNDECIDED, more_requests=3210.0, more_seconds=900.0)
    assert reason_words(reason_for(more)).endswith("about 3,200 more requests, 15 min")


@pytest.mark.parametrize(
    ("soonest", "latest", "ending"),
    [
        (600.0, 1200.0, "about 3,200 more requests, 15 min"),
        (300.0, 36000.0, "5 min to 10 h more"),
        (300.0, math.nan, "5 min more at least, and how long at most nobody can say"),
    ],
)
def test_how_long_is_one_number_only_where_one_can_be_right(soonest, latest, ending):
    rate = 1200 / 900
    more = {"more_requests": 3210.0, "more_seconds": 900.0}
    more |= {"more_soonest": soonest * rate, "soonest_seconds": soonest}
    more |= {"more_latest": latest * rate, "latest_seconds": latest}
    undecided = judged(Quantity.ERRORS, State.UNDECIDED, **more)
    assert reason_words(reason_for(undecided)).endswith(ending)


def test_too_short_a_time_is_not_called_too_few_requests():
    short = Judged(Quantity.ERRORS, "v2", State.TOO_FEW, 90_000)
    assert reason_words(reason_for(short)) == "Counted for too short a time to judge the errors of v2"


@pytest.mark.parametrize(("quantity", "state"), POSSIBLE)
def test_of_connections_no_sentence_speaks_of_requests(quantity, state):
    reason = reason_for(judged(quantity, state, more_requests=3210.0, more_seconds=900.0))
    words = reason_words(reason, is_tcp=True)
    assert "request" not in words.lower()
    assert "{" not in words


def test_a_reason_without_words_is_not_lost():
    assert reason_words(Reason.of("news", version="v2", count=3)) == "news version=v2 count=3"


def test_names_are_shown_as_they_are():
    hostile = "{value} <b>"
    assert hostile in reason_words(Reason.of("all.no-traffic", version=hostile))


def test_what_is_not_known_reads_as_a_dash():
    words = reason_words(Reason.of("errors.sound", version="v2", value=math.nan, reference=0.1))
    assert words == "v2 is not worse in errors: – errors against 10%"


def test_states_quantities_and_verdicts_have_words():
    assert set(STATES) == set(State)
    assert set(QUANTITIES) == {quantity.value for quantity in Quantity}
    assert len(VERDICTS) == 4
