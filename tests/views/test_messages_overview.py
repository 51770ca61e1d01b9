"""Words of counts and changes."""

from collections import Counter

import pytest

from mesh_graph.answers.changes import Change
from mesh_graph.model import NodeKind, Status
from mesh_graph.views.messages_overview import (
    KINDS,
    MESSAGES,
    change_words,
    count_words,
    more_words,
    shown_of,
)
from tests.health.rows import app, service


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            Change("change-worse", app("reviews"), before=Status.HEALTHY, after=Status.FAILURE),
            "reviews (shop): healthy → failure",
        ),
        (Change("change-app-new", app("banner")), "banner (shop) appeared"),
        (Change("change-version-new", app("reviews"), version="v3"), "reviews (shop): version v3 is new"),
        (
            Change("change-edge-new", app("cart"), service("db", "data"), rate=4.0),
            "cart (shop) calls db (data) now, 4 rps",
        ),
        (
            Change("change-edge-vanished", app("cart"), service("db"), rate=0.5),
            "cart (shop) calls db no more, was 0.5 rps",
        ),
        (Change("change-version-new", app("{peer}"), version="{x}"), "{peer} (shop): version {x} is new"),
    ],
)
def test_change_names_what_it_is_of_in_full(change, expected):
    assert change_words(change) == expected


def test_every_change_has_its_words():
    turns = {f"change-{word}" for word in ("worse", "better")}
    moves = {f"change-{what}-{way}" for what in ("app", "version", "edge") for way in ("new", "vanished")}
    assert turns | moves <= MESSAGES.keys()


def test_counts_say_how_many_fare_how_worst_first():
    counted = Counter({Status.HEALTHY: 3, Status.FAILURE: 1})
    assert count_words(NodeKind.APP, counted) == "4 applications: 1 failure, 3 healthy"
    assert count_words(NodeKind.SERVICE, Counter({Status.NO_DATA: 1})) == "1 service: 1 no data"
    assert count_words(NodeKind.WORKLOAD, Counter()) == "no workloads"


def test_what_is_not_in_sight_is_counted():
    assert (more_words(0), more_words(-1), more_words(2)) == ("", "", "+2 more")
    assert shown_of(NodeKind.WORKLOAD, 12, 1229) == "12 of 1,229 workloads"
    assert shown_of(NodeKind.APP, 1, 1) == "1 application"
    assert NodeKind.NAMESPACE in KINDS
