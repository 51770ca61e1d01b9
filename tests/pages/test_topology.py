"""Skeleton and callbacks of the topology page, without a browser."""

import json
import re
from pathlib import Path

import pytest
from dash.development.base_component import Component

import mesh_graph
from mesh_graph.api.context import Context
from mesh_graph.application import ASSETS, create_app
from mesh_graph.codec import PARAMETERS, query_from_view
from mesh_graph.model import View
from mesh_graph.pages.controls import CONTROLS, PAGE_DEFAULTS, parameter_defaults
from mesh_graph.pages.help import KEYS
from mesh_graph.pages.ids import Shell, Topology
from mesh_graph.pages.topology import on_selection
from tests.hand_mesh import HandMesh


@pytest.fixture(scope="module")
def app():
    app = create_app(Context(HandMesh()))
    # Layouts of pages are made with the first request.
    app.server.test_client().get("/topology")
    return app


def components(part):
    if isinstance(part, (list, tuple)):
        for child in part:
            yield from components(child)
    elif isinstance(part, Component):
        yield part
        yield from components(getattr(part, "children", None))


def ids_of(holder):
    return {value for name, value in vars(holder).items() if name.isupper()}


def layout_ids(app):
    """Ids of the frame and of every page in it."""
    return {
        part.id for part in components(app.validation_layout) if isinstance(getattr(part, "id", None), str)
    }


def test_every_id_of_the_callbacks_is_in_the_layout(app):
    used = set(
        re.findall(r'"id": "(mg-[a-z-]+)"', json.dumps([list(app.callback_map.values())], default=str))
    )
    used |= {output.split(".")[0] for output in app.callback_map if output.startswith("mg-")}
    assert used
    assert used - layout_ids(app) == set()


def test_every_id_has_one_component(app):
    found = [part.id for part in components(app.layout) if getattr(part, "id", None)]
    assert sorted(found) == sorted(set(found))
    assert (ids_of(Shell) | ids_of(Topology)) - set(found) == set()


def test_callback_exceptions_are_not_suppressed(app):
    assert not app.config.suppress_callback_exceptions


def test_every_id_that_a_script_names_is_there(app):
    made_by_scripts = set(re.findall(r'(?:id: |button\(|select\()"(mg-[a-z-]+)"', scripts()))
    named = set(re.findall(r'(?:byId|set_props)\("(mg-[a-z-]+)"', scripts()))
    assert named - made_by_scripts - layout_ids(app) == set()


def scripts() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(ASSETS.glob("*.js")))


def test_no_script_writes_markup():
    assert not re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", scripts())


def test_every_icon_has_its_picture():
    folder = Path(mesh_graph.__file__).parent / "pages"
    named = set(re.findall(r'icon\("([a-z-]+)"', "\n".join(p.read_text() for p in folder.glob("*.py"))))
    drawn = set(re.findall(r"\.mg-icon-([a-z-]+) \{", (ASSETS / "icons.css").read_text()))
    assert named - drawn == set()


def test_every_parameter_of_a_view_has_a_default_on_the_page():
    defaults = parameter_defaults(View(), 15)
    assert set(defaults) == set(PARAMETERS) | set(PAGE_DEFAULTS) | {"refresh"}
    assert defaults["refresh"] == "15s"
    assert all(isinstance(text, str) for text in defaults.values())


def test_controls_hold_known_parameters_once():
    held = [name for control in CONTROLS for name in control.parameters]
    assert len(held) == len(set(held))
    assert set(held) <= set(parameter_defaults(View(), 15))


def test_defaults_of_the_page_are_the_view_they_came_from():
    """A page that names every default asks for the same view as one that names none."""
    from mesh_graph.codec import view_from_query

    view = View(window_s=600, budget=100)
    texts = {name: text for name, text in parameter_defaults(view, 15).items() if name in PARAMETERS}
    assert query_from_view(view_from_query(texts), view) == {}


def test_every_key_of_the_help_is_handled():
    source = (ASSETS / "keys.js").read_text(encoding="utf-8")
    table = source[source.index("const SHORTCUTS") :]
    for name in KEYS:
        for key in name.replace("−", "-").replace("Esc", "Escape").split():
            assert re.search(
                rf'^    "?{re.escape(key.lower() if len(key) == 1 else key)}"?: ', table, re.M
            ), key


def test_the_panel_shows_the_selection_in_the_picture_on_the_screen(app):
    with app.server.app_context():
        panel = on_selection({"query": "at=1795230000&labels=rate", "selected": ""})
    assert "Whole graph" in json.dumps(
        [part.to_plotly_json() for part in panel], default=lambda p: p.to_plotly_json()
    )


@pytest.mark.parametrize("is_demo", [True, False])
def test_a_simulated_mesh_says_so(is_demo):
    mesh = HandMesh()
    mesh.is_demo = is_demo
    layout = create_app(Context(mesh)).layout
    texts = [
        part.children for part in components(layout) if isinstance(getattr(part, "children", None), list)
    ]
    assert any("demo" in text for text in texts) == is_demo
