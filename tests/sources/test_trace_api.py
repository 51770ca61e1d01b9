"""How long a list is asked for, and how several searches become one answer."""

from __future__ import annotations

import pytest

from mesh_graph.sources.trace_api import LONGER, MOST_LOOKED_AT, MOST_TRACES, ask_enough, find_by
from mesh_graph.traces.assemble import Reading
from mesh_graph.traces.model import Trace
from mesh_graph.traces.question import TraceQuestion
from tests.traces.hand import BEGIN_US, span

BEGIN = BEGIN_US / 1e6


def question(**said) -> TraceQuestion:
    return TraceQuestion(**{"start": BEGIN, "end": BEGIN + 100_000, "limit": 5, **said})


def trace(number: int, *services: str, **more) -> Trace:
    """A chain of calls that began so many seconds after the beginning."""
    spans = [
        span(
            name,
            number * 1_000_000 + place,
            number * 1_000_000 + 900,
            services[place - 1] if place else "",
            **more,
        )
        for place, name in enumerate(services)
    ]
    return Trace(f"{number + 1:032x}", tuple(spans))


class Backend:
    """Traces by service, the newest first, of which a search gives so many; it keeps what it was asked."""

    def __init__(self, *traces: Trace) -> None:
        self.traces = sorted(traces, key=lambda one: -one.spans[0].start_us)
        self.asked: list[tuple[str, int]] = []

    def search(self, asked: TraceQuestion, length: int) -> Reading:
        self.asked.append((asked.service, length))
        own = (one for one in self.traces if any(asked.service in ("", s.service) for s in one.spans))
        tagged = (one for one in own if all(any(t in s.attributes for s in one.spans) for t in asked.tags))
        return Reading(tuple(tagged)[:length])


def numbers(traces) -> list[int]:
    return [int(one.trace_id, 16) - 1 for one in traces]


def test_list_is_asked_for_once_where_all_of_it_answers():
    backend = Backend(*(trace(number, "cart") for number in range(20)))
    asked = ask_enough(lambda length: backend.search(question(), length), question())
    assert len(asked.reading.traces) == 6
    assert asked.was_cut
    assert backend.asked == [("", 6)]


@pytest.mark.parametrize(("said", "most"), [({}, MOST_TRACES), ({"caller": "rare"}, MOST_LOOKED_AT)])
def test_longer_lists_are_asked_for_up_to_a_bound(said, most):
    backend = Backend(*(trace(number, "page", "cart") for number in range(most * LONGER)))
    wanted = question(service="nobody", **said)
    asked = ask_enough(lambda length: backend.search(question(), length), wanted)
    lengths = [length for _, length in backend.asked]
    assert lengths == [6 * LONGER**step for step in range(len(lengths))]
    assert lengths[-2] <= most < lengths[-1]
    assert asked.reading.traces == ()
    assert asked.was_cut
    assert len(asked.looked_at) == lengths[-1]


def test_list_that_the_backend_did_not_cut_is_all_there_is():
    backend = Backend(trace(1, "page", "cart"), trace(2, "cart"))
    asked = ask_enough(
        lambda length: backend.search(question(), length), question(caller="page", service="cart")
    )
    assert numbers(asked.reading.traces) == [1]
    assert not asked.was_cut
    assert len(asked.looked_at) == 2


def test_traces_of_both_ends_are_looked_at_each_once():
    backend = Backend(trace(1, "page", "cart"), trace(2, "till", "cart"), trace(3, "page"), trace(4, "other"))
    wanted = question(service="cart", caller="page")
    found = find_by(("cart", "page"), wanted, backend.search)
    assert numbers(found.traces) == [1]
    assert found.looked_at == 3
    assert sorted(backend.asked) == [("cart", 6), ("page", 6)]


def test_nothing_is_counted_where_no_caller_is_asked_for():
    backend = Backend(trace(1, "cart"))
    assert find_by(("cart",), question(service="cart"), backend.search).looked_at is None


def test_of_several_searches_the_newest_traces_are_kept():
    backend = Backend(*(trace(number, "even" if number % 2 == 0 else "odd") for number in range(20)))
    found = find_by(("even", "odd"), question(), backend.search)
    assert numbers(found.traces) == [19, 18, 17, 16, 15]
    assert found.was_cut


def test_tag_that_was_renamed_is_searched_for_by_both_names():
    backend = Backend(
        trace(1, "cart", attributes={"http.status_code": "503"}),
        trace(2, "cart", attributes={"http.response.status_code": 503}),
        trace(3, "cart", attributes={"http.status_code": "200"}),
    )
    for name in ("http.status_code", "http.response.status_code"):
        found = find_by(("cart",), question(tags={name: "503"}), backend.search)
        assert numbers(found.traces) == [2, 1]
