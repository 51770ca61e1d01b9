"""Declarations of a mesh."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mesh_graph.demo.bookinfo import answers
from mesh_graph.demo.spec import Call, Destination, Host, MeshSpec, Workload

CLIENT, SERVER = (Workload(name, "here", name, replicas=2) for name in ("client", "server"))


def call(source: Workload | None, to: Workload | None) -> Call:
    return Call(source, Host.service("host", "here"), (Destination(to),), 1.0, answers())


def test_a_mesh_has_the_workloads_at_the_ends_of_its_calls():
    mesh = MeshSpec.of((call(CLIENT, SERVER), call(None, SERVER), call(CLIENT, None)))
    assert mesh.workloads == (CLIENT, SERVER)


def test_two_workloads_of_one_name_must_not_differ():
    with pytest.raises(ValueError, match="of one name"):
        MeshSpec.of((call(CLIENT, SERVER), call(None, replace(SERVER, replicas=3))))
    MeshSpec.of((call(CLIENT, SERVER), call(None, replace(SERVER, cluster="west"))))


def test_a_service_has_its_kubernetes_host():
    assert Host.service("reviews", "bookinfo").host == "reviews.bookinfo.svc.cluster.local"


def test_pods_restart_every_few_days_each_at_its_own_time():
    lives = [SERVER.pod_life(replica) for replica in range(20)]
    assert all(2 * 86_400 <= life.period_s <= 5 * 86_400 for life in lives)
    assert all(life.on_s == life.period_s and life.phase_s % 5 == 0 for life in lives)
    assert len({(life.period_s, life.phase_s) for life in lives}) == 20


def test_names_of_pods_tell_workload_and_replica_apart():
    names = {workload.pod(replica) for workload in (CLIENT, SERVER) for replica in range(50)}
    assert len(names) == 100
    assert SERVER.pod(0).rsplit("-", 1)[0] == SERVER.pod(1).rsplit("-", 1)[0]
    assert SERVER.pod(0) == replace(SERVER, replicas=9).pod(0)
