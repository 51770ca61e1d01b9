"""What becomes of a request: expectations from the declaration of small meshes, by hand."""

from collections import Counter
from random import Random

import pytest

from mesh_graph.demo import outcomes
from mesh_graph.demo.bookinfo import answers
from mesh_graph.demo.curves import Constant
from mesh_graph.demo.hops import Hop, Leg, Paths, value_at
from mesh_graph.demo.spec import Call, Destination, Host, MeshSpec, Wire, Workload
from mesh_graph.demo.spread import Spread
from mesh_graph.demo.story import DROPS_TRACE_HEADERS, story

AT = 1_790_002_800.0


def workload(name, **more) -> Workload:
    return Workload(f"{name}-v1", "shop", name, **more)


GATE, FRONT, CART, PRICE, LOGS = map(workload, ("gate", "front", "cart", "price", "logs"))


def call(source, to, rate, **more) -> Call:
    more = {"answers": answers(), "latency": Spread(100, 0.0), **more}
    return Call(source, Host.service(to.app, "shop"), (Destination(to),), rate, **more)


def paths(*calls, drops=frozenset()) -> Paths:
    return Paths(MeshSpec.of(calls), drops)


def requests(paths: Paths, count=1) -> list[Hop]:
    (root,) = paths.roots
    return [paths.request(root, AT, Random(number)) for number in range(count)]


def onward(hop: Hop) -> list[Hop]:
    return [after for attempt in hop.attempts for _, after in attempt.hops]


def test_calls_of_whom_nobody_calls_begin_traces():
    found = paths(call(GATE, FRONT, 10), call(FRONT, CART, 10), call(None, FRONT, 1))
    assert [(leg.call.source, leg.call.host.name) for leg in found.roots] == [
        (GATE, "front"),
        (None, "front"),
    ]


def test_whoever_drops_the_headers_begins_traces_too():
    calls = (call(GATE, FRONT, 10), call(FRONT, CART, 10), call(CART, PRICE, 10))
    found = paths(*calls, drops=frozenset({("shop", "front")}))
    assert [leg.call.source for leg in found.roots] == [GATE, FRONT]
    gate, front = found.roots
    assert found.below(gate) == (calls[0],)
    assert found.below(front) == calls[1:]


def test_connections_and_idle_calls_are_no_part_of_traces():
    tcp = call(FRONT, LOGS, 10, wire=Wire.TCP)
    assert paths(call(GATE, FRONT, 10), tcp, call(FRONT, CART, 0)).below(
        paths(call(GATE, FRONT, 10)).roots[0]
    ) == (call(GATE, FRONT, 10),)


@pytest.mark.parametrize(
    ("rate", "times"),
    [(10, {1}), (20, {2}), (10.4, {1}), (9.8, {1}), (15, {1, 2}), (5, {0, 1}), (0.1, {0, 1})],
)
def test_call_follows_as_often_as_the_rates_say(rate, times):
    hops = requests(paths(call(GATE, FRONT, 10), call(FRONT, CART, rate)), 400)
    counts = Counter(len(onward(hop)) for hop in hops)
    assert set(counts) == times
    share = sum(number * count for number, count in counts.items()) / 400
    assert share == pytest.approx(rate / 10, abs=0.1)


def test_nothing_follows_from_a_probe():
    (hop,) = requests(paths(call(None, FRONT, 10)))
    assert onward(hop) == []
    found = paths(call(None, FRONT, 10), call(GATE, FRONT, 10), call(FRONT, CART, 10))
    probe = found.request(next(leg for leg in found.roots if leg.call.source is None), AT, Random(0))
    assert onward(probe) == []


def test_destinations_are_chosen_by_weight_and_ends_by_share():
    old, new = workload("cart"), Workload("cart-v2", "shop", "cart", "v2")
    shared = Call(
        GATE,
        Host.service("cart", "shop"),
        (Destination(old, Constant(0.8)), Destination(new, Constant(0.2))),
        10,
        answers((outcomes.http_code(404), 0.25)),
    )
    hops = requests(paths(shared), 2000)
    assert sum(hop.destination == new for hop in hops) / 2000 == pytest.approx(0.2, abs=0.03)
    assert sum(hop.outcome.source[0].code == "404" for hop in hops) / 2000 == pytest.approx(0.25, abs=0.03)


def test_durations_have_the_spread_of_their_call():
    spread = Spread(100, 0.5)
    hops = requests(paths(call(GATE, FRONT, 10, latency=spread)), 2000)
    lengths = sorted(hop.attempts[0].duration_us / 1000 for hop in hops)
    for rank in (0.1, 0.5, 0.9):
        assert lengths[int(2000 * rank)] == pytest.approx(value_at(spread, rank), rel=0.1)


def test_callee_ends_before_its_caller_and_calls_of_http_follow_each_other():
    calls = (call(GATE, FRONT, 10), call(FRONT, CART, 10), call(FRONT, PRICE, 10))
    for hop in requests(paths(*calls), 50):
        (attempt,) = hop.attempts
        (first_us, cart), (second_us, price) = attempt.hops
        assert first_us > 0
        assert first_us + cart.duration_us < second_us
        assert second_us + price.duration_us < attempt.duration_us
        assert attempt.offset_us + attempt.duration_us <= hop.duration_us


def test_calls_of_grpc_go_out_together():
    grpc = {"wire": Wire.GRPC, "answers": answers(ok=outcomes.GRPC_OK)}
    calls = (call(GATE, FRONT, 10), call(FRONT, CART, 10, **grpc), call(FRONT, PRICE, 10, **grpc))
    (hop,) = requests(paths(*calls))
    assert len({at_us for at_us, _ in hop.attempts[0].hops}) == 1


def test_caller_lasts_as_long_as_what_it_waits_for():
    slow = call(FRONT, CART, 10, latency=Spread(5000, 0.0))
    (hop,) = requests(paths(call(GATE, FRONT, 10), slow))
    assert hop.attempts[0].duration_us > 5_000_000


def test_caller_does_not_wait_for_a_stream():
    stream = call(FRONT, CART, 10, latency=Spread(5000, 0.0), messages=(1, 24))
    (hop,) = requests(paths(call(GATE, FRONT, 10), stream))
    assert hop.attempts[0].duration_us < 200_000
    assert onward(hop)[0].duration_us > 4_900_000


@pytest.mark.parametrize(
    ("outcome", "codes", "arrives"),
    [
        (outcomes.HTTP_REFUSED, [], False),
        (outcomes.HTTP_RETRY_HELPED, ["503", "200"], True),
        (outcomes.HTTP_RETRIED_IN_VAIN, ["503", "503", "503"], True),
        (outcomes.HTTP_TIMEOUT, ["0"], True),
        (outcomes.HTTP_RETRY_TIMEOUT, ["0", "0", "0"], True),
    ],
)
def test_attempts_are_the_rows_of_the_server_one_after_another(outcome, codes, arrives):
    (hop,) = requests(paths(call(GATE, FRONT, 10, answers=answers((outcome, 1.0)))))
    assert [attempt.report.code for attempt in hop.attempts] == codes
    assert bool(hop.attempts) is arrives
    for before, after in zip(hop.attempts, hop.attempts[1:], strict=False):
        assert before.offset_us + before.duration_us == after.offset_us


def test_what_failed_called_nobody():
    failed = call(GATE, FRONT, 10, answers=answers((outcomes.http_code(500), 1.0)))
    (hop,) = requests(paths(failed, call(FRONT, CART, 10)))
    assert onward(hop) == []


def test_same_chance_gives_the_same_request():
    found = Paths(story(), DROPS_TRACE_HEADERS)
    for root in found.roots:
        assert isinstance(root, Leg)
        assert found.request(root, AT, Random(7)) == found.request(root, AT, Random(7))
