"""What of a cluster's states is kept, and since when each is said to hold."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from mesh_graph.scope import Scope
from mesh_graph.settings import Settings
from mesh_graph.sources.cluster import ClusterGap, Snapshot
from mesh_graph.sources.cluster_kinds import rows_of
from mesh_graph.sources.cluster_object import object_of
from mesh_graph.sources.connect import connect_cluster
from mesh_graph.sources.demo_cluster import DemoCluster
from mesh_graph.sources.journal import FILE, Journal
from mesh_graph.sources.journaled import JournaledCluster, change_of
from mesh_graph.sources.scoped_cluster import scoped_snapshot

CART = ("east", "VirtualService", "shop", "cart")
NEVER = 1e6


def route(first: int, second: int, *, version="1", changed=None, host="cart"):
    ends = [
        {"destination": {"host": host, "subset": f"v{n}"}, "weight": w} for n, w in ((1, first), (2, second))
    ]
    managed = [{"fieldsV1": {"f:spec": {}}, "time": changed}] if changed else []
    raw = {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {
            "namespace": "shop",
            "name": "cart",
            "resourceVersion": version,
            "managedFields": managed,
        },
        "spec": {"hosts": ["cart"], "http": [{"route": ends}]},
    }
    return object_of(rows_of(raw)[0], raw, "east")


class Told:
    """A cluster source that tells what it was given."""

    name, is_demo, closed = "told", False, False

    def __init__(self) -> None:
        self.now = Snapshot(0, 0.0, ("east",))

    def show(self, *objects, **more) -> None:
        by_kind = {"VirtualService": objects} if objects else {}
        self.now = replace(self.now, version=self.now.version + 1, by_kind=by_kind, **more)

    def wait(self, timeout_s):
        return True

    def snapshot(self):
        return self.now

    def close(self):
        self.closed = True


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def told(tmp_path):
    source, clock = Told(), Clock()
    cluster = JournaledCluster(source, Journal(tmp_path), clock, every_s=NEVER)
    yield source, clock, cluster
    cluster.close()


def states(cluster, key=CART):
    return [(change.at, tuple(change.weights.values())) for change in cluster.snapshot().changes.get(key, ())]


def test_every_state_of_the_weights_is_kept_with_its_instant(told):
    source, clock, cluster = told
    for clock.now, weights in ((1000.0, (100, 0)), (1060.0, (90, 10)), (1120.0, (50, 50))):
        source.show(route(*weights))
        cluster.snapshot()
    assert states(cluster) == [(1000.0, (100, 0)), (1060.0, (90, 10)), (1120.0, (50, 50))]


def test_what_changes_no_spec_is_no_change(told):
    source, clock, cluster = told
    source.show(route(90, 10))
    cluster.snapshot()
    clock.now = 1060.0
    source.show(route(90, 10, version="2"))
    assert states(cluster) == [(1000.0, (90, 10))]


def test_the_servers_instant_is_taken_where_it_tells_of_this_change(told):
    source, clock, cluster = told
    source.show(route(90, 10, changed="1970-01-01T00:15:00Z"))
    cluster.snapshot()
    clock.now = 1060.0
    source.show(route(50, 50, changed="1970-01-01T00:17:30Z"))
    assert states(cluster) == [(900.0, (90, 10)), (1050.0, (50, 50))]
    clock.now = 1200.0
    source.show(route(0, 100, changed="1970-01-01T00:17:30Z"))
    assert states(cluster)[-1] == (1200.0, (0, 100))


def test_only_weights_differ_where_the_shape_is_the_same():
    changes = [change_of(one, 1.0) for one in (route(90, 10), route(50, 50), route(50, 50, host="till"))]
    assert changes[0].shape == changes[1].shape != changes[2].shape
    assert len({change.digest for change in changes}) == 3
    assert changes[0].weights == {"spec/http[0]/route[0]": 90, "spec/http[0]/route[1]": 10}


def test_a_route_that_is_gone_is_kept_as_gone_and_may_come_back(told):
    source, clock, cluster = told
    source.show(route(90, 10))
    cluster.snapshot()
    clock.now = 1060.0
    source.show()
    assert states(cluster)[-1] == (1060.0, ())
    clock.now = 1120.0
    source.show(route(90, 10))
    assert [at for at, _ in states(cluster)] == [1000.0, 1060.0, 1120.0]


@pytest.mark.parametrize(
    "more",
    [
        {"unknown": frozenset({"VirtualService"})},
        {"gaps": (ClusterGap("cluster.unreachable", "east", "VirtualService"),)},
        {"clusters": ()},
    ],
)
def test_what_cannot_be_seen_is_not_gone(told, more):
    source, _, cluster = told
    source.show(route(90, 10))
    cluster.snapshot()
    source.show(**more)
    assert states(cluster) == [(1000.0, (90, 10))]


def test_a_change_while_nobody_was_running_is_found_after_the_restart(tmp_path):
    source = Told()
    source.show(route(90, 10, changed="1970-01-01T00:15:00Z"))
    first = JournaledCluster(source, Journal(tmp_path), lambda: 1000.0, every_s=NEVER)
    first.snapshot()
    first.close()
    source.show(route(50, 50, changed="1970-01-01T01:00:00Z"))
    again = JournaledCluster(source, Journal(tmp_path), lambda: 9000.0, every_s=NEVER)
    assert states(again) == [(900.0, (90, 10)), (3600.0, (50, 50))]
    again.close()


def test_states_are_kept_though_nobody_asks(tmp_path):
    source, journal = Told(), Journal(tmp_path)
    source.show(route(90, 10))
    cluster = JournaledCluster(source, journal, lambda: 1000.0, every_s=0.01)
    for _ in range(500):
        if journal.changes:
            break
        cluster._stopping.wait(0.01)
    assert CART in journal.changes
    cluster.close()
    assert source.closed


def test_a_journal_that_cannot_be_written_is_said_once_and_the_rest_goes_on(tmp_path, caplog):
    source, clock = Told(), Clock()
    cluster = JournaledCluster(source, Journal(tmp_path, most_bytes=2**16), clock, every_s=NEVER)
    source.show(route(90, 10))
    cluster.snapshot()
    for size in (2**17, 2**17 + 1):
        source.show(replace(route(50, 50), name="n" * size))
        with caplog.at_level(logging.WARNING):
            assert cluster.snapshot().objects("VirtualService")
    assert len([r for r in caplog.records if "cannot be written" in r.getMessage()]) == 1
    source.show(route(40, 60))
    assert states(cluster)[-1] == (1000.0, (40, 60))
    cluster.close()


def test_somebody_with_a_narrower_scope_sees_no_past_of_others(told):
    source, _, cluster = told
    source.show(route(90, 10))
    whole = cluster.snapshot()
    assert scoped_snapshot(whole, Scope.of(("shop",))).changes.keys() == {CART}
    assert not scoped_snapshot(whole, Scope.of(("other",))).changes


def test_the_demos_canary_has_a_past_once_it_was_watched(tmp_path):
    """The weights of its reviews change within the hour; each state is kept."""
    clock = Clock()
    cluster = JournaledCluster(DemoCluster(clock=clock), Journal(tmp_path), clock, every_s=NEVER)
    for clock.now in range(1_800_000_000, 1_800_003_600, 450):
        cluster.snapshot()
    changes = cluster.snapshot().changes
    moved = {
        key: steps for key, steps in changes.items() if len({tuple(s.weights.values()) for s in steps}) > 1
    }
    assert any(key[1] == "VirtualService" for key in moved)
    for steps in moved.values():
        assert [step.at for step in steps] == sorted(step.at for step in steps)
    cluster.close()


def test_without_a_folder_nothing_is_kept_and_with_one_it_is(tmp_path):
    plain = connect_cluster(Settings())
    assert plain.snapshot().changes == {}
    cluster = connect_cluster(Settings(state_dir=tmp_path / "state"))
    assert cluster.snapshot().changes
    assert (tmp_path / "state" / FILE).exists()
    cluster.close()


def test_a_journal_that_is_refused_is_said_and_the_cluster_is_read(tmp_path, caplog):
    (tmp_path / FILE).write_bytes(b"something else" * 100)
    with caplog.at_level(logging.WARNING):
        cluster = connect_cluster(Settings(state_dir=tmp_path))
    assert "The journal is not kept." in caplog.text
    assert cluster.snapshot().objects("VirtualService")
    assert not cluster.snapshot().changes
