"""A source seen through a scope: which rows, what of foreign ends, and what is refused.

Expected rows are worked out by a plain predicate on the whole mesh's own rows.
"""

from dataclasses import replace

import pytest

from mesh_graph import fields
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.story import story
from mesh_graph.errors import QueryRejected, SourceTimeout
from mesh_graph.scope import NOTHING, Grant, Right, Scope
from mesh_graph.sources.base import AsksFreely, AsksTogether, Reply
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.promql_template import FreeQuery, PromqlTemplate
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery, PodFamily
from mesh_graph.sources.scoped import scoped

AT = 1_795_263_000
WHOLE = DemoSource(Simulator(story()), clock=lambda: float(AT))
SHOP, PAIR = Scope.of(("shop",)), Scope.of(("pay*", "media"))
EAST = Scope.of(("*",), clusters=("e*",))
WEST_PAY = Scope.of(("payments", "logistics"), clusters=("west",))
APART = Scope((Grant(("shop",), ("east",)), Grant(("payments",), ("west",)), Grant(("media",))))
TARGET = (fields.NAMESPACE, fields.POD)
ALL = (*fields.REQUEST_LABELS, fields.SOURCE_PRINCIPAL, *TARGET)
SECRET = {
    "source": [fields.SOURCE_CANONICAL_REVISION, fields.SOURCE_PRINCIPAL],
    "destination": [fields.DESTINATION_CANONICAL_REVISION],
}
REVISIONS = (fields.SOURCE_CANONICAL_REVISION, fields.DESTINATION_CANONICAL_REVISION)


def is_allowed(row, end: str, scope: Scope) -> bool:
    return scope.allows(row[f"{end}_workload_namespace"], row[f"{end}_cluster"])


def seen_rows(query: MetricQuery, scope: Scope, by=fields.REQUEST_LABELS):
    """Rows of the whole mesh with an allowed end, or lost on the way to one."""
    table = WHOLE.instant(MetricQuery(query.family, query.function, by, query.matchers), AT).table
    ends = {end: table.apply(is_allowed, axis=1, args=(end, scope)) for end in ("source", "destination")}
    lost = (table[fields.DESTINATION_WORKLOAD] == "unknown") & table[
        fields.DESTINATION_SERVICE_NAMESPACE
    ].map(scope.allows_everywhere)
    return table[ends["source"] | ends["destination"] | lost], ends


def values(table, by) -> dict:
    return table.groupby(list(by))[fields.VALUE].sum().to_dict()


@pytest.mark.parametrize("scope", [SHOP, PAIR, EAST, WEST_PAY, APART])
@pytest.mark.parametrize(
    "by",
    [
        (),
        (fields.REPORTER, fields.RESPONSE_CODE),
        (fields.SOURCE_WORKLOAD, fields.DESTINATION_SERVICE),
        fields.BASE_LABELS[:4],
    ],
)
def test_rates_are_those_of_the_rows_that_may_be_seen(scope, by):
    query = MetricQuery(Family.REQUESTS, Function.RATE, by)
    expected, _ = seen_rows(query, scope)
    found = scoped(WHOLE, scope).instant(query, AT).table
    if not by:
        assert found[fields.VALUE].tolist() == pytest.approx([expected[fields.VALUE].sum()])
    else:
        assert values(found, by) == pytest.approx(values(expected, by))
        assert not found.duplicated(list(by)).any()


def test_versions_and_principals_of_foreign_ends_are_unknown_and_their_names_are_not():
    query = MetricQuery(Family.REQUESTS, Function.RATE, (*fields.REQUEST_LABELS, fields.SOURCE_PRINCIPAL))
    expected, ends = seen_rows(query, SHOP, query.by)
    for end, labels in SECRET.items():
        expected.loc[~ends[end].reindex(expected.index), labels] = fields.UNKNOWN
    found = scoped(WHOLE, SHOP).instant(query, AT).table
    assert list(found.columns) == [*query.by, fields.VALUE]
    assert values(found, query.by) == pytest.approx(values(expected, query.by))
    assert set(found[fields.DESTINATION_WORKLOAD_NAMESPACE]) >= {"payments", "logistics"}


@pytest.mark.parametrize("label", REVISIONS)
def test_a_foreign_version_cannot_be_asked_for(label):
    query = MetricQuery(Family.REQUESTS, Function.RATE, fields.BASE_LABELS, (Matcher(label, "=~", ".+"),))
    end = label.partition("_")[0]
    found = scoped(WHOLE, SHOP).instant(query, AT).table
    assert set(found[f"{end}_workload_namespace"]) == {"shop"}


@pytest.mark.parametrize("function", [Function.RATE, Function.RAW])
def test_proxies_of_others_are_told_apart_and_not_told(function):
    query = MetricQuery(Family.REQUESTS, function, (*fields.BASE_LABELS, fields.REPORTER, *TARGET))
    expected, _ = seen_rows(MetricQuery(Family.REQUESTS, Function.RATE, ()), SHOP, query.by)
    found = scoped(WHOLE, SHOP).instant(query, AT).table
    reports = {end: found[f"{end}_workload_namespace"] == "shop" for end in ("source", "destination")}
    own = (reports["source"] & (found[fields.REPORTER] == "source")) | (
        reports["destination"] & (found[fields.REPORTER] == "destination")
    )
    real = {
        label: set(WHOLE.label_values(label, (), AT - 3600, AT)) - {"shop", "unknown"}
        for label in (fields.NAMESPACE, fields.POD)
    }
    own_pods = set(found.loc[own, fields.POD])
    assert set(found.loc[~own, fields.POD]).isdisjoint(real[fields.POD])
    assert set(found.loc[own, fields.NAMESPACE]) <= {"shop", ""}
    assert own_pods <= real[fields.POD] | {""}
    if function is Function.RATE:
        assert len(found) == len(expected)


def test_others_proxies_cannot_be_asked_for():
    query = MetricQuery(Family.REQUESTS, Function.SERIES, (fields.POD,), (Matcher(fields.POD, "=~", ".+"),))
    found = set(scoped(WHOLE, SHOP).instant(query, AT).table[fields.POD])
    own = (Matcher(fields.NAMESPACE, "=", "shop"),)
    assert found <= set(WHOLE.label_values(fields.POD, own, AT - 3600, AT))


@pytest.mark.parametrize("function", [Function.MEAN, Function.QUANTILE])
def test_response_times_of_own_objects_are_the_whole_meshs(function):
    by = (fields.DESTINATION_WORKLOAD_NAMESPACE, fields.DESTINATION_WORKLOAD, fields.REPORTER)
    quantile = 0.95 if function is Function.QUANTILE else None
    query = MetricQuery(Family.REQUEST_DURATION, function, by, quantile=quantile)
    whole = WHOLE.instant(query, AT).table
    own = values(whole[whole[by[0]] == "shop"], by)
    found = scoped(WHOLE, SHOP).instant(query, AT).table
    assert own
    assert values(found[found[by[0]] == "shop"], by) == pytest.approx(own)


def test_response_times_by_version_are_told_where_the_namespace_is_told():
    asked = (fields.DESTINATION_CANONICAL_REVISION, fields.REPORTER)
    query = MetricQuery(Family.REQUEST_DURATION, Function.MEAN, asked)
    with pytest.raises(QueryRejected, match="no answer is right"):
        scoped(WHOLE, SHOP).instant(query, AT)
    named = MetricQuery(
        Family.REQUEST_DURATION, Function.MEAN, (DESTINATION := fields.DESTINATION_WORKLOAD_NAMESPACE, *asked)
    )
    found = scoped(WHOLE, SHOP).instant(named, AT).table
    assert set(found.loc[found[DESTINATION] != "shop", asked[0]]) == {fields.UNKNOWN}


@pytest.mark.parametrize(
    ("function", "how"), [(Function.SERIES, "sum"), (Function.SAMPLES, "max"), (Function.AGE, "min")]
)
def test_counts_of_what_is_hidden_are_joined_as_they_should_be(function, how):
    by = (fields.DESTINATION_CANONICAL_REVISION,)
    query = MetricQuery(Family.REQUESTS, function, by)
    each, ends = seen_rows(query, SHOP)
    each.loc[~ends["destination"].reindex(each.index), by[0]] = fields.UNKNOWN
    found = scoped(WHOLE, SHOP).instant(query, AT).table
    assert values(found, by) == each.groupby(by[0])[fields.VALUE].agg(how).to_dict()


def test_ranges_and_bundles_are_narrowed_alike():
    source = scoped(WHOLE, SHOP)
    query = MetricQuery(Family.REQUESTS, Function.RATE, fields.REQUEST_LABELS)
    at_once = values(source.instant(query, AT).table, query.by)
    over = source.range(query, AT - 60, AT, 60).table
    assert values(over[over[fields.TIME] == AT], query.by) == pytest.approx(at_once)
    assert set(over[fields.TIME]) == {AT - 60, AT}


class Together:
    """The demo mesh as a source that is asked several queries at once."""

    name, is_demo = "together", True

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __getattr__(self, name):
        return getattr(WHOLE, name)

    def together(self, queries, at: float) -> list[Reply]:
        self.asked.append(len(queries))
        return [WHOLE.instant(query, at) for query in queries]


def test_queries_are_asked_together_where_the_source_can():
    inner = Together()
    source = scoped(inner, SHOP)
    assert isinstance(source, AsksTogether)
    assert not isinstance(scoped(WHOLE, SHOP), AsksTogether)
    queries = [
        MetricQuery(Family.REQUESTS, Function.RATE, fields.REQUEST_LABELS),
        MetricQuery(
            Family.REQUESTS,
            Function.RATE,
            (fields.REPORTER,),
            (Matcher("destination_workload_namespace", "=", "x"),),
        ),
        MetricQuery(Family.TCP_SENT, Function.RATE, (fields.REPORTER,)),
    ]
    replies = source.together(queries, AT)
    assert len(inner.asked) == 1
    for query, reply in zip(queries, replies, strict=True):
        assert values(reply.table, query.by) == values(source.instant(query, AT).table, query.by)


@pytest.mark.parametrize(
    ("label", "found"),
    [
        (fields.DESTINATION_WORKLOAD_NAMESPACE, {"shop"}),
        (fields.SOURCE_WORKLOAD_NAMESPACE, {"shop"}),
        (fields.DESTINATION_SERVICE_NAMESPACE, {"shop"}),
        (fields.NAMESPACE, {"shop"}),
    ],
)
def test_look_ups_tell_own_names_alone(label, found):
    assert set(scoped(WHOLE, SHOP).label_values(label, (), AT - 3600, AT)) <= found
    assert set(scoped(WHOLE, SHOP).label_values(label, (), AT - 3600, AT)) or label == fields.NAMESPACE


@pytest.mark.parametrize("function", list(Function))
def test_nobody_is_told_nothing_and_nothing_is_asked(function):
    class Silent:
        name, is_demo = "silent", True

    quantile = 0.5 if function is Function.QUANTILE else None
    query = MetricQuery(Family.REQUEST_DURATION, function, ("reporter",), quantile=quantile)
    table = scoped(Silent(), NOTHING).instant(query, AT).table
    over = scoped(Silent(), NOTHING).range(query, AT - 60, AT, 30).table
    assert (len(table), len(over)) == (0, 0)
    real = WHOLE.instant(query, 0.0).table
    assert table.dtypes.to_dict() == real.dtypes.to_dict()
    assert list(over.columns) == list(WHOLE.range(query, 0.0, 60.0, 30.0).table.columns)
    assert scoped(Silent(), NOTHING).label_values("reporter", (), 0.0, AT) == ()


def test_inside_a_scope_there_are_no_neighbours():
    query = MetricQuery(Family.REQUESTS, Function.RATE, fields.BASE_LABELS)
    found = scoped(WHOLE, SHOP, inner=True).instant(query, AT).table
    assert set(found[fields.DESTINATION_WORKLOAD_NAMESPACE]) == {"shop"}
    assert set(found[fields.SOURCE_WORKLOAD_NAMESPACE]) == {"shop"}


class Failing:
    """Fails with the words of a server that quotes what it was asked."""

    name, is_demo = "failing", False

    def __init__(self, error) -> None:
        self.error = error

    def instant(self, query, at):
        raise self.error


def test_without_the_right_no_query_is_told():
    query = MetricQuery(Family.REQUESTS, Function.RATE, ("reporter",))
    blind = Scope.of(rights=frozenset({Right.LOGS}))
    assert scoped(WHOLE, blind).instant(query, AT).promql == scoped(WHOLE, blind).promql(query) == ""
    assert "source_workload_namespace" in scoped(WHOLE, SHOP).instant(query, AT).promql
    whole = WHOLE.instant(query, AT).table
    assert values(scoped(WHOLE, blind).instant(query, AT).table, query.by) == values(whole, query.by)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (QueryRejected("s", "sum(x)", "bad sum(x)"), "It did not answer the query."),
        (SourceTimeout("s", "sum(x)", "Too slow."), "Too slow."),
    ],
)
def test_failures_quote_no_query_to_those_who_may_not_see_it(error, told):
    blind = Scope.of(rights=frozenset())
    with pytest.raises(type(error)) as raised:
        scoped(Failing(error), blind).instant(MetricQuery(Family.REQUESTS, Function.RATE, ()), AT)
    assert (raised.value.request, raised.value.problem) == ("", told)
    with pytest.raises(type(error), match=r"bad sum|Too slow"):
        scoped(Failing(error), SHOP).instant(MetricQuery(Family.REQUESTS, Function.RATE, ()), AT)


class Free(Together):
    """A source that reads PromQL besides."""

    def free_range(self, query, start, end, step_s) -> Reply:
        return Reply(WHOLE.instant(MetricQuery(Family.REQUESTS, Function.RATE, ()), AT).table, query.text())


@pytest.mark.parametrize(
    ("scope", "namespace", "answered"),
    [
        (SHOP, "shop", True),
        (SHOP, "payments", False),
        (EAST, "shop", False),
        (Scope.of(rights=frozenset({Right.QUERIES})), "shop", True),
        (Scope.of(rights=frozenset()), "shop", False),
    ],
)
def test_a_teams_own_panel_is_answered_for_allowed_namespaces(scope, namespace, answered):
    query = FreeQuery(PromqlTemplate("up{$scope}"), (Matcher("namespace", "=", namespace),), 60, ())
    source = scoped(Free(), scope)
    assert isinstance(source, AsksFreely)
    if answered:
        assert source.free_range(query, AT - 60, AT, 60).promql == f'up{{namespace="{namespace}"}}'
    else:
        with pytest.raises(QueryRejected, match="not known to be of what may be seen"):
            source.free_range(query, AT - 60, AT, 60)


def test_who_is_shown_a_part_of_a_part_sees_what_is_in_both():
    query = MetricQuery(Family.REQUESTS, Function.RATE, fields.BASE_LABELS)
    twice = scoped(scoped(WHOLE, Scope.of(("shop", "payments"))), SHOP).instant(query, AT).table
    once = scoped(WHOLE, SHOP).instant(query, AT).table
    versions = [label for labels in SECRET.values() for label in labels if label in query.by]
    names = [label for label in query.by if label not in versions]
    assert values(twice, names) == pytest.approx(values(once, names))
    other = scoped(scoped(WHOLE, Scope.of(("payments",))), SHOP).instant(query, AT).table
    ends = other[[fields.SOURCE_WORKLOAD_NAMESPACE, fields.DESTINATION_WORKLOAD_NAMESPACE]]
    assert set(map(tuple, ends.to_numpy())) == {("shop", "payments")}


PODS = (fields.CLUSTER, fields.NAMESPACE, fields.POD, fields.CONTAINER)
OF_PODS = {
    "what they take": MetricQuery(PodFamily.CPU_USAGE, Function.RATE, PODS, idle=True),
    "what they hold": MetricQuery(PodFamily.MEMORY, Function.MAX, PODS),
    "the most of all": MetricQuery(PodFamily.MEMORY, Function.MAX, ()),
    "how many": MetricQuery(PodFamily.READY, Function.SERIES, (fields.NAMESPACE,)),
}


@pytest.mark.parametrize("scope", [SHOP, PAIR, EAST, WEST_PAY, APART])
@pytest.mark.parametrize("name", OF_PODS)
def test_of_pods_those_of_allowed_places_are_told(name, scope):
    """By the labels of the pods themselves: no end of a request says whose they are."""
    query = OF_PODS[name]
    whole = WHOLE.instant(replace(query, by=PODS), AT).table
    allowed = [scope.allows(row[fields.NAMESPACE], row[fields.CLUSTER]) for _, row in whole.iterrows()]
    expected = whole[allowed]
    how = "sum" if query.function is Function.SERIES else "max"
    found = scoped(WHOLE, scope).instant(query, AT).table
    assert 0 < len(expected) < len(whole)
    if not query.by:
        assert found[fields.VALUE].tolist() == [expected[fields.VALUE].max()]
    else:
        wanted = expected.groupby(list(query.by))[fields.VALUE].agg(how).to_dict()
        assert found.groupby(list(query.by))[fields.VALUE].agg(how).to_dict() == pytest.approx(wanted)


def test_nobody_elses_pods_are_told_where_they_are_asked_for_by_name():
    asked = (Matcher(fields.NAMESPACE, "=", "payments"), Matcher(fields.POD, "=~", ".+"))
    query = MetricQuery(PodFamily.MEMORY, Function.MAX, PODS, asked)
    assert len(WHOLE.instant(query, AT).table)
    for scope in (SHOP, NOTHING):
        assert scoped(WHOLE, scope).instant(query, AT).table.empty
        assert scoped(WHOLE, scope, inner=True).instant(query, AT).table.empty


def test_queries_of_pods_hold_the_scope_in_every_selector():
    query = MetricQuery(PodFamily.MEMORY, Function.MAX, (fields.POD,))
    text = scoped(WHOLE, APART).promql(query)
    assert text.count("container_memory_working_set_bytes{") == 3
    assert text.count('namespace="shop",cluster="east"') == 1
    assert text.count('namespace="payments",cluster="west"') == 1
    assert text.count('namespace="media"') == 1
