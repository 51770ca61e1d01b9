"""Several queries in one request say what each says alone, on real servers."""

from __future__ import annotations

import pandas as pd
import pytest

from mesh_graph.fetch import Fetcher
from mesh_graph.sources.options import PrometheusOptions
from mesh_graph.sources.prometheus import PrometheusSource
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery
from tests.integration import past
from tests.integration.asked import source_of
from tests.integration.faults import answers

BY = ("reporter", "source_workload")
NOBODY = (Matcher("source_workload", "=", "nobody"),)
SERVERS = Matcher("reporter", "=", "destination")
QUERIES = (
    MetricQuery(Family.REQUESTS, Function.RATE, (*BY, "response_code")),
    # The same rows once more: joined without a mark they would be taken for one.
    MetricQuery(Family.REQUESTS, Function.RATE, (*BY, "response_code"), (SERVERS,)),
    MetricQuery(Family.REQUESTS, Function.RATE, BY, NOBODY),
    MetricQuery(Family.REQUESTS, Function.RATE, BY, idle=True),
    MetricQuery(Family.REQUEST_DURATION, Function.QUANTILE, BY, quantile=0.5),
    MetricQuery(Family.REQUEST_DURATION, Function.MEAN, BY),
    MetricQuery(Family.REQUEST_BYTES, Function.SUM_RATE, BY),
    MetricQuery(Family.TCP_SENT, Function.RATE, (*BY, "app")),
    MetricQuery(Family.GRPC_REQUEST_MESSAGES, Function.RATE, BY),
)


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    return table.sort_values(list(table.columns)).reset_index(drop=True)


@pytest.mark.parametrize(
    "server",
    [
        pytest.param("prometheus", marks=pytest.mark.peer("prometheus")),
        pytest.param("victoriametrics", marks=pytest.mark.peer("victoriametrics")),
    ],
)
def test_each_query_has_the_answer_that_it_has_alone(request, server):
    source = PrometheusSource(PrometheusOptions(url=request.getfixturevalue(server).url))
    replies = source.together(QUERIES, past.END)
    alone = [source.instant(query, past.END) for query in QUERIES]
    source.close()
    assert [len(reply.table) for reply in alone] == [4, 3, 0, 4, 2, 2, 1, 1, 0]
    for reply, other in zip(replies, alone, strict=True):
        pd.testing.assert_frame_equal(in_order(reply.table), in_order(other.table), rtol=1e-9)
        assert (reply.promql, reply.series) == (other.promql, other.series)


@pytest.mark.peer("prometheus")
def test_a_bundle_is_one_request(faults):
    source = source_of(faults.url)
    told = Fetcher(source, 10**6, 4).ask([QUERIES[:4], QUERIES[4:6]], past.END)
    assert [len(told[query].table) for query in QUERIES[:6]] == [4, 3, 0, 4, 2, 2]
    assert [passed.path for passed in faults.passed].count("/api/v1/query") == 2
    source.close()


@pytest.mark.peer("prometheus")
def test_a_source_that_fails_is_not_asked_for_each_query_of_a_bundle(faults):
    faults.does(answers(403))
    source = source_of(faults.url)
    told = Fetcher(source, 10**6, 4).ask([QUERIES[:4]], past.END)
    assert {type(told[query]).__name__ for query in QUERIES[:4]} == {"SourceRefused"}
    assert len([passed for passed in faults.passed if passed.method == "POST"]) == 1
    source.close()
