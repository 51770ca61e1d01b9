"""Rule 3: answers that were lost on the way back.

The server's proxy counts such a request as unanswered (code 0, DC or DR), for its client, the other proxy,
went away; the client's proxy knows why (UT, UC …). The two are one request: the server's row takes the
client's code and flags.

    client's  504 UT    1/s  ┐        server's  504 UT  1/s
    server's  0   DC    3/s  ┴──►     server's  0   DC  2/s
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mesh_graph.frames.codes import Bools, Floats, Ints, first_rows, group, totals
from mesh_graph.topology.merge_flows import Requests
from mesh_graph.topology.merge_kinds import Kinds
from mesh_graph.topology.merge_reports import NEGLIGIBLE, Key, shares_taken
from mesh_graph.topology.merge_rows import SOURCE, Identities

__all__ = ["KINDS_PER_GROUP", "pair_lost"]

KINDS_PER_GROUP = 16
"""Kinds of lost answers told apart where requests meet; rarer ones go under the commonest. Real meshes have
two or three; the bound keeps hostile labels from multiplying rows."""


def pair_lost(report: Requests, lost: Requests, who: Identities, kinds: Kinds) -> tuple[Requests, Requests]:
    """The server's report with the client's reasons on it, and what found no partner.

    Parameters
    ----------
    report : Requests
        Rows of the reports that are used.
    lost : Requests
        Rows of the client's proxies whose answer was lost.

    Returns
    -------
    Requests
        The report: as many requests on every edge as before.
    Requests
        The lost rows at the rate that is left of them.

    Notes
    -----
    Partners are sought under the same service first, then on the same edge, then, for rows whose destination
    is not known, behind the service; among several, in proportion. Rows that the server may not have lived to
    count (UC, UR) come last, for what is left of them is added.
    """
    is_stock = kinds.unanswered[report.kind] & (report.reporter != SOURCE) & (report.rate > 0)
    if not len(lost) or not is_stock.any():
        return report, lost
    stock, done, left = report[is_stock], [report[~is_stock]], []
    may_be_uncounted = kinds.server_died[lost.kind]
    for chosen in (~may_be_uncounted, may_be_uncounted):
        claims = lost[chosen]
        for of_stock, of_claims in zip(
            _keys(stock, who, kinds, who.is_at_home[stock.identity], 1),
            _keys(claims, who, kinds, ~who.has_destination[claims.identity], 2),
            strict=True,
        ):
            named, stock, claims = _pair(stock, of_stock, claims, of_claims)
            done.append(named)
        left.append(claims)
    stock = stock[stock.rate > NEGLIGIBLE]
    return Requests.concat([*done, stock]), Requests.concat(left)


def _keys(rows: Requests, who: Identities, kinds: Kinds, may_meet: Bools, otherwise: int) -> list[Key]:
    """Where rows meet, pass by pass; in the last only those that may (``otherwise`` parts the rest)."""
    source, service = who.source[rows.identity], who.service[rows.identity]
    behind_service = (source, service, kinds.protocol_number[rows.kind], np.where(may_meet, 0, otherwise))
    return [(rows.edge, service), (rows.edge,), behind_service]


def _pair(
    stock: Requests, of_stock: Key, claims: Requests, of_claims: Key
) -> tuple[Requests, Requests, Requests]:
    """Stock that took a claim's kind, and what is left of both."""
    keys = (np.concatenate(pair) for pair in zip(of_stock, of_claims, strict=True))
    groups, count = group(*keys)
    mine, theirs = groups[: len(stock)], groups[len(stock) :]
    asked = totals(theirs, claims.rate, count)
    share_asked, share_held = shares_taken(asked, totals(mine, stock.rate, count))
    taken = stock.rate * share_held[mine]
    named = _named(stock.at_rate(taken), mine, _kinds_by_group(claims, theirs, asked))
    return (
        named,
        stock.at_rate(stock.rate * (1 - share_held[mine])),
        claims.at_rate(claims.rate * (1 - share_asked[theirs])),
    )


def _kinds_by_group(claims: Requests, groups: Ints, asked: Floats) -> tuple[Ints, Ints, Floats]:
    """Kinds in each group and their share of it: sorted by group, largest share first."""
    pairs, count = group(groups, claims.kind)
    first = first_rows(pairs, count)
    of_group, kind = groups[first], claims.kind[first]
    share = totals(pairs, claims.rate, count) / np.maximum(asked[of_group], NEGLIGIBLE)
    order = np.lexsort((kind, -share, of_group))
    of_group, kind, share = of_group[order], kind[order], share[order]
    start = np.searchsorted(of_group, of_group)
    is_rare = np.arange(count) - start >= KINDS_PER_GROUP
    np.add.at(share, start[is_rare], share[is_rare])
    return of_group[~is_rare], kind[~is_rare], share[~is_rare]


def _named(taken: Requests, groups: Ints, by_group: tuple[Ints, Ints, Floats]) -> Requests:
    """Rows taken from the stock, one for each kind of their group, at its share."""
    of_group, kind, share = by_group
    begin = np.searchsorted(of_group, groups, side="left")
    copies = np.where(taken.rate > 0, np.searchsorted(of_group, groups, side="right") - begin, 0)
    row = np.repeat(np.arange(len(taken)), copies)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(copies) - copies, copies)
    claim = begin[row] + nth
    named = replace(taken[row], kind=kind[claim], rate=taken.rate[row] * share[claim])
    return named[named.rate > NEGLIGIBLE]
