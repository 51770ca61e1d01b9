"""What people may write for each type of setting, and what it becomes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from mesh_graph.settings import values
from mesh_graph.settings.values import MetricName, ScopeMatcher, is_loopback


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("15", 15), ("0.5", 0.5), ("90s", 90), ("5m", 300), ("1h30m", 5400), (20, 20), (2.5, 2.5)],
)
def test_duration_is_seconds_or_a_text_with_units(text, seconds):
    assert TypeAdapter(values.Seconds).validate_python(text) == seconds


@pytest.mark.parametrize("text", ["", "0", "-1", "5 m", "m5", "inf", "nan", "1y", None, [], True and "true"])
def test_duration_refuses(text):
    with pytest.raises(ValidationError):
        TypeAdapter(values.Seconds).validate_python(text)


def test_delay_may_be_zero_and_whole_seconds_may_not_be_broken():
    assert TypeAdapter(values.Delay).validate_python("0") == 0
    with pytest.raises(ValidationError):
        TypeAdapter(values.WholeSeconds).validate_python("1.5")


@pytest.mark.parametrize(("text", "ratio"), [("0.5%", 0.005), ("0.02", 0.02), (0.1, 0.1), ("100 %", 1.0)])
def test_ratio_is_a_part_of_one_or_per_cent(text, ratio):
    assert TypeAdapter(values.Ratio).validate_python(text) == pytest.approx(ratio)


@pytest.mark.parametrize("text", ["", "0", "-1%", "101%", "2", "nan", "half", "%", None])
def test_ratio_refuses(text):
    with pytest.raises(ValidationError):
        TypeAdapter(values.Ratio).validate_python(text)


@pytest.mark.parametrize(
    ("text", "size"), [("1000", 1000), (4096, 4096), ("64MiB", 64 * 2**20), ("1GiB", 2**30), ("1GB", 10**9)]
)
def test_size_is_bytes_or_a_text_with_units(text, size):
    assert TypeAdapter(values.Bytes).validate_python(text) == size


@pytest.mark.parametrize("text", ["0", "-1", "many", "12 parsecs"])
def test_size_refuses(text):
    with pytest.raises(ValidationError):
        TypeAdapter(values.Bytes).validate_python(text)


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("a.example", ("a.example",)),
        ("a, b ,,c", ("a", "b", "c")),
        (["a", "b,c"], ("a", "b", "c")),
        ("", ()),
        ([], ()),
    ],
)
def test_names_are_a_comma_list_or_a_list(written, names):
    assert TypeAdapter(values.Names).validate_python(written) == names


@pytest.mark.parametrize(
    ("written", "matchers"),
    [
        ("cluster=east", [("cluster", "=", "east")]),
        ('cluster="east"', [("cluster", "=", "east")]),
        ("cluster='east'", [("cluster", "=", "east")]),
        ('{cluster="east"}', [("cluster", "=", "east")]),
        (
            'cluster="east", namespace=~"a|b,c",',
            [("cluster", "=", "east"), ("namespace", "=~", "a|b,c")],
        ),
        (["a!=b", 'c!~"d"'], [("a", "!=", "b"), ("c", "!~", "d")]),
        ({"cluster": "east", "zone": 1}, [("cluster", "=", "east"), ("zone", "=", "1")]),
        (r'a="say \"hi\" \\ \n"', [("a", "=", 'say "hi" \\ \n')]),
        ('a=""', [("a", "=", "")]),
        ("", []),
    ],
)
def test_scope_reads_matchers_as_promql_writes_them(written, matchers):
    assert list(TypeAdapter(values.Scope).validate_python(written)) == [ScopeMatcher(*m) for m in matchers]


@pytest.mark.parametrize(
    "written",
    ["cluster", "cluster=", "=east", "a b", 'a="b', "a==b c", "1a=b", 'a="b" c="d"', "a=b,,c=d", "ä=b"],
)
def test_scope_refuses_what_is_no_matcher(written):
    with pytest.raises(ValidationError, match="is not LABEL"):
        TypeAdapter(values.Scope).validate_python(written)


@given(st.text())
def test_scope_reads_back_any_quoted_value(value):
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    (matcher,) = TypeAdapter(values.Scope).validate_python(f'cluster="{escaped}"')
    assert matcher == ScopeMatcher("cluster", "=", value)


@pytest.mark.parametrize(
    "written",
    [
        "X-Scope-OrgID=east\nX-Two=a=b, c",
        ["X-Scope-OrgID=east", "X-Two=a=b, c"],
        {"X-Scope-OrgID": "east", "X-Two": "a=b, c"},
    ],
)
def test_headers_are_lines_flags_or_a_mapping(written):
    headers = TypeAdapter(values.Headers).validate_python(written)
    assert {name: value.get_secret_value() for name, value in headers.items()} == {
        "X-Scope-OrgID": "east",
        "X-Two": "a=b, c",
    }
    assert "east" not in repr(headers)


@pytest.mark.parametrize(
    "written", ["X-Scope-OrgID: east", "=east", "a b=c", {"X": "a\r\nHost: b"}, {"X": ["a"]}]
)
def test_headers_refuse_what_no_server_would_take(written):
    with pytest.raises(ValidationError):
        TypeAdapter(values.Headers).validate_python(written)


@pytest.mark.parametrize(
    "written",
    [
        "istio_requests_total=mesh:requests:rate5m/gauge",
        ["istio_requests_total=mesh:requests:rate5m/gauge"],
        {"istio_requests_total": "mesh:requests:rate5m/gauge"},
        {"istio_requests_total": {"name": "mesh:requests:rate5m", "kind": "gauge"}},
    ],
)
def test_metric_name_says_name_and_kind(written):
    assert TypeAdapter(values.MetricNames).validate_python(written) == {
        "istio_requests_total": MetricName(name="mesh:requests:rate5m", kind="gauge")
    }


def test_metric_name_is_a_counter_unless_told():
    names = TypeAdapter(values.MetricNames).validate_python("istio_requests_total=requests")
    assert names["istio_requests_total"].kind == "counter"


@pytest.mark.parametrize(
    "written",
    [
        "istio_requests_total",
        "a=9x",
        "a=b/histogram",
        "a=b/gauge/c",
        {"a": {"name": "b", "typ": "gauge"}},
        {"a": 1},
    ],
)
def test_metric_name_refuses(written):
    with pytest.raises(ValidationError):
        TypeAdapter(values.MetricNames).validate_python(written)


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("http://prometheus:9090", "http://prometheus:9090"),
        ("http://prometheus:9090/", "http://prometheus:9090"),
        ("https://mimir.example/prometheus/", "https://mimir.example/prometheus"),
        ("http://[::1]:9090", "http://[::1]:9090"),
    ],
)
def test_url_loses_its_last_slash(written, url):
    assert TypeAdapter(values.Url).validate_python(written) == url


@pytest.mark.parametrize(
    "written",
    [
        "prometheus:9090",
        "ftp://a",
        "http://",
        "http://u:p@a",
        "http://a?b=c",
        "http://a#b",
        "http://[",
        "http://a:x",
    ],
)
def test_url_refuses(written):
    with pytest.raises(ValidationError):
        TypeAdapter(values.Url).validate_python(written)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("LocalHost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_loopback_is_what_only_this_machine_reaches(host, loopback):
    assert is_loopback(host) is loopback
