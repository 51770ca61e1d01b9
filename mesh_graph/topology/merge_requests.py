"""Requests by the canonical rule: every request once, by the server's report where there is one.

    report that is used (1, 6) ──► less the hidden (5) ──► answers lost (3) ──► never arrived (2, 4)

The numbers are those of the canonical merge's rules (``docs/architecture.md``).
"""

from __future__ import annotations

import numpy as np

from mesh_graph.frames.codes import Bools, Ints, group
from mesh_graph.topology.merge_flows import Requests
from mesh_graph.topology.merge_kinds import Kinds
from mesh_graph.topology.merge_lost import pair_lost
from mesh_graph.topology.merge_reports import (
    NEGLIGIBLE,
    NO_REPORT,
    nearest_reporter,
    outnumbers,
    take_off,
)
from mesh_graph.topology.merge_rows import DESTINATION, SOURCE, Identities

__all__ = ["merge_requests"]


def merge_requests(rows: Requests, who: Identities, kinds: Kinds, tolerance: float) -> tuple[Requests, Bools]:
    """Every request once.

    Parameters
    ----------
    rows : Requests
        All reporters' rows.
    tolerance : float
        Excess of the source's report over the destination's that is within sampling, 0..1.

    Returns
    -------
    Requests
        Rows of one ending may recur; rows of the input at their rate, or what is left of it.
    array of bool
        Per row of the input: whether its destination reports only part of what its source saw arrive.
    """
    edges = int(rows.edge.max(initial=-1)) + 1
    nearest = nearest_reporter(rows.edge, rows.reporter, edges)
    is_half = _is_half_reported(rows, who, kinds, tolerance) & (nearest == DESTINATION)[rows.edge]
    used_by = np.where(is_half, SOURCE, nearest[rows.edge])
    is_used = rows.reporter == used_by
    is_behind = _is_counted_behind_service(rows, is_used, who, kinds)
    report = _without_hidden(rows, is_used & ~is_behind, is_half, who, kinds)
    nearer = rows[(is_behind | (rows.reporter > used_by)) & ~kinds.client_gone[rows.kind]]
    is_lost = kinds.answer_lost[nearer.kind]
    report, unpaired = pair_lost(report, nearer[is_lost], who, kinds)
    is_missing = kinds.server_died[unpaired.kind] | kinds.never_arrived[unpaired.kind]
    unpaired = unpaired[is_missing & (unpaired.rate > NEGLIGIBLE)]
    return Requests.concat([report, nearer[nearer.never & ~is_lost], unpaired]), is_half


def _is_half_reported(rows: Requests, who: Identities, kinds: Kinds, tolerance: float) -> Bools:
    """Rule 6, per row: whether the edge's source saw more requests arrive than its destination.

    Requests whose client left, or whose server may have died with its counters, prove nothing.
    """
    may_be_uncounted = kinds.client_gone[rows.kind] | kinds.server_died[rows.kind]
    is_evidence = (rows.reporter == SOURCE) & rows.arrived & ~may_be_uncounted
    return outnumbers(rows.edge, rows.rate, is_evidence, rows.reporter == DESTINATION, tolerance=tolerance)


def _is_counted_behind_service(rows: Requests, is_used: Bools, who: Identities, kinds: Kinds) -> Bools:
    """Which rows name a service alone, behind which a proxy nearer to the server counts the same source.

    An answer that never came brings no peer metadata with it: rows of UT or DC often name no workload.
    Workloads of another namespace than the service's are left out, for they may be outside the view.
    """
    service, count = group(
        who.source[rows.identity], who.service[rows.identity], kinds.protocol_number[rows.kind]
    )
    has_destination = who.has_destination[rows.identity]
    counts = is_used & has_destination & who.is_at_home[rows.identity] & (rows.rate > 0)
    nearest = nearest_reporter(service[counts], rows.reporter[counts], count)[service]
    behind: Bools = ~has_destination & (nearest < NO_REPORT) & (rows.reporter > nearest)
    return behind


def _without_hidden(
    rows: Requests, is_report: Bools, is_half: Bools, who: Identities, kinds: Kinds
) -> Requests:
    """Rule 5: the reports that are used, less what their unknown sources hide.

    A request that only its source reports is among those whose source its destination did not know. It is
    sought there as the destination counts it: under its service and code, then its code, then its outcome.
    """
    is_unknown = (rows.reporter == DESTINATION) & who.is_anonymous[rows.identity]
    holding = rows[is_report & is_unknown]
    hidden = rows[is_report & rows.arrived & (rows.reporter != DESTINATION) & ~is_half]
    if not len(holding) or not len(hidden):
        return rows[is_report]
    left = take_off(
        holding.rate, hidden.rate, _hiding_places(holding, who, kinds), _hiding_places(hidden, who, kinds)
    )
    holding = holding.at_rate(left)[(left > NEGLIGIBLE) | (holding.rate <= 0)]
    return Requests.concat([rows[is_report & ~is_unknown], holding])


def _hiding_places(rows: Requests, who: Identities, kinds: Kinds) -> list[tuple[Ints, ...]]:
    destination, service = who.destination[rows.identity], who.service[rows.identity]
    code, outcome = kinds.counted_code[rows.kind], kinds.counted_outcome[rows.kind]
    return [(destination, code, service), (destination, code), (destination, outcome)]
