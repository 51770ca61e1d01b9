"""The stylesheet covers every kind, tone and state, without labels."""

import pytest

from mesh_graph.views.columns import EDGE_COLUMNS, NODE_COLUMNS
from mesh_graph.views.legend import render_legend, step_texts
from mesh_graph.views.palette import PALETTES, tones
from mesh_graph.views.scale import LEVELS, MODES
from mesh_graph.views.stylesheet import overlay_colours, stylesheet


@pytest.mark.parametrize("scheme", PALETTES)
def test_every_tone_has_its_colour(scheme):
    rules = {rule["selector"]: rule["style"] for rule in stylesheet(scheme)}
    for tone, colour in tones(PALETTES[scheme]).items():
        assert rules[f'edge[tone="{tone}"]']["line-color"] == colour


@pytest.mark.parametrize("scheme", PALETTES)
def test_failing_edges_differ_by_pattern_too(scheme):
    rules = {rule["selector"]: rule["style"] for rule in stylesheet(scheme)}
    patterns = {
        name: tuple(rules[selector].get("line-dash-pattern", ()))
        for name, selector in (
            ("ok", "edge"),
            ("warn", 'edge[level="warn"]'),
            ("err", 'edge[level="err"]'),
            ("ghost", "edge.ghost"),
        )
    }
    assert len(set(patterns.values())) == len(patterns)


def test_both_schemes_style_the_same_things():
    light, dark = stylesheet("light"), stylesheet("dark")
    assert [rule["selector"] for rule in light] == [rule["selector"] for rule in dark]


def test_no_rule_draws_a_label():
    assert not any("label" in rule["style"] for rule in stylesheet("light"))


def test_overlays_know_every_level():
    assert set(LEVELS) <= set(overlay_colours("dark"))


def test_the_legend_has_a_scale_for_every_colour_mode():
    scales = [part.to_plotly_json()["props"].get("data-mode") for part in render_legend()]
    assert tuple(scale for scale in scales if scale) == MODES


def test_steps_are_named_from_below_the_first_to_the_last():
    assert step_texts((1.0, 10.0), str) == ["< 1.0", "1.0 – 10.0", "≥ 10.0"]


@pytest.mark.parametrize("columns", [EDGE_COLUMNS, NODE_COLUMNS])
def test_cells_are_text_and_fields_are_unique(columns):
    fields = [column["field"] for column in columns]
    assert len(fields) == len(set(fields))
    assert not any("cellRenderer" in column for column in columns)
