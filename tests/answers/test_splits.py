"""Canaries of known weights and faults, from raw counters to verdicts, on the simulated mesh."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from mesh_graph.canary.split import AnchorKind
from mesh_graph.canary.verdict import Quantity, State, Verdict
from mesh_graph.codec import format_instant
from mesh_graph.demo.simulator import Simulator
from mesh_graph.errors import InvalidRequest, SourceTimeout
from mesh_graph.mesh import Mesh
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.manifests import ManifestSource
from mesh_graph.sources.query import Family
from mesh_graph.views.split_json import split_document
from mesh_graph.views.split_rows import share_rows, version_rows
from tests import canary_mesh
from tests.canary_mesh import AT, NAMESPACE, SPAN_S, VIEW


@pytest.fixture
def mesh(canaries):
    return canaries


@pytest.fixture
def splits(mesh):
    return {split.service: split for split in mesh.splits(VIEW)}


def state(split, quantity: Quantity) -> State:
    (candidate,) = split.judgement.candidates
    return next(guardrail.state for guardrail in candidate.guardrails if guardrail.quantity is quantity)


@pytest.mark.parametrize(
    ("service", "verdict", "quantity", "expected"),
    [
        ("good", Verdict.PROMOTE, Quantity.ERRORS, State.SOUND),
        ("bad", Verdict.ROLL_BACK, Quantity.ERRORS, State.WORSE),
        ("slow", Verdict.ROLL_BACK, Quantity.LATENCY, State.WORSE),
        ("picky", Verdict.ROLL_BACK, Quantity.CLIENT_ERRORS, State.WORSE),
        ("refusing", Verdict.ROLL_BACK, Quantity.ERRORS, State.WORSE),
        ("naked", Verdict.ROLL_BACK, Quantity.ERRORS, State.WORSE),
        ("drifting", Verdict.PROMOTE, Quantity.ERRORS, State.SOUND),
        ("store", Verdict.PROMOTE, Quantity.ERRORS, State.SOUND),
        ("queue", Verdict.ROLL_BACK, Quantity.ERRORS, State.WORSE),
    ],
)
def test_a_canary_is_judged_by_its_known_fault(splits, service, verdict, quantity, expected):
    split = splits[service]
    assert split.judgement.verdict is verdict
    assert state(split, quantity) is expected


def test_a_dead_canary_is_seen_by_what_reaches_nobody(splits):
    dead = splits["dead"]
    assert dead.judgement.verdict is not Verdict.PROMOTE
    assert dead.judgement.unattributed.state is State.WORSE
    (lost,) = (row for row in share_rows(dead) if row.role == "lost")
    assert lost.observed == pytest.approx(0.1, abs=0.01)


def test_a_silent_canary_passes_nothing(splits):
    silent = splits["silent"]
    assert silent.judgement.verdict is Verdict.WAIT
    assert state(silent, Quantity.ERRORS) is State.NO_TRAFFIC


@pytest.mark.parametrize(("service", "expected"), [("good", State.AS_DECLARED), ("drifting", State.DRIFTING)])
def test_drift_warns_and_does_not_decide(splits, service, expected):
    shares = {share.version: share for share in splits[service].judgement.shares}
    assert shares["v2"].state is expected
    assert shares["v2"].value == pytest.approx(canary_mesh.TRUE[service]["v2"], abs=0.01)


def test_the_gravest_stand_first(mesh):
    verdicts = [split.judgement.verdict for split in mesh.splits(VIEW)]
    order = [Verdict.ROLL_BACK, Verdict.HOLD, Verdict.WAIT, Verdict.PROMOTE]
    assert verdicts == sorted(verdicts, key=order.index)


def test_requests_are_counted_whole(splits):
    """Forty minutes at a known rate; the first scrape is what is counted from."""
    rows = {row.version: row for row in version_rows(splits["good"])}
    assert sum(row.requests for row in rows.values()) == pytest.approx(canary_mesh.RATE * SPAN_S, rel=0.02)
    assert rows["v2"].role == "canary"


def test_without_requests_connections_are_split_and_judged(mesh, splits):
    queue = splits["queue"]
    (candidate,) = queue.judgement.candidates
    assert queue.is_tcp
    assert [guardrail.quantity for guardrail in candidate.guardrails] == [Quantity.ERRORS]
    rows = {row.version: row for row in share_rows(queue)}
    opened = canary_mesh.RATE * SPAN_S
    assert sum(row.requests for row in rows.values()) == pytest.approx(opened, rel=0.05)
    assert rows["v2"].observed == pytest.approx(0.1, abs=0.01)
    bad = next(row for row in version_rows(queue) if row.version == "v2")
    assert bad.error_ratio == pytest.approx(0.06, abs=0.01)
    assert math.isnan(bad.client_error_ratio)
    detail = mesh.split(VIEW, f"{NAMESPACE}/queue")
    assert (detail.gaps, len(detail.distributions)) == ((), 0)


def test_list_and_detail_say_the_same(mesh, splits):
    detail = mesh.split(VIEW, f"{NAMESPACE}/bad")
    assert split_document(detail.split) == split_document(splits["bad"])
    assert detail.gaps == ()


def test_detail_shows_history_and_response_times_of_both_versions(mesh):
    detail = mesh.split(VIEW, f"{NAMESPACE}/slow")
    assert set(detail.history["version"]) == {"v1", "v2"}
    # 160 intervals of 15 s, in steps of three.
    assert detail.history["time"].nunique() == 54
    top = detail.distributions.groupby("version")["share"].max()
    assert top.to_dict() == {"v1": pytest.approx(1.0), "v2": pytest.approx(1.0)}
    objective = detail.split.objective
    within = detail.distributions.set_index(["version", "edge_ms"])["share"]
    assert within["v1", objective.edge_ms] >= 0.95
    assert within["v2", objective.edge_ms] < 0.9


def test_without_declarations_shares_are_observed_only():
    mesh = Mesh(DemoSource(Simulator(canary_mesh.mesh())))
    found = {split.service: split for split in mesh.splits(VIEW)}
    assert set(found) == set(canary_mesh.TRUE) - {"dead", "silent"}
    assert found["drifting"].declared.weights is None
    assert {share.state for share in found["drifting"].judgement.shares} == {State.OBSERVED}
    assert found["bad"].judgement.verdict is Verdict.ROLL_BACK
    mesh.close()


def test_the_anchor_is_the_windows_start_unless_somebody_chose_another(mesh):
    by_window = mesh.split(VIEW, f"{NAMESPACE}/good").split.anchor
    assert (by_window.at, by_window.kind) == (AT - SPAN_S, AnchorKind.WINDOW)
    chosen = mesh.split(VIEW, f"{NAMESPACE}/good", "20m").split.anchor
    assert (chosen.at, chosen.kind) == (AT - 1200, AnchorKind.CHOSEN)


def test_splits_of_different_anchors_are_counted_as_each_by_itself(tmp_path):
    """Two routes changed at different times: in one list, every count is what the detail alone says."""
    changed = {"good": "17 min", "bad": "31 min", "naked": "9 min", "queue": "23 min"}
    manifest = canary_mesh.manifest()
    for name, ago in changed.items():
        at = format_instant(AT - 60 * int(ago.removesuffix(" min")) - 4)
        fields = f"[{{manager: me, operation: Update, time: '{at}', fieldsV1: {{'f:spec': {{}}}}}}]"
        head = f"kind: VirtualService\nmetadata: {{name: {name}, "
        assert head in manifest
        manifest = manifest.replace(head, f"{head}managedFields: {fields}, ")
    (tmp_path / "routes.yaml").write_text(manifest)
    mesh = Mesh(DemoSource(Simulator(canary_mesh.mesh())), cluster=ManifestSource(tmp_path))
    splits = {split.service: split for split in mesh.splits(VIEW)}
    assert len({split.anchor.at for split in splits.values()}) == 1 + len(changed)
    for name in (*changed, "slow"):
        alone = mesh.split(VIEW, f"{NAMESPACE}/{name}").split
        assert split_document(alone) == split_document(splits[name])
        assert alone.sample.frame.equals(splits[name].sample.frame)
    mesh.close()


@pytest.mark.parametrize("anchor", ["soon", "2200-01-01", "-5m", "2030-01-01T00:00:00Z"])
def test_an_anchor_that_cannot_be_is_refused_by_name(mesh, anchor):
    with pytest.raises(InvalidRequest) as caught:
        mesh.splits(VIEW, anchor)
    assert caught.value.parameter == "anchor"


def test_an_old_anchor_is_counted_in_longer_intervals(mesh):
    old = mesh.split(VIEW, f"{NAMESPACE}/bad", "1d").split
    assert old.sample.interval_s == 60.0
    counted = old.sample.frame["total"].sum()
    assert counted == pytest.approx(canary_mesh.RATE * 86_400, rel=0.02)
    assert old.judgement.verdict is Verdict.ROLL_BACK


def test_a_service_that_nobody_calls_has_nothing_to_judge(mesh):
    nobody = mesh.split(VIEW, f"{NAMESPACE}/nobody").split
    assert nobody.judgement.verdict is not Verdict.PROMOTE
    assert nobody.sample.frame.empty


def test_a_namespace_without_splits_has_none(mesh):
    assert mesh.splits(replace(VIEW, namespaces=("elsewhere",))) == ()


class WithoutHistograms(DemoSource):
    """A source whose response times cannot be read."""

    def instant(self, query, at):
        if query.family is Family.REQUEST_DURATION:
            raise SourceTimeout(self.name, "q", "No answer.")
        return super().instant(query, at)


def test_what_requests_say_stands_where_response_times_cannot_be_read():
    mesh = Mesh(WithoutHistograms(Simulator(canary_mesh.mesh())))
    bad = mesh.split(VIEW, f"{NAMESPACE}/bad")
    assert bad.split.judgement.verdict is Verdict.ROLL_BACK
    assert state(bad.split, Quantity.LATENCY) is State.NO_METRIC
    assert [gap.message for gap in bad.gaps] == ["split-part-failed"]
    good = mesh.split(VIEW, f"{NAMESPACE}/good").split.judgement
    assert (good.verdict, good.cannot_say) == (Verdict.HOLD, True)
    mesh.close()
