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
    for more in ({}, {"more_requests": 3210.0, "more_seconds": 900.0}):
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
