import pytest

from mesh_graph.demo.bookinfo import namespaces
from mesh_graph.demo.spec import MeshSpec
from mesh_graph.demo.tracer import Tracer
from mesh_graph.sources.demo_traces import DemoTraces
from mesh_graph.sources.trace_source import TraceQuestion

AT = 1_790_002_800.0


@pytest.fixture
def tracer() -> Tracer:
    return Tracer(MeshSpec.of(namespaces(1, 1, incident_at=0.0)), sampling=1.0)


@pytest.fixture
def source(tracer) -> DemoTraces:
    return DemoTraces(tracer, clock=lambda: AT)


def test_present_is_the_clock_s(source):
    assert source.now() == AT


def test_search_that_would_take_too_long_says_how_far_it_looked(tracer):
    found = DemoTraces(tracer, look_at=50).find(TraceQuestion(start=AT - 3600, end=AT, tags={"a": "b"}))
    assert found.traces == ()
    assert found.was_cut
    assert found.warnings == ("Only the newest 50 traces were looked at; ask for less time.",)


def test_search_to_the_end_has_nothing_to_say(source):
    found = source.find(TraceQuestion(start=AT - 10, end=AT, tags={"a": "b"}))
    assert (found.traces, found.was_cut, found.warnings) == ((), False, ())


def test_span_that_started_in_time_is_found_though_its_trace_began_before(source):
    (trace, *_) = source.find(TraceQuestion(start=AT - 10, end=AT)).traces
    last = trace.spans[-1].start_us / 1e6
    found = source.find(TraceQuestion(start=last, end=last))
    assert trace in found.traces
