import pytest

from mesh_graph.errors import InvalidRequest
from mesh_graph.sources.promql import MetricKind, MetricName, duration, render, selector
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery, PodFamily

EAST = (Matcher("cluster", "=", "east"),)
TO_A = (Matcher("destination_workload_namespace", "=~", "a|b"),)
AB = ("source_app", "reporter")


def query(function, family=Family.REQUESTS, by=AB, **more):
    return MetricQuery(family, function, by, **more)


DURATION = "istio_request_duration_milliseconds"


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (
            query(Function.RATE),
            "sum by (source_app, reporter) (rate(istio_requests_total[5m])) > 0",
        ),
        (
            query(Function.RATE, idle=True, matchers=TO_A),
            "sum by (source_app, reporter) "
            '(rate(istio_requests_total{destination_workload_namespace=~"a|b"}[5m]))',
        ),
        (
            query(Function.RATE, Family.REQUEST_DURATION, window_s=90),
            f"sum by (source_app, reporter) (rate({DURATION}_count[90s])) > 0",
        ),
        (
            query(Function.SUM_RATE, Family.REQUEST_BYTES),
            "sum by (source_app, reporter) (rate(istio_request_bytes_sum[5m])) > 0",
        ),
        (
            query(Function.BUCKET_RATE, Family.REQUEST_DURATION, by=("reporter", "le")),
            f"sum by (le, reporter) (rate({DURATION}_bucket[5m]))",
        ),
        (
            query(Function.MEAN, Family.REQUEST_DURATION, by=("reporter",)),
            f"sum by (reporter) (rate({DURATION}_sum[5m])) / "
            f"(sum by (reporter) (rate({DURATION}_count[5m])) > 0)",
        ),
        (
            query(Function.QUANTILE, Family.REQUEST_DURATION, by=("reporter",), quantile=0.95),
            "histogram_quantile(0.95, "
            f'label_replace(sum by (le, reporter) (rate({DURATION}_bucket{{le="+Inf"}}[5m])), '
            '"le", "1e300", "", "")'
            f" or sum by (le, reporter) (rate({DURATION}_bucket[5m]))) * 2^900 / 2^900 >= 0",
        ),
        (
            query(Function.SERIES, Family.TCP_OPENED),
            "count by (source_app, reporter) (istio_tcp_connections_opened_total)",
        ),
        (
            query(Function.SAMPLES, Family.REQUEST_DURATION, by=()),
            f"max(count_over_time({DURATION}_count[5m]))",
        ),
        (
            query(Function.AGE, by=()),
            "min(time() - timestamp(istio_requests_total))",
        ),
        (
            query(Function.MAX, PodFamily.MEMORY, by=("pod",)),
            "max by (pod) (container_memory_working_set_bytes)",
        ),
    ],
)
def test_every_function_renders_as_documented(asked, text):
    assert render(asked) == text


@pytest.mark.parametrize("function", list(Function))
def test_scope_stands_in_every_selector(function):
    quantile = 0.5 if function is Function.QUANTILE else None
    text = render(query(function, Family.REQUEST_DURATION, quantile=quantile, matchers=TO_A), scope=EAST)
    assert (
        text.count("istio_") == text.count('cluster="east"') == text.count("destination_workload_namespace")
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('a"b', r'"a\"b"'),
        ("a\\b", r'"a\\b"'),
        ("two\nlines", r'"two\nlines"'),
        ("bell\x07\x7f", r'"bell\x07\x7f"'),
        ('"} or vector(1) #', r'"\"} or vector(1) #"'),
        ("снег ☃", '"снег ☃"'),
        ("half \ud83d of a pair", r'"half \ufffd of a pair"'),
        ("replaced \ufffd", r'"replaced \ufffd"'),
        ("", '""'),
    ],
)
def test_hostile_values_stay_inside_their_quotes(value, text):
    assert selector("m", (Matcher("l", "!=", value),)) == f"m{{l!={text}}}"


@pytest.mark.parametrize("label", ["", "9a", "a-b", 'a="b",c', "é"])
def test_a_label_that_is_no_label_name_is_an_invalid_request(label):
    with pytest.raises(InvalidRequest):
        render(query(Function.RATE, by=(label,)))
    with pytest.raises(InvalidRequest):
        render(query(Function.RATE, matchers=(Matcher(label, "=", "x"),)))


COUNTER = {Family.REQUESTS: MetricName("mesh_requests_total")}
RULE = {Family.REQUESTS: MetricName("workload:istio_requests:rate5m", MetricKind.GAUGE)}
RULES = {Family.REQUEST_DURATION: MetricName("workload:latency_*:rate5m", MetricKind.GAUGE)}


def test_another_counter_is_rated():
    assert "rate(mesh_requests_total[5m])" in render(query(Function.RATE), COUNTER)


def test_a_gauge_is_not_rated_again():
    text = render(query(Function.RATE, by=("reporter",)), RULE, EAST)
    assert text == 'sum by (reporter) (workload:istio_requests:rate5m{cluster="east"}) > 0'


def test_families_not_mentioned_keep_their_names():
    assert "istio_tcp_sent_bytes_total" in render(query(Function.RATE, Family.TCP_SENT), RULE)


def test_a_star_stands_for_the_part_of_a_histogram():
    text = render(query(Function.MEAN, Family.REQUEST_DURATION, by=("reporter",)), RULES)
    assert text == (
        "sum by (reporter) (workload:latency_sum:rate5m) / "
        "(sum by (reporter) (workload:latency_count:rate5m) > 0)"
    )


def test_a_name_with_dots_is_matched_as_a_label():
    assert selector("istio.requests", EAST) == '{__name__="istio.requests",cluster="east"}'


@pytest.mark.parametrize(
    ("seconds", "text"), [(45, "45s"), (60, "1m"), (90, "90s"), (300, "5m"), (3600, "1h"), (5400, "90m")]
)
def test_durations_take_their_largest_whole_unit(seconds, text):
    assert duration(seconds) == text


EITHER = ((Matcher("cluster", "=", "east"),), (Matcher("cluster", "=", "west"), Matcher("app", "!=", "{}")))


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (
            query(Function.RATE, by=("app",), either=EITHER),
            'sum by (app) (rate(istio_requests_total{cluster="east"}[5m])'
            ' or rate(istio_requests_total{cluster="west",app!="{}"}[5m])) > 0',
        ),
        (
            query(Function.AGE, by=(), either=EITHER),
            'min(time() - timestamp(istio_requests_total{cluster="east"})'
            ' or time() - timestamp(istio_requests_total{cluster="west",app!="{}"}))',
        ),
        (
            query(Function.SERIES, by=(), either=EITHER, matchers=(Matcher("a", "=", "b"),)),
            'count(istio_requests_total{a="b",cluster="east"}'
            ' or istio_requests_total{a="b",cluster="west",app!="{}"})',
        ),
    ],
)
def test_either_of_several_sets_is_a_union_of_selectors(asked, text):
    assert render(asked) == text


def test_gauges_of_either_set_are_not_rated_again():
    names = {Family.REQUESTS: MetricName("requests:rate5m", MetricKind.GAUGE)}
    text = render(query(Function.RATE, by=(), either=EITHER[:1]), names)
    assert text == 'sum(requests:rate5m{cluster="east"}) > 0'


@pytest.mark.parametrize("function", [Function.RAW, Function.LATEST])
def test_raw_samples_are_of_one_set(function):
    with pytest.raises(ValueError, match="raw samples"):
        query(function, either=EITHER)
