"""Requests to a source, counted."""

import itertools

import pytest

from mesh_graph.errors import SourceTimeout
from mesh_graph.sources.base import AsksTogether
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.measured import Measured, measured
from mesh_graph.sources.options import PrometheusOptions
from mesh_graph.sources.prometheus import PrometheusSource
from mesh_graph.sources.query import Family, Function, MetricQuery

NOON = 1_795_262_400.0
QUERY = MetricQuery(Family.REQUESTS, Function.RATE, ("reporter",))


class Notes:
    def __init__(self):
        self.notes = []

    def source_asked(self, *note):
        self.notes.append(note)


class Failing(DemoSource):
    def instant(self, query, at):
        raise SourceTimeout(self.name, "q", "Too slow.")


def test_every_request_is_told_with_its_time_and_answered_unchanged():
    source, notes = DemoSource(clock=lambda: NOON), Notes()
    counted = Measured(source, notes, clock=itertools.count().__next__)
    assert counted.instant(QUERY, NOON).table.equals(source.instant(QUERY, NOON).table)
    assert counted.range(QUERY, NOON - 30, NOON, 15).table.equals(
        source.range(QUERY, NOON - 30, NOON, 15).table
    )
    labels = ("destination_workload_namespace", (), NOON - 60, NOON)
    assert counted.label_values(*labels) == source.label_values(*labels)
    assert notes.notes == [("instant", "ok", 1, 0), ("range", "ok", 1, 0), ("labels", "ok", 1, 0)]
    assert (counted.name, counted.is_demo, counted.now()) == (source.name, True, NOON)
    assert counted.promql(QUERY) == source.promql(QUERY)


def test_failure_is_told_by_its_kind_and_passed_on():
    notes = Notes()
    with pytest.raises(SourceTimeout):
        measured(Failing(), notes).instant(QUERY, NOON)
    ((what, outcome, _, received),) = notes.notes
    assert (what, outcome, received) == ("instant", "timeout", 0)


def test_counted_source_can_what_the_source_can():
    real = PrometheusSource(PrometheusOptions(url="http://127.0.0.1:1"))
    assert isinstance(measured(real, Notes()), AsksTogether) == isinstance(real, AsksTogether)
    assert not isinstance(measured(DemoSource(), Notes()), AsksTogether)
    real.close()


@pytest.mark.peer("prometheus")
def test_bundle_is_one_request_with_the_bytes_of_all(prometheus_factory):
    past = '# TYPE istio_requests counter\nistio_requests_total{reporter="source"} 1 1700000000\n# EOF\n'
    real, notes = PrometheusSource(PrometheusOptions(url=prometheus_factory(openmetrics=past).url)), Notes()
    queries = [MetricQuery(Family.REQUESTS, Function.SERIES, by) for by in ((), ("reporter",))]
    replies = measured(real, notes).together(queries, 1700000010.0)
    ((what, outcome, seconds, received),) = notes.notes
    assert (what, outcome, received) == ("instant", "ok", sum(reply.received_bytes for reply in replies))
    assert received > 0
    assert seconds > 0
    real.close()
