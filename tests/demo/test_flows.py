"""Calls taken apart into flows."""

from __future__ import annotations

from mesh_graph.demo import outcomes
from mesh_graph.demo.bookinfo import answers
from mesh_graph.demo.curves import Constant, Daily
from mesh_graph.demo.flows import flows
from mesh_graph.demo.spec import ALWAYS, Answer, Call, Destination, Host, MeshSpec, Tcp, Wire, Workload
from mesh_graph.demo.spread import Spread

CLIENT, V1, V2 = (Workload(name, "here", name) for name in ("client", "v1", "v2"))
HOST = Host.service("host", "here")


def of(*destinations: Destination, **options):
    options = {"rate": 10.0, "answers": answers()} | options
    return flows(MeshSpec.of((Call(CLIENT, HOST, destinations, **options),)))


def test_one_flow_for_each_destination_and_way_to_end():
    found = of(
        Destination(V1, Constant(0.25)), Destination(V2, Constant(0.75)),
        answers=answers((outcomes.http_code(404), 0.1)),
    )  # fmt: skip
    rates = {(f.destination.workload.name, f.outcome.source[0].code): round(f.rate, 9) for f in found}
    assert rates == {("v1", "200"): 2.25, ("v1", "404"): 0.25, ("v2", "200"): 6.75, ("v2", "404"): 0.75}


def test_constants_become_part_of_the_rate():
    day = Daily(0, 1, 12)
    (flow,) = of(Destination(V1, Constant(0.5)), load=day)
    assert (flow.rate, flow.curves) == (5.0, (day,))
    (flow,) = of(Destination(V1))
    assert (flow.rate, flow.curves) == (10.0, (ALWAYS,))


def test_what_never_happens_is_left_out_unless_it_has_happened():
    assert of(Destination(V1), rate=0.0) == ()
    assert len(of(Destination(V1), rate=0.0, seen=3)) == 1


def test_connections_have_a_second_flow_of_what_they_carry():
    opened, carried = of(
        Destination(V1), wire=Wire.TCP, answers=answers(ok=outcomes.TCP_OK), tcp=Tcp(chunks=30)
    )
    assert (opened.chunks, opened.rate, carried.chunks, carried.rate) == (False, 10.0, True, 300.0)
    (refused,) = of(Destination(V1), wire=Wire.TCP, answers=answers(ok=outcomes.TCP_REFUSED))
    assert not refused.chunks


def test_time_outs_last_and_what_the_proxy_answers_itself_does_not():
    def latency(outcome: outcomes.Outcome) -> float:
        (flow,) = of(Destination(V1), answers=answers(ok=outcome), latency=Spread(40))
        return flow.latency.median

    assert latency(outcomes.HTTP_TIMEOUT) == 3000
    assert latency(outcomes.HTTP_OVERFLOW) < 5
    assert latency(outcomes.http_code(500)) == latency(outcomes.HTTP_OK) == 40
    own = (Answer(outcomes.HTTP_OK, ALWAYS, Spread(1900)),)
    assert of(Destination(V1), answers=own)[0].latency == Spread(1900)
