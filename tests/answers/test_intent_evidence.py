"""How far back the use of hosts outside is looked for, and what is not known of it."""

import pandas as pd
import pytest

from mesh_graph.answers.desk import Desk
from mesh_graph.answers.intent_evidence import MAX_HOSTS, evidence_of
from mesh_graph.answers.state import state_of
from mesh_graph.errors import SourceUnreachable
from mesh_graph.fetch import Fetcher
from mesh_graph.model import View
from mesh_graph.sources.base import Reply
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.query import Family, Function
from tests.istio.declare import snapshot

NOON = 1_789_992_000.0


class Young(DemoSource):
    """The demo, scraped since a moment; refuses what ``refuses`` says."""

    def __init__(self, since: float, refuses: Family | None = None) -> None:
        super().__init__()
        self._since = since
        self._refuses = refuses

    def instant(self, query, at):
        if query.family is self._refuses and query.function is Function.RATE and query.window_s > 3000:
            raise SourceUnreachable(self.name, "query", "It is too dear.")
        reply = super().instant(query, at)
        return reply if at >= self._since else Reply(reply.table.iloc[:0], "")


def entries(*hosts: str):
    """ServiceEntries."""
    return snapshot(
        *(
            f"""
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {{name: entry-{number}}}
spec: {{hosts: ["{host}"]}}
"""
            for number, host in enumerate(hosts)
        )
    )


def evidence(source: DemoSource, declared):
    """Evidence of the demo at noon, and its gaps."""
    fetcher = Fetcher(source, 2**24, 2)
    try:
        desk = Desk(source, fetcher, refresh_s=15, settle_s=0.0, scrape_interval_s=15.0)
        return evidence_of(desk, state_of(desk, View(("payments",), at=NOON)), declared)
    finally:
        fetcher.close()


@pytest.mark.parametrize(
    ("age_s", "seconds"), [(7 * 86_400, 86_400), (90_000, 86_400), (7_200, 3_600), (1_800, None)]
)
def test_past_goes_back_as_far_as_there_are_numbers(age_s, seconds):
    found, gaps = evidence(Young(NOON - age_s), entries("api.cardnetwork.example", "gone.example.com"))
    assert (found.past.seconds if found.past else None) == seconds
    assert gaps == ()
    if found.past:
        assert found.past.called == {"api.cardnetwork.example"}


def test_wildcard_takes_the_hosts_that_it_stands_for():
    found, _ = evidence(Young(0.0), entries("*.cardnetwork.example"))
    assert found.past.called == {"api.cardnetwork.example"}


def test_without_entries_nothing_is_asked_and_of_too_many_nothing_is_said():
    assert evidence(Young(0.0), entries())[0].past is None
    many = entries(*(f"h{number}.example.com" for number in range(MAX_HOSTS + 1)))
    assert evidence(Young(0.0), many)[0].past is None


def test_past_that_cannot_be_had_is_a_gap_and_the_window_counts_all_the_same():
    found, gaps = evidence(Young(0.0, Family.TCP_OPENED), entries("api.cardnetwork.example"))
    assert found.past is None
    assert [gap.message for gap in gaps] == ["family-failed"]
    assert found.requests["count"].sum() > 0
    assert isinstance(found.connections, pd.DataFrame)
