"""Laws of the simulated counters, and hand-made meshes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh_graph.demo import outcomes
from mesh_graph.demo.bookinfo import answers
from mesh_graph.demo.curves import DAY_S
from mesh_graph.demo.simulator import FAMILIES, Part, Simulator
from mesh_graph.demo.spec import Call, Destination, Host, Life, MeshSpec, Tcp, Wire, Workload
from mesh_graph.demo.spread import Spread
from mesh_graph.demo.story import MEMORY_LIFE, story

NOON = 20_500.5 * DAY_S
REQUESTS, DURATION = "istio_requests_total", "istio_request_duration_milliseconds"
STORY = Simulator(story())
CLIENT = Workload("client-v1", "left", "client", life=Life(DAY_S, 0, DAY_S), replicas=2)
SERVER = Workload("server-v1", "right", "server", life=Life(DAY_S, 0, DAY_S), replicas=3)


def simulate(*calls: Call) -> Simulator:
    return Simulator(MeshSpec.of(calls))


def call(outcome: outcomes.Outcome = outcomes.HTTP_OK, **options) -> Call:
    ends = {"source": CLIENT, "destinations": (Destination(SERVER),), "rate": 20.0} | options
    return Call(host=Host.service("server", "right"), answers=answers(ok=outcome), **ends)


def table(simulator: Simulator, family: str, at: float = NOON, part: Part = Part.COUNT) -> pd.DataFrame:
    """Labels and the reading of every series at one instant."""
    reading = simulator.read(family, part, np.array([at]))[..., 0]
    return pd.DataFrame(simulator.labels(family)).assign(
        value=reading if reading.ndim == 1 else reading[:, -1]
    )


def total(simulator: Simulator, family: str, reporter: str, at: float = NOON) -> float:
    rows = table(simulator, family, at)
    return float(rows[rows["reporter"] == reporter]["value"].sum())


families = st.sampled_from(sorted(FAMILIES))


@settings(max_examples=40, deadline=None)
@given(families, st.sampled_from(list(Part)), st.integers(0, 4 * DAY_S))
def test_counters_fall_only_when_their_pod_restarts(family: str, part: Part, offset: int):
    if part is not Part.COUNT and not FAMILIES[family].is_histogram:
        return
    times = NOON + offset + 60.0 * np.arange(90)
    values = STORY.read(family, part, times)
    falls = (np.diff(values, axis=-1) < 0).reshape(len(values), -1, len(times) - 1).any(axis=1)
    _, pods = STORY.series(family)
    births = np.array([np.diff(np.floor((times - life.phase_s) / life.period_s)) > 0 for life in lives()])
    assert not (falls & ~births[pods]).any()


def lives() -> list[Life]:
    return [workload.pod_life(replica) for workload, replica in STORY.pods]


@settings(max_examples=25, deadline=None)
@given(families, st.lists(st.integers(0, 3 * DAY_S), min_size=1, max_size=4, unique=True))
def test_readings_depend_on_seed_and_instant_alone(family: str, offsets: list[int]):
    times = NOON + np.array(sorted(offsets), dtype=float)
    together = STORY.read(family, Part.COUNT, times)
    for column, at in enumerate(times):
        alone = Simulator(story()).read(family, Part.COUNT, np.array([at]))
        np.testing.assert_array_equal(alone[:, 0], together[:, column])


def test_another_seed_is_another_noise_with_the_same_series():
    other = Simulator(story(), seed=1)
    assert other.series(REQUESTS)[0] == STORY.series(REQUESTS)[0]
    assert not np.array_equal(
        other.read(REQUESTS, Part.COUNT, np.array([NOON])),
        STORY.read(REQUESTS, Part.COUNT, np.array([NOON])),
        True,
    )


@pytest.mark.parametrize("family", [name for name, spec in FAMILIES.items() if spec.is_histogram])
def test_histograms_agree_with_the_requests(family: str):
    times = NOON + 15.0 * np.arange(40)
    requests = STORY.read(REQUESTS, Part.COUNT, times)
    buckets = STORY.read(family, Part.BUCKET, times)
    np.testing.assert_array_equal(STORY.read(family, Part.COUNT, times), requests)
    np.testing.assert_array_equal(buckets[:, -1], requests)
    there = ~np.isnan(requests)
    assert (np.diff(buckets, axis=1).transpose(0, 2, 1)[there] >= 0).all()
    # No event leaves a bucket: what comes between two scrapes is a histogram of its own.
    grown = np.diff(buckets, axis=2)
    plain = (np.diff(requests, axis=1) >= 0)[:, None, :] & np.isfinite(grown)
    assert (np.diff(grown, axis=1)[plain[:, 1:]] >= 0).all()


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=5, unique=True))
@settings(max_examples=20, deadline=None)
def test_some_rows_read_alone_are_the_same(picked: list[int]):
    labels, _ = STORY.series(DURATION)
    rows = np.unique(np.array(picked) % len(labels))
    times = NOON + 15.0 * np.arange(10)
    for part in Part:
        np.testing.assert_array_equal(
            STORY.read(DURATION, part, times, rows), STORY.read(DURATION, part, times)[rows]
        )


def test_all_readings_are_whole_numbers():
    for family, spec in FAMILIES.items():
        for part in Part if spec.is_histogram else (Part.COUNT,):
            values = STORY.read(family, part, np.array([NOON]))
            seen = values[~np.isnan(values)]
            assert (seen == np.floor(seen)).all()
            assert (seen >= 0).all()


def test_requests_are_dealt_evenly_and_none_is_lost():
    simulator = simulate(call())
    rows = table(simulator, REQUESTS)
    by_pod = rows.groupby(["reporter", "pod"])["value"].sum()
    assert by_pod.groupby("reporter").size().to_dict() == {"destination": 3, "source": 2}
    assert by_pod.groupby("reporter").agg(np.ptp).max() <= 1
    # Born at the same midnight, the pods of both ends have seen the same requests.
    assert total(simulator, REQUESTS, "source") == total(simulator, REQUESTS, "destination")
    assert total(simulator, REQUESTS, "source") == pytest.approx(20 * DAY_S / 2, rel=0.01)


@pytest.mark.parametrize(
    ("outcome", "source", "destination"),
    [
        (outcomes.HTTP_OK, 1, 1),
        (outcomes.HTTP_REFUSED, 1, 0),
        (outcomes.HTTP_RETRY_TIMEOUT, 1, 3),
        (outcomes.HTTP_RETRIED_IN_VAIN, 1, 3),
        (outcomes.HTTP_RETRY_HELPED, 1, 2),
        (outcomes.HTTP_CLIENT_GONE, 1, 1),
    ],
)
def test_attempts_are_counted_as_each_proxy_sees_them(
    outcome: outcomes.Outcome, source: int, destination: int
):
    simulator = simulate(call(outcome))
    requests = 20 * DAY_S / 2
    assert total(simulator, REQUESTS, "source") == pytest.approx(source * requests, rel=0.01)
    assert total(simulator, REQUESTS, "destination") == pytest.approx(destination * requests, rel=0.01)


def test_without_a_proxy_at_the_server_only_the_source_reports():
    bare = Workload("bare", "right", "bare", has_proxy=False)
    rows = table(simulate(call(destinations=(Destination(bare),))), REQUESTS)
    assert set(rows["reporter"]) == {"source"}
    assert set(rows["destination_workload"]) == {"bare"}
    assert set(rows["connection_security_policy"]) == {"unknown"}


@pytest.mark.parametrize("source", [None, Workload("bare", "left", "bare", has_proxy=False)])
def test_without_a_proxy_at_the_client_its_name_is_unknown(source: Workload | None):
    rows = table(simulate(call(source=source)), REQUESTS)
    assert set(rows["reporter"]) == {"destination"}
    for label in ("workload", "workload_namespace", "canonical_service", "cluster", "principal"):
        assert set(rows[f"source_{label}"]) == {"unknown"}
    assert set(rows["source_canonical_revision"]) == {"latest"}
    assert set(rows["connection_security_policy"]) == {"none"}


def test_mutual_tls_is_known_to_the_server_alone():
    rows = table(simulate(call()), REQUESTS)
    assert rows.groupby("reporter")["connection_security_policy"].unique().map(list).to_dict() == {
        "destination": ["mutual_tls"],
        "source": ["unknown"],
    }
    assert set(rows["source_principal"]) == {"spiffe://cluster.local/ns/left/sa/client"}


def test_what_no_host_was_chosen_for_has_no_workload():
    rows = table(simulate(call(outcomes.HTTP_NO_HOST)), REQUESTS)
    assert set(rows["destination_workload"]) == {"unknown"}
    assert set(rows["destination_service"]) == {"server.right.svc.cluster.local"}


def test_a_series_is_absent_until_its_first_event():
    life = Life(DAY_S, int(NOON % DAY_S) // 60 * 60, DAY_S)
    young = Workload("young", "left", "young", life=life)
    born = NOON // 60 * 60
    seen = simulate(call(source=young, rate=0.02)).read(REQUESTS, Part.COUNT, born + 5.0 * np.arange(240))
    absent = np.isnan(seen[0])
    assert absent[0]
    assert not absent[-1]
    assert seen[0][~absent][0] == 1
    # Once there it stays.
    assert not (np.diff(absent.astype(int)) > 0).any()


def test_a_pod_that_is_down_has_no_series_and_starts_again_from_zero():
    shift = Workload("shift", "right", "shift", life=Life(7200, 0, 3600))
    simulator = simulate(call(destinations=(Destination(shift),)))
    even = NOON // 7200 * 7200
    times = even + np.array([3595.0, 3600.0, 7195.0, 7205.0])
    rows = simulator.read(REQUESTS, Part.COUNT, times)
    (served,) = rows[np.array([reporter[0] == "destination" for reporter in simulator.series(REQUESTS)[0]])]
    assert np.isnan(served).tolist() == [False, True, True, False]
    assert served[0] == pytest.approx(20 * 3595, rel=0.1)
    assert served[3] == pytest.approx(100, rel=0.8)
    up = [bool(simulator.is_up(at)[simulator.pods.index((shift, 0))]) for at in times]
    assert up == [True, False, False, True]


def test_an_idle_call_keeps_what_it_has_seen():
    rows = simulate(call(rate=0.0, seen=17)).read(REQUESTS, Part.COUNT, NOON + 900.0 * np.arange(50))
    assert (rows == 17).all()


def test_connections_are_closed_after_they_were_opened():
    tcp = call(
        outcomes.TCP_OK,
        wire=Wire.TCP,
        tcp=Tcp(hold_s=60, chunks=10, sent=Spread(100, 0), received=Spread(7, 0)),
    )
    simulator = simulate(tcp)
    opened, closed = (f"istio_tcp_connections_{word}_total" for word in ("opened", "closed"))
    for reporter in ("source", "destination"):
        assert total(simulator, closed, reporter, NOON + 60) == total(simulator, opened, reporter, NOON)
    sent, received = (total(simulator, f"istio_tcp_{w}_bytes_total", "source") for w in ("sent", "received"))
    assert sent / received == 100 / 7
    assert sent / total(simulator, opened, "source") == pytest.approx(1000, rel=0.02)


def test_after_a_restart_no_more_connections_are_closed_than_were_opened():
    dying = Workload("dying", "left", "dying", life=Life(3600, 0, 3600))
    simulator = simulate(call(outcomes.TCP_OK, source=dying, wire=Wire.TCP, tcp=Tcp(hold_s=300)))
    times = NOON // 3600 * 3600 + 15.0 * np.arange(480)
    opened, closed = (
        np.nan_to_num(simulator.read(f"istio_tcp_connections_{word}_total", Part.COUNT, times)[0])
        for word in ("opened", "closed")
    )
    assert (closed <= opened).all()
    assert closed[20] == 0
    assert closed[30] > 0


def test_streams_have_more_messages_than_requests():
    simulator = simulate(call(outcomes.GRPC_OK, wire=Wire.GRPC, messages=(1, 24)))
    requests = total(simulator, REQUESTS, "source")
    assert total(simulator, "istio_request_messages_total", "source") == requests
    assert total(simulator, "istio_response_messages_total", "source") == 24 * requests
    assert set(table(simulator, "istio_response_messages_total")["response_code"]) == {""}


def test_a_restart_in_the_middle_of_a_span_is_where_the_counter_falls():
    tracker = np.flatnonzero(STORY.labels(REQUESTS)["app"] == "parcel-tracker")
    birth = MEMORY_LIFE.phase_s + NOON // MEMORY_LIFE.period_s * MEMORY_LIFE.period_s
    values = STORY.read(REQUESTS, Part.COUNT, birth + np.array([-30.0, -15.0, 0.0, 15.0, 30.0]), tracker)
    busiest = values[np.nanargmax(values[:, 0])]
    assert busiest[0] < busiest[1]
    assert np.isnan(busiest[2])
    assert busiest[3] < busiest[4] < busiest[1]


@pytest.mark.parametrize("times", [np.empty(0), np.array([NOON])])
def test_a_mesh_without_calls_has_no_series(times: np.ndarray):
    empty = Simulator(MeshSpec.of(()))
    for family, spec in FAMILIES.items():
        assert empty.read(family, Part.COUNT, times).shape == (0, len(times))
        if spec.is_histogram:
            assert empty.read(family, Part.BUCKET, times).shape == (0, 20, len(times))
        assert all(len(column) == 0 for column in empty.labels(family).values())
