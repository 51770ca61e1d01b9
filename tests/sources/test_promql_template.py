"""PromQL that people write: which variables may stand where, and what comes out."""

import re

import promql_parser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.sources.promql_template import FreeQuery, PromqlTemplate
from mesh_graph.sources.query import Matcher

HOME = Matcher("namespace", "=", "shop")


def filled(text, **values):
    return PromqlTemplate(text).fill((HOME,), 90, values)


@pytest.mark.parametrize(
    ("text", "values", "query"),
    [
        ("sum(up{$scope})", {}, 'sum(up{namespace="shop"})'),
        ("up{$scope, a='b'}", {}, "up{namespace=\"shop\", a='b'}"),
        ("rate(x{a=`b`,$scope}[$window])", {}, 'rate(x{a=`b`,namespace="shop"}[90s])'),
        ('x{$scope,app="$app"}', {"app": "cart"}, 'x{namespace="shop",app="cart"}'),
        ('x{$scope,app="$app"}', {"app": 'a"b\\c'}, 'x{namespace="shop",app="a\\"b\\\\c"}'),
        ('x{$scope,host=~"$service[.].*"}', {"service": "c.d"}, 'x{namespace="shop",host=~"c\\\\.d[.].*"}'),
        ('x{$scope,host !~ "$app|b$"}', {"app": "c+"}, 'x{namespace="shop",host !~ "c\\\\+|b$"}'),
        (
            'label_replace(x{$scope}, "a", "$1", "b", "(.*)")',
            {},
            'label_replace(x{namespace="shop"}, "a", "$1", "b", "(.*)")',
        ),
    ],
)
def test_variables_become_what_they_stand_for(text, values, query):
    assert filled(text, **values) == query


def test_the_sources_own_scope_is_put_into_every_selector():
    template = PromqlTemplate("rate(a{$scope}[$window]) / rate(b{$scope}[$window])")
    query = FreeQuery(template, (HOME,), 60, ()).text((Matcher("cluster", "=", "east"),))
    both = 'namespace="shop",cluster="east"'
    assert query == f"rate(a{{{both}}}[1m]) / rate(b{{{both}}}[1m])"


@pytest.mark.parametrize(
    ("text", "names"),
    [("x{$scope}", set()), ('x{$scope,a="$app",b=~"$workload-.*"}', {"app", "workload"})],
)
def test_a_template_tells_the_names_that_it_needs(text, names):
    assert PromqlTemplate(text).names == names


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("up", "write $scope among its matchers, as in up{$scope}"),
        ("rate(x{$scope}[5m]) / y", "the selector y has no scope"),
        ('{__name__="x"}', "has no scope"),
        ("max_over_time(rate(x[5m])[1h:1m])", "has no scope"),
        ("quantile(scalar(x), y{$scope})", "the selector x has no scope"),
        ('x{a="$scope"}', '$scope is none of the names that can stand in "…"'),
        ('x{$scope,a="$window"}', "$window is none of the names"),
        ('x{$scope,a="$ap"}', "$ap is none of the names"),
        ("x{$scope,a='$app'}", "$app can only stand in"),
        ("x{$scope,a=`$app`}", "$app can only stand in"),
        ("x # {$scope}", "$scope can only stand in"),
        ("x{$scope,a=$app}", "$app is no variable, or stands outside"),
        ("x{$scope}[$interval]", "$interval is no variable"),
        ('x{$scope or a="b"}', "joins matchers by `or`"),
        ('x{__scope__=""}', "__scope__ is no label to ask for"),
        ("x{$scope", "it is no PromQL"),
        ("", "it is no PromQL"),
    ],
)
def test_a_query_that_could_read_more_than_its_scope_is_refused(text, reason):
    with pytest.raises(ValueError, match=re.escape(reason)):
        PromqlTemplate(text)


@given(st.text(max_size=40), st.sampled_from(["=", "!=", "=~", "!~"]))
def test_no_name_gets_out_of_its_quotes(name, op):
    """Whatever an application is called: one selector, with the scope, and a matcher of that value."""
    text = filled(f'x{{$scope,app{op}"$app"}}', app=name)
    selector = promql_parser.parse(text)
    assert isinstance(selector, promql_parser.VectorSelector)
    matchers = {matcher.name: matcher for matcher in selector.matchers.matchers}
    assert matchers.keys() == {"namespace", "app"}
    assert matchers["namespace"].value == "shop"
    if op in ("=", "!="):
        assert matchers["app"].value == name
