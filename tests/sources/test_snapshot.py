"""A recording as a source: its range, its namespaces, and series that hidden labels tell apart."""

from __future__ import annotations

import numpy as np
import pytest

from mesh_graph.errors import InvalidRequest, NotRecorded, QueryRejected
from mesh_graph.fields import DESTINATION_WORKLOAD_NAMESPACE as TO
from mesh_graph.fields import SOURCE_WORKLOAD_NAMESPACE as SOURCE
from mesh_graph.scope import Scope
from mesh_graph.sources.base import Reply
from mesh_graph.sources.evaluator import Evaluator
from mesh_graph.sources.measured import measured
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery
from mesh_graph.sources.recorder import record
from mesh_graph.sources.recording import About
from mesh_graph.sources.scoped import scoped
from mesh_graph.sources.snapshot import SnapshotSource
from mesh_graph.sources.store import Scraped

END = 1800.0
NAMES = ("shop", "store", "bank")


class Counters:
    """Three namespaces that call the store; the pods of shop are two, alike but for a label that is not kept.

    Scraped at different times, every 15 and every 20 s; counters rise by 1 and 2 a second.
    """

    def labels(self, family: Family):
        if family not in (Family.REQUESTS, Family.REQUEST_DURATION):
            return {"hidden": np.array([], dtype=object)}
        return {
            SOURCE: np.array(["shop", "shop", "bank"], dtype=object),
            TO: np.array(["store", "store", "vault"], dtype=object),
            "instance": np.array(["a", "a", "b"], dtype=object),
            "hidden": np.array(["x", "y", "z"], dtype=object),
        }

    def edges(self, family: Family):
        return ("1", "+Inf") if family.is_histogram else ()

    def read(self, family, part, rows, span):
        for series in range(len(rows)):
            step, offset = ((15, 0.001), (15, 0.001), (20, 7.5))[rows[series]]
            times = np.arange(offset, 4000, step)
            times = times[(times >= span[0]) & (times <= span[1])]
            samples = times * (1.0, 2.0, 2.0)[rows[series]]
            if part == "bucket":
                samples = np.stack([samples / 2, samples])
            yield Scraped(np.array([series]), times, samples[None])

    def is_present(self, family, rows, start, end):
        return np.ones(len(rows), dtype=bool)


class Source(Evaluator):
    name = "counters"
    warnings: tuple[str, ...] = ()

    def instant(self, query: MetricQuery, at: float) -> Reply:
        found = super().instant(query, at)
        return Reply(found.table, found.promql, self.warnings, found.series)


def snapshot(namespaces=(), warnings=()) -> SnapshotSource:
    source = Source(Counters(), "counters")
    source.warnings = warnings
    about = About(
        source="counters",
        is_demo=False,
        since=600.0,
        start=900.0,
        end=END,
        recorded_at=END,
        namespaces=namespaces,
    )
    return SnapshotSource(record(source, about, ((),), (SOURCE, TO, "instance")), "file")


@pytest.fixture(scope="module")
def recorded():
    return snapshot()


def rates(by=(SOURCE,), *matchers, window_s=300, **more) -> MetricQuery:
    return MetricQuery(Family.REQUESTS, Function.RATE, by, matchers, window_s=window_s, **more)


def values(reply):
    return {row[0]: row[1] for row in reply.table.itertuples(index=False)}


def test_every_query_is_answered_as_by_the_source_that_was_recorded(recorded):
    source = Source(Counters(), "counters")
    for family in (Family.REQUESTS, Family.REQUEST_DURATION):
        for function in Function:
            by = (SOURCE, "le") if function is Function.BUCKET_RATE else (SOURCE,)
            try:
                quantile = 0.7 if function is Function.QUANTILE else None
                query = MetricQuery(family, function, by, window_s=240, quantile=quantile)
            except ValueError:
                continue
            for at in (1000.0, 1333.3, END):
                expected, found = (one.instant(query, at).table for one in (source, recorded))
                columns = [column for column in expected if column != "series"]
                rows = [sorted(t[columns].itertuples(index=False, name=None)) for t in (expected, found)]
                assert len(rows[0]) > 0
                for ours, theirs in zip(*reversed(rows), strict=True):
                    assert ours == pytest.approx(theirs), (function, at)


def test_series_that_only_a_hidden_label_tells_apart_both_count(recorded):
    assert values(recorded.instant(rates(), END)) == pytest.approx({"shop": 3.0, "bank": 2.0})


@pytest.mark.parametrize("at", [899.0, END + 1, 0.0, 1e9])
def test_an_instant_whose_window_was_not_recorded_is_refused(recorded, at):
    with pytest.raises(NotRecorded, match="window of 5m was not recorded, only 1970-01-01 00:10:00 to"):
        recorded.instant(rates(), at)


def test_a_longer_window_needs_a_later_instant(recorded):
    assert len(recorded.instant(rates(window_s=600), 1200.0).table) == 2
    with pytest.raises(NotRecorded, match="at least 10m after 1970-01-01 00:10:00"):
        recorded.instant(rates(window_s=600), 1199.0)


def test_of_a_range_that_was_recorded_in_part_the_rest_is_absent_with_a_warning(recorded):
    reply = recorded.range(rates(), 700.0, 1000.0, 100.0)
    assert sorted(set(reply.table["time"])) == [900.0, 1000.0]
    assert reply.warnings == ("only 1970-01-01 00:10:00 to 1970-01-01 00:30:00 UTC was recorded",)
    assert recorded.range(rates(), 900.0, 1000.0, 100.0).warnings == ()


def test_a_range_without_any_recorded_instant_is_refused(recorded):
    with pytest.raises(NotRecorded, match="was not recorded"):
        recorded.range(rates(), 2000.0, 3000.0, 100.0)
    with pytest.raises(InvalidRequest):
        recorded.range(rates(), 1000.0, 900.0, 100.0)


def test_the_present_is_the_end(recorded):
    assert recorded.now() == END


def test_label_values_are_those_of_series_with_samples(recorded):
    assert recorded.label_values(SOURCE, (), 0, 1e9) == ("bank", "shop")
    assert recorded.label_values(SOURCE, (), 0, 500) == ()
    assert recorded.label_values("hidden", (), 0, 1e9) == ()


@pytest.mark.parametrize(
    "matchers",
    [
        (),
        (Matcher(TO, "=", "store"),),
        (Matcher(TO, "=~", "sto.*"),),
        (Matcher(SOURCE, "=", "bank"), Matcher(TO, "=", "store")),
        (Matcher(SOURCE, "!=", "store"), Matcher(TO, "!=", "store")),
    ],
)
def test_what_concerns_the_recorded_namespaces_is_answered(matchers):
    assert snapshot(("store",)).instant(rates((SOURCE,), *matchers), END).promql


@pytest.mark.parametrize(
    "matchers",
    [(Matcher(TO, "=", "vault"),), (Matcher(TO, "=~", "vault|store"),), (Matcher(SOURCE, "=", "bank"),)],
)
def test_what_concerns_others_only_is_refused_rather_than_shown_as_nothing(matchers):
    source = snapshot(("store",))
    for ask in (lambda q: source.instant(q, END), lambda q: source.range(q, 1000.0, END, 60.0)):
        with pytest.raises(NotRecorded, match=r"was not recorded\. Choose store, or record anew"):
            ask(rates((SOURCE,), *matchers))


def test_a_bad_expression_is_the_query_s_mistake():
    with pytest.raises(QueryRejected, match="bad matcher"):
        snapshot(("store",)).instant(rates((SOURCE,), Matcher(TO, "=~", "(")), END)


def test_warnings_of_the_recording_stay_with_its_answers():
    assert snapshot(warnings=("one store was away",)).instant(rates(), END).warnings == (
        "one store was away",
    )


def test_a_part_of_the_mesh_is_not_told_whose_traffic_else_was_recorded():
    whole = snapshot(("bank", "store"))
    seen = scoped(measured(whole, Unmetered()), Scope.of(("store",)))
    assert "namespaces bank, store" in whole.name
    assert "namespaces store," in seen.name
    assert "bank" not in seen.name
    elsewhere = scoped(measured(whole, Unmetered()), Scope.of(("vault",)))
    with pytest.raises(NotRecorded) as raised:
        elsewhere.instant(rates((SOURCE, TO)), END - 10_000)
    assert "bank" not in str(raised.value)
    with pytest.raises(NotRecorded, match="The traffic of vault was not recorded") as raised:
        elsewhere.instant(MetricQuery(Family.REQUESTS, Function.RAW, (SOURCE, TO)), END)
    assert "bank" not in str(raised.value)


class Unmetered:
    """Counts nothing."""

    def source_asked(self, what, outcome, seconds, received_bytes):
        pass
