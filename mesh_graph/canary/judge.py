"""A sample to a judgement: every quantity by itself, then the verdict over all of them.

sample ─► tally ─► shares ─► noise ─► guardrails ─► verdict, reasons
"""

from __future__ import annotations

from mesh_graph.canary.guardrails import Case, judge_guardrails
from mesh_graph.canary.reasons import reasons_of, remarks_of
from mesh_graph.canary.sample import ROUTED, UNATTRIBUTED, Declared, Rules, Sample
from mesh_graph.canary.sequence import Floats
from mesh_graph.canary.shares import judge_share, judge_unattributed, with_time
from mesh_graph.canary.tally import Tally, tally
from mesh_graph.canary.verdict import GRAVITY, NO_ANSWER, Candidate, Judged, Judgement, State, Verdict

__all__ = ["judge"]

_HOLDING = NO_ANSWER | {State.CHANGING}


def judge(sample: Sample, declared: Declared, rules: Rules | None = None) -> Judgement:
    """All that can be said of a route since its anchor; a pure function of what it is given.

    Parameters
    ----------
    sample : Sample
    declared : Declared
    rules : Rules, optional
        The defaults if not given.
    """
    rules = rules or Rules()
    counts = tally(sample)
    shares = _shares(sample, counts, declared, rules)
    unattributed = with_time(judge_unattributed(*_lost(counts), rules), counts)
    candidates = tuple(
        _candidate(Case(sample, counts, declared, rules, version), shares, unattributed)
        for version in declared.canaries
    )
    verdict = min((candidate.verdict for candidate in candidates), key=GRAVITY.index, default=Verdict.WAIT)
    gravest = [candidate.reasons for candidate in candidates if candidate.verdict is verdict]
    reasons = tuple(reason for reasons in gravest for reason in reasons)
    remarks = remarks_of(sample)
    return Judgement(verdict, reasons, candidates, shares, unattributed, remarks, sample.anchor, sample.at)


def _shares(sample: Sample, counts: Tally, declared: Declared, rules: Rules) -> tuple[Judged, ...]:
    """Every version's share: those that are named, then those that were seen beside them."""
    named = (declared.baseline, *declared.canaries, *(declared.weights or ()), *counts.versions)
    versions = [version for version in dict.fromkeys(named) if version != UNATTRIBUTED]
    routed = {version: counts.of(ROUTED, version).sum(axis=0) for version in versions}
    everything = sum(routed.values(), start=0.0 * counts.ends)
    judged = []
    for version in versions:
        weight = None if declared.weights is None else declared.weights.get(version, 0.0)
        pair = (routed[version], everything)
        share = judge_share(version, pair, weight, rules, interval_s=sample.interval_s)
        judged.append(with_time(share, counts))
    return tuple(judged)


def _lost(counts: Tally) -> tuple[Floats, Floats]:
    """Requests that reached no version, and all requests, per interval."""
    lost = counts.of(ROUTED, UNATTRIBUTED).sum(axis=0)
    return lost, counts.counts[ROUTED].sum(axis=(0, 1))


def _candidate(case: Case, shares: tuple[Judged, ...], unattributed: Judged) -> Candidate:
    guardrails = judge_guardrails(case)
    share = next(share for share in shares if share.version == case.version)
    verdict = _verdict(guardrails, unattributed)
    reasons = reasons_of(verdict, guardrails, share, unattributed)
    return Candidate(case.version, verdict, reasons, guardrails, share)


def _verdict(guardrails: tuple[Judged, ...], unattributed: Judged) -> Verdict:
    """Roll back if any guardrail is worse, promote if every one is sound; else what stands against it."""
    states = {guardrail.state for guardrail in guardrails}
    if State.WORSE in states:
        return Verdict.ROLL_BACK
    if states & _HOLDING or unattributed.state in (State.WORSE, *_HOLDING):
        return Verdict.HOLD
    return Verdict.PROMOTE if states == {State.SOUND} and unattributed.state is State.SOUND else Verdict.WAIT
