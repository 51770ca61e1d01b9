"""Concurrent, cached questions; failures are values."""

from threading import Barrier, Event

import pandas as pd
import pytest

from mesh_graph.errors import SourceRefused, SourceTimeout, SourceUnreachable, TooMuchData
from mesh_graph.fetch import Fetcher, instants, split_by_time
from mesh_graph.sources.base import Reply
from mesh_graph.sources.query import Family, Function, MetricQuery


def query(label: str) -> MetricQuery:
    return MetricQuery(Family.REQUESTS, Function.RATE, (label,))


class Recorded:
    """A source that answers every instant with its time, and refuses what is labelled "slow"."""

    name, is_demo = "recorded", False

    def __init__(self, meet: Barrier | None = None):
        self.asked = []
        self.meet = meet

    def instant(self, query, at):
        self.asked.append((query, at))
        if self.meet:
            self.meet.wait(10)
        if query.by == ("slow",):
            raise SourceTimeout(self.name, "q", "took too long.")
        return Reply(pd.DataFrame({query.by[0]: ["x"], "value": [at]}), "q", series=1)

    def range(self, query, start, end, step_s):
        self.asked.append((query, start, end, step_s))
        if query.by == ("slow",):
            raise SourceTimeout(self.name, "q", "took too long.")
        times = instants(start, end, step_s)[1:]
        table = pd.DataFrame({query.by[0]: ["x"] * len(times), "value": times, "time": times})
        return Reply(table, "q", series=1)

    def close(self):
        self.asked.append("closed")


def test_the_same_query_at_the_same_instant_is_asked_once():
    source = Recorded()
    fetcher = Fetcher(source, 10**6, 2)
    fetcher.at([query("a"), query("a")], 5.0)
    answer = fetcher.at([query("a")], 5.0)[query("a")]
    assert answer.table["value"].tolist() == [5.0]
    assert len(source.asked) == 1


def test_queries_run_at_the_same_time():
    fetcher = Fetcher(Recorded(Barrier(2)), 10**6, 2)
    assert len(fetcher.at([query("a"), query("b")], 5.0)) == 2


def test_one_failure_leaves_the_others_and_is_asked_again():
    source = Recorded()
    fetcher = Fetcher(source, 10**6, 2)
    for _ in range(2):
        answers = fetcher.at([query("slow"), query("a")], 5.0)
        assert isinstance(answers[query("slow")], SourceTimeout)
        assert answers[query("a")].series == 1
    assert source.asked.count((query("slow"), 5.0)) == 2


def test_a_prefetched_range_answers_its_instants_without_asking():
    source = Recorded()
    fetcher = Fetcher(source, 10**6, 2)
    steps = fetcher.prefetch([query("a")], 0.0, 30.0, 15.0)
    assert list(steps) == [0.0, 15.0, 30.0]
    first, last = (fetcher.at([query("a")], at)[query("a")] for at in (0.0, 30.0))
    assert len(source.asked) == 1
    assert first.table.empty
    assert list(first.table.columns) == ["a", "value"]
    assert last.table["value"].tolist() == [30.0]


def test_a_failed_prefetch_is_a_value_and_keeps_the_rest():
    source = Recorded()
    fetcher = Fetcher(source, 10**6, 2)
    steps = fetcher.prefetch([query("slow"), query("a")], 0.0, 30.0, 15.0)
    assert all(isinstance(answers[query("slow")], SourceTimeout) for answers in steps.values())
    fetcher.at([query("a")], 15.0)
    assert len(source.asked) == 2


def test_held_answers_are_all_of_them_or_none():
    fetcher = Fetcher(Recorded(), 10**6, 2)
    fetcher.at([query("a")], 5.0)
    assert [reply.table["value"].tolist() for reply in fetcher.held([query("a")], 5.0)] == [[5.0]]
    assert fetcher.held([query("a"), query("b")], 5.0) is None


def test_rows_are_split_by_the_nearest_step():
    reply = Reply(pd.DataFrame({"a": list("xyz"), "value": [1.0, 2.0, 3.0], "time": [0.0, 0.1, 0.3]}), "q")
    split = split_by_time(reply, [0.0, 0.1, 0.1 + 0.1, 0.1 + 0.2])
    assert [part.table["a"].tolist() for part in split.values()] == [["x"], ["y"], [], ["z"]]


def test_a_range_ends_on_its_last_whole_step():
    assert instants(0.0, 1.0, 0.1)[-1] == pytest.approx(1.0)
    assert instants(0.0, 29.0, 15.0) == [0.0, 15.0]


def test_closing_closes_the_source():
    source = Recorded()
    Fetcher(source, 10**6, 2).close()
    assert source.asked == ["closed"]


class Together(Recorded):
    """Takes several queries in one request, or fails on them."""

    def __init__(self, error=None):
        super().__init__()
        self.error = error

    def together(self, queries, at):
        self.asked.append((tuple(queries), at))
        if self.error is not None:
            raise self.error(self.name, "q", "no.")
        return [Reply(pd.DataFrame({q.by[0]: ["x"], "value": [at]}), "q", series=2) for q in queries]


def test_a_bundle_is_asked_together_and_its_answers_are_held_one_by_one():
    source = Together()
    fetcher = Fetcher(source, 10**6, 2)
    told = fetcher.ask([[query("a"), query("b"), query("a")], [query("c")]], 5.0)
    assert [told[query(name)].series for name in "abc"] == [2, 2, 1]
    assert list(told) == [query("a"), query("b"), query("c")]
    assert fetcher.at([query("b")], 5.0)[query("b")].series == 2
    assert sorted(source.asked, key=str) == [((query("a"), query("b")), 5.0), (query("c"), 5.0)]


def test_only_what_is_not_held_is_asked_together():
    source = Together()
    fetcher = Fetcher(source, 10**6, 2)
    fetcher.at([query("a")], 5.0)
    told = fetcher.ask([[query("a"), query("b"), query("c")]], 5.0)
    assert [told[query(name)].series for name in "abc"] == [1, 2, 2]
    assert source.asked[1:] == [((query("b"), query("c")), 5.0)]


def test_a_bundle_that_is_declined_is_asked_one_by_one():
    source = Together(TooMuchData)
    told = Fetcher(source, 10**6, 2).ask([[query("a"), query("slow")]], 5.0)
    assert told[query("a")].series == 1
    assert isinstance(told[query("slow")], SourceTimeout)


@pytest.mark.parametrize("error", [SourceUnreachable, SourceTimeout, SourceRefused])
def test_a_source_that_cannot_be_asked_fails_the_whole_bundle_at_once(error):
    source = Together(error)
    told = Fetcher(source, 10**6, 2).ask([[query("a"), query("b")]], 5.0)
    assert [type(told[query(name)]) for name in "ab"] == [error, error]
    assert len(source.asked) == 1


def test_answers_too_large_to_hold_are_not_asked_twice():
    source = Together()
    told = Fetcher(source, 1, 2).ask([[query("a"), query("b")]], 5.0)
    assert [told[query(name)].series for name in "ab"] == [2, 2]
    assert len(source.asked) == 1


def test_one_answer_is_had_while_another_is_on_its_way():
    class Waiting(Recorded):
        def instant(self, query, at):
            if query.by == ("late",):
                assert arrived.wait(10)
            return super().instant(query, at)

    arrived = Event()
    told = Fetcher(Waiting(), 10**6, 2).ask([[query("late")], [query("a")]], 5.0)
    assert told[query("a")].series == 1
    arrived.set()
    assert told[query("late")].series == 1
