"""What stands at the head of every page."""

import json

import pytest

from mesh_graph.pages.shell import render_badges


@pytest.mark.parametrize(
    ("is_demo", "recording", "shown", "hidden"),
    [
        (True, "", "simulated", "recording"),
        (False, "night.zip", "night.zip", "simulated"),
        (True, "demo.zip", "demo.zip", "simulated"),
    ],
)
def test_a_mesh_that_is_not_live_is_named_so_on_every_page(is_demo, recording, shown, hidden):
    (badge,) = render_badges(is_demo, recording)
    text = json.dumps(badge.to_plotly_json(), default=lambda part: part.to_plotly_json())
    assert shown in text
    assert hidden not in text


def test_a_live_mesh_needs_no_badge():
    assert render_badges(False, "") == []
