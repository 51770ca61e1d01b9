"""Pointing, choosing, typing: what a person does with the page."""

from urllib.parse import quote

import pytest

from tests.views.graphs import app_key, service_key

pytestmark = [pytest.mark.browser, pytest.mark.peer("chromium")]

DETAILS = service_key("bookinfo", "details")
REVIEWS = service_key("bookinfo", "reviews")
RATINGS = app_key("bookinfo", "ratings", "v1")
V3 = app_key("bookinfo", "reviews", "v3")
EDGE = f"{REVIEWS}\t{V3}\thttp"
PARAMS = "() => Object.fromEntries(new URLSearchParams(location.search))"


def test_hover_lights_the_whole_path_and_fades_the_rest(screen):
    screen.open()
    screen.page.mouse.move(*screen.place_on_screen(V3))
    screen.until("meshgraph.cy.elements('.faded').length > 0")
    faded = "(id) => meshgraph.cy.getElementById(id).hasClass('faded')"
    assert [screen.js(faded, key) for key in (V3, REVIEWS, RATINGS, DETAILS)] == [False, False, False, True]
    screen.shot("topology-hover")
    screen.page.mouse.move(5, 500)
    screen.until("meshgraph.cy.elements('.faded').length === 0")


def test_a_click_selects_and_back_undoes_it(screen):
    screen.open()
    screen.page.mouse.click(*screen.place_on_screen(V3))
    screen.page.wait_for_selector(".mg-panel-title >> text=reviews v3")
    assert screen.js(PARAMS)["selected"] == V3
    screen.shot("topology-selected")
    screen.page.go_back()
    screen.page.wait_for_selector(".mg-panel-title >> text=Whole graph")
    assert "selected" not in screen.js(PARAMS)
    assert screen.js("() => meshgraph.cy.elements(':selected').length") == 0


def test_charts_over_time_are_drawn_for_a_selection_alone(screen):
    chunks = []
    screen.page.on(
        "request", lambda request: chunks.append(request.url) if "LineChart" in request.url else None
    )
    screen.open()
    assert chunks == []
    screen.js("(id) => meshgraph.select(id)", EDGE)
    screen.page.wait_for_selector("#mg-charts path.recharts-line-curve", state="attached")
    titles = screen.page.locator("#mg-charts h4").all_inner_texts()
    assert titles == ["Errors, %", "Requests, rps", "Response time p95, ms"]
    assert screen.page.locator("#mg-charts .recharts-yAxis").count() == 3
    screen.shot("topology-charts")


def test_names_in_the_panel_select(screen):
    screen.open(f"/topology?selected={EDGE.replace('|', '%7C').replace(chr(9), '%09')}")
    screen.page.wait_for_selector(".mg-panel-title >> text=reviews → reviews v3")
    screen.page.click(".mg-facts .mg-link >> text=reviews v3 (bookinfo)")
    screen.page.wait_for_selector(".mg-panel-title >> text=reviews v3")
    assert screen.js(PARAMS)["selected"] == V3


def test_state_is_in_the_address_and_comes_back_from_it(new_screen):
    query = "graph_type=workload&window=10m&labels=latency,rate&colour=rate&legend=1&namespaces=bookinfo"
    screen = new_screen().open(f"/topology?{query}")
    assert screen.js(PARAMS) == {
        "graph_type": "workload",
        "window": "10m",
        "labels": "latency,rate",
        "colour": "rate",
        "legend": "1",
        "namespaces": "bookinfo",
    }
    assert screen.page.input_value("#mg-graph-type") == "Workload"
    assert screen.page.input_value("#mg-window") == "10 min"
    assert screen.page.is_visible("[data-mode=rate].mg-legend-scale")
    assert not screen.page.is_visible("[data-mode=health].mg-legend-scale")


def test_a_wrong_value_of_the_page_is_said_and_changes_nothing(screen):
    screen.open("/topology?table=foo&colour=pink&labels=rate,sound&legend=1")
    said = screen.page.inner_text("#mg-trust")
    assert "table: 'foo' is not understood. It takes 0, edges, nodes." in said
    assert "colour: 'pink'" in said
    assert "labels: 'sound'" in said
    assert screen.js("() => ['table', 'colour', 'labels', 'legend'].map(meshgraph.state.get)") == [
        "0",
        "health",
        "none",
        "1",
    ]


def test_a_control_writes_the_address_and_asks_for_the_view(screen, mesh):
    screen.open()
    screen.page.click("#mg-graph-type")
    screen.page.click("[role=option] >> text=Workload")
    screen.until("meshgraph.picture.query.graph_type === 'workload'")
    assert screen.js(PARAMS) == {"graph_type": "workload"}
    screen.page.go_back()
    screen.until("!meshgraph.picture.query.graph_type")
    assert screen.page.input_value("#mg-graph-type") == "Versioned app"


def test_colour_follows_the_switch(screen):
    screen.open()
    tone = "(id) => meshgraph.cy.getElementById(id).data('tone')"
    assert screen.js(tone, EDGE) == "err"
    screen.js("() => meshgraph.state.set({ colour: 'latency' })")
    assert screen.js(tone, EDGE) == "latency4"


def test_the_scheme_changes_without_rebuilding_the_graph(screen):
    screen.open()
    screen.js("() => { window.first = meshgraph.cy; }")
    view = screen.js("() => [meshgraph.cy.zoom(), meshgraph.cy.pan()]")
    screen.page.click("#mg-scheme")
    screen.until("meshgraph.scheme() === 'dark' && meshgraph.cy.edges()[0].style('line-color') !== ''")
    screen.until("meshgraph.cy.getElementById(arg).style('line-color') === 'rgb(255,107,107)'", EDGE)
    assert screen.js("() => window.first === meshgraph.cy")
    assert screen.js("() => [meshgraph.cy.zoom(), meshgraph.cy.pan()]") == view


def test_a_dragged_node_stays_after_refresh_and_reload(screen, mesh):
    screen.open()
    x, y = screen.place_on_screen(RATINGS)
    screen.page.mouse.move(x, y)
    screen.page.mouse.down()
    screen.page.mouse.move(x - 60, y + 40, steps=4)
    screen.page.mouse.up()
    place = screen.js("(id) => meshgraph.cy.getElementById(id).position()", RATINGS)
    mesh.advance(wave=2.0)
    screen.refresh()
    assert screen.js("(id) => meshgraph.cy.getElementById(id).position()", RATINGS) == place
    screen.open()
    again = screen.js("(id) => meshgraph.cy.getElementById(id).position()", RATINGS)
    assert again == {name: pytest.approx(value, abs=1) for name, value in place.items()}
    screen.page.click("[data-tool=reset]")
    assert screen.js("(id) => meshgraph.cy.getElementById(id).position()", RATINGS) != again


def test_a_graph_that_comes_before_there_is_room_is_fitted_when_there_is(screen):
    """The picture may arrive while the stage is still hidden."""
    screen.open()
    view = screen.js("() => [meshgraph.cy.zoom(), meshgraph.cy.pan().x, meshgraph.cy.pan().y]")
    screen.js("() => { document.getElementById('mg-stage').style.display = 'none'; }")
    screen.until("meshgraph.cy.width() === 0")
    screen.js("() => meshgraph.fit()")
    screen.js("() => { document.getElementById('mg-stage').style.display = ''; }")
    screen.until("meshgraph.cy.width() > 0")
    screen.settle()
    again = screen.js("() => [meshgraph.cy.zoom(), meshgraph.cy.pan().x, meshgraph.cy.pan().y]")
    assert again == pytest.approx(view, rel=0.01)


def test_boxes_do_not_move_the_view_pans(screen):
    screen.open()
    box = screen.js(
        """() => {
            const box = meshgraph.cy.nodes('[box = "namespace"]').sort((a, b) => b.width() - a.width())[0];
            const b = box.renderedBoundingBox();
            const c = meshgraph.cy.container().getBoundingClientRect();
            return [c.x + b.x1 + 14, c.y + b.y2 - 14];
        }"""
    )
    places = screen.js("() => meshgraph.cy.nodes('[icon]').map((n) => n.position())")
    pan = screen.js("() => meshgraph.cy.pan()")
    screen.page.mouse.move(*box)
    screen.page.mouse.down()
    screen.page.mouse.move(box[0] + 80, box[1] + 30, steps=5)
    screen.page.mouse.up()
    assert screen.js("() => meshgraph.cy.nodes('[icon]').map((n) => n.position())") == places
    assert screen.js("() => meshgraph.cy.pan()") != pan


def test_keys_walk_the_graph_along_its_edges(screen):
    screen.open()
    screen.js("(id) => meshgraph.select(id)", REVIEWS)
    screen.page.keyboard.press("g")
    screen.page.keyboard.press("ArrowRight")
    screen.page.keyboard.press("Enter")
    assert screen.js(PARAMS)["selected"] == app_key("bookinfo", "reviews", "v1")
    assert "Selected reviews v1" in screen.page.inner_text("#mg-announce")
    screen.page.keyboard.press("Escape")
    assert "selected" not in screen.js(PARAMS)


@pytest.mark.parametrize(
    ("key", "name", "value"),
    [("l", "legend", "1"), ("m", "minimap", "0"), ("i", "panel", "0"), ("t", "table", "edges")],
)
def test_shortcuts(screen, key, name, value):
    screen.open()
    screen.page.keyboard.press(key)
    assert screen.js(PARAMS)[name] == value


def test_help_lists_the_keys(screen):
    screen.open()
    screen.page.keyboard.press("?")
    screen.page.wait_for_selector(".mantine-Modal-content >> text=traffic animation")


def test_letters_in_a_field_are_letters(screen):
    screen.open()
    screen.page.click("#mg-search")
    screen.page.keyboard.type("lt")
    assert screen.js(PARAMS) == {}
    assert screen.page.input_value("#mg-search") == "lt"


def test_search_jumps(screen):
    screen.open()
    screen.page.keyboard.press("/")
    screen.page.keyboard.type("v3 reviews")
    screen.page.wait_for_selector(".mg-result >> text=reviews v3")
    screen.shot("topology-search")
    screen.page.keyboard.press("Enter")
    screen.until("meshgraph.state.get('selected') !== ''")
    assert screen.js(PARAMS)["selected"] == V3


def test_search_finds_edges_by_the_host_that_was_called(screen):
    screen.open()
    screen.page.fill("#mg-search", "host v3")
    screen.page.wait_for_selector(".mg-result >> text=reviews → reviews v3")


def test_a_double_click_leaves_callers_and_callees_and_another_opens_the_page_of_a_node(screen):
    screen.open("/topology?window=10m")
    screen.page.mouse.dblclick(*screen.place_on_screen(V3))
    screen.until("!document.getElementById('mg-focus').hidden")
    assert screen.page.inner_text("#mg-focus-text") == "Focus on reviews v3"
    assert screen.js(PARAMS)["selected"] == V3
    screen.until("!meshgraph.cy.nodes().is(':animated')")
    screen.page.mouse.dblclick(*screen.place_on_screen(V3))
    screen.page.wait_for_url("**/applications/bookinfo/reviews?window=10m")
    screen.page.go_back()
    screen.until("meshgraph.isHere() && meshgraph.isPlaced()")


SHOWN = """() => meshgraph.cy.nodes('[icon]').map((n) => n.data('lines')[0]).sort()"""
PLACES = "() => Object.fromEntries(meshgraph.cy.nodes('[icon]').map((n) => [n.id(), n.position()]))"
AT_REST = "!meshgraph.cy.nodes().is(':animated')"


def test_a_focus_leaves_callers_and_callees_and_widens_by_calls(screen):
    """Productpage calls reviews v3 through its service, which calls ratings v1 through its own."""
    screen.open()
    places = screen.js(PLACES)
    screen.js("(id) => meshgraph.select(id)", V3)
    screen.page.click("#mg-panel-body >> text=Focus on it")
    screen.until("meshgraph.cy.nodes('[icon]').length === 5 && " + AT_REST)
    assert screen.js(SHOWN) == ["productpage v1", "ratings", "ratings v1", "reviews", "reviews v3"]
    assert "5 of 11 nodes shown" in screen.page.inner_text("#mg-summary")
    screen.shot("topology-focus")
    screen.page.click("#mg-focus >> text=2 calls")
    screen.until("meshgraph.cy.nodes('[icon]').length > 5 && " + AT_REST)
    assert "istio-ingressgateway" in screen.js(SHOWN)
    assert "details" not in screen.js(SHOWN)
    screen.refresh()
    assert "details" not in screen.js(SHOWN)
    assert screen.js(PARAMS)["hops"] == "2"
    assert screen.js("() => document.querySelector('#mg-focus [aria-pressed=true]').dataset.hops") == "2"
    screen.page.click("#mg-focus-close")
    screen.until("meshgraph.cy.nodes('[icon]').length === 11 && " + AT_REST)
    assert screen.js(PLACES) == places
    screen.page.go_back()
    screen.until("meshgraph.cy.nodes('[icon]').length < 11 && meshgraph.state.get('hops') === '2'")


def test_a_focus_is_laid_out_anew_and_fills_the_view(screen):
    screen.open()
    zoom = screen.js("() => meshgraph.cy.zoom()")
    screen.js("(id) => meshgraph.focusOn(id)", V3)
    screen.until("meshgraph.cy.nodes('[icon]').length === 5 && " + AT_REST)
    screen.until("!meshgraph.cy.animated()")
    bounds = screen.js("() => meshgraph.cy.elements().renderedBoundingBox()")
    width, height = screen.js("() => [meshgraph.cy.width(), meshgraph.cy.height()]")
    assert screen.js("() => meshgraph.cy.zoom()") > zoom
    assert 0 <= bounds["x1"] < bounds["x2"] <= width
    assert 0 <= bounds["y1"] < bounds["y2"] <= height
    rows = sorted({place["y"] for place in screen.js(PLACES).values()})
    assert len(rows) <= 2, "a chain of five stands in a line"


def test_table_search_and_panel_are_of_what_is_in_focus(screen):
    screen.open(f"/topology?focus={quote(V3)}&table=nodes")
    screen.page.wait_for_selector(".ag-row")
    assert screen.page.locator(".ag-center-cols-container .ag-row").count() == 5
    screen.page.wait_for_selector(".mg-panel-title >> text=In focus")
    screen.page.fill("#mg-search", "details")
    screen.page.wait_for_selector("#mg-results >> text=Nothing of this name")
    screen.page.fill("#mg-find", "app = reviews")
    screen.page.keyboard.press("Enter")
    screen.until("meshgraph.cy.nodes('.found').length === 1")


def test_a_focus_by_keyboard_is_said_and_left(screen):
    screen.open()
    screen.page.keyboard.press("g")
    while screen.js("() => meshgraph.cy.nodes('.cursor').id()") != V3:
        screen.page.keyboard.press("ArrowDown")
    screen.page.keyboard.press("o")
    screen.until("meshgraph.cy.nodes('[icon]').length === 5")
    assert screen.page.inner_text("#mg-focus [role=status]") == "Focus on reviews v3"
    options = screen.page.locator("#mg-listbox [role=option]")
    screen.until("document.querySelectorAll('#mg-listbox [role=option]').length === 5")
    assert options.filter(has_text="reviews v3").get_attribute("aria-selected") == "true"
    screen.page.keyboard.press("Escape")
    assert screen.js(PARAMS)["focus"] == V3
    screen.page.keyboard.press("Escape")
    screen.until("meshgraph.cy.nodes('[icon]').length === 11")


def test_a_focus_on_what_is_not_there_says_so_and_leads_back(screen):
    screen.open("/topology?focus=app%7Ceast%7Cbookinfo%7Ccheckout-v1%7Ccheckout%7Cv1%7C%7C")
    said = screen.page.inner_text("#mg-focus-text")
    assert said.startswith("checkout v1 is not in this view")
    assert not screen.page.is_visible("#mg-empty")
    screen.page.click("#mg-focus-close")
    screen.until("meshgraph.cy.nodes('[icon]').length === 11")


SHORTCUT = f"{app_key('bookinfo', 'productpage', 'v1')}\t{RATINGS}\thttp"
CONTROLS = "(id) => meshgraph.cy.getElementById(id).controlPoints()"


def test_an_edge_runs_around_what_stands_between_until_its_node_is_moved_by_hand(screen, mesh):
    """Productpage also calls ratings directly, past reviews."""
    mesh.has_shortcut = True
    screen.open()
    wanted = screen.js("(id) => meshgraph.picture.edges.find((edge) => edge.id === id).bends", SHORTCUT)
    corners = set(zip(wanted[::2], wanted[1::2], strict=True))
    assert corners
    drawn = {(round(point["x"]), round(point["y"])) for point in screen.js(CONTROLS, SHORTCUT)}
    assert corners <= drawn
    screen.shot("topology-bends")
    screen.refresh()
    assert corners <= {(round(point["x"]), round(point["y"])) for point in screen.js(CONTROLS, SHORTCUT)}
    x, y = screen.place_on_screen(RATINGS)
    screen.page.mouse.move(x, y)
    screen.page.mouse.down()
    screen.page.mouse.move(x + 30, y + 60, steps=5)
    screen.page.mouse.up()
    screen.until("meshgraph.cy.getElementById(arg).controlPoints() === undefined", SHORTCUT)
    screen.page.click("[data-tool=reset]")
    screen.until("meshgraph.cy.getElementById(arg).controlPoints()?.length > 0", SHORTCUT)


def test_search_says_where_nothing_is_found(screen):
    screen.open()
    screen.page.fill("#mg-search", "no such thing")
    screen.page.wait_for_selector("#mg-results >> text=Nothing of this name")


def test_find_marks_and_a_mistake_is_explained_in_place(screen, mesh):
    screen.open()
    screen.page.fill("#mg-find", "app = reviews and version = v3")
    screen.page.keyboard.press("Enter")
    screen.until("meshgraph.cy.nodes('.found').length === 1")
    screen.page.fill("#mg-find", "app = ")
    screen.page.keyboard.press("Enter")
    screen.page.wait_for_selector(".mg-expression .mantine-TextInput-error")
    screen.until("meshgraph.cy.nodes('.found').length === 1")
    assert not screen.page.is_visible("#mg-notice")
    screen.shot("topology-find-mistake")
    screen.page.fill("#mg-find", "")
    screen.page.keyboard.press("Enter")
    screen.until("meshgraph.cy.nodes('.found').length === 0")
    screen.page.wait_for_selector(".mg-expression .mantine-TextInput-error", state="detached")


def test_the_table_shows_the_same_picture_and_shares_the_selection(screen):
    screen.open("/topology?table=edges")
    screen.page.wait_for_selector(".ag-row")
    assert screen.page.inner_text(".ag-row[row-index='0'] [col-id=state]") == "failing"
    screen.page.click(".ag-row[row-index='0'] [col-id=target]")
    screen.page.wait_for_selector(".mg-panel-title >> text=reviews → reviews v3")
    assert screen.js(PARAMS)["selected"] == EDGE
    screen.shot("topology-table")
    screen.page.click("[data-kind='0']")
    assert screen.js("(id) => meshgraph.cy.getElementById(id).selected()", EDGE)


def test_pause_stops_the_tick_and_says_so(screen):
    screen.open("/topology?refresh=1s")
    screen.page.click("#mg-pause")
    assert screen.page.inner_text("#mg-age").startswith("paused")
    asked = []
    screen.page.on("request", lambda request: asked.append(request.url))
    screen.page.wait_for_timeout(1500)
    assert asked == []


def test_the_image_holds_the_whole_graph_with_its_text(screen):
    screen.open()
    screen.js("() => meshgraph.cy.zoom(3)")
    width, height, inked = screen.js(
        """async () => {
            const canvas = await meshgraph.paintWhole();
            const data = canvas.getContext('2d').getImageData(0, canvas.height - 34, canvas.width, 34).data;
            let inked = 0;
            for (let i = 0; i < data.length; i += 4) if (data[i] < 200) inked += 1;
            return [canvas.width, canvas.height, inked];
        }"""
    )
    bounds = screen.js("() => { const b = meshgraph.cy.elements().boundingBox(); return [b.w, b.h]; }")
    assert width > bounds[0]
    assert height > bounds[1]
    assert inked > 100
    with screen.page.expect_download() as download:
        screen.page.click("[data-tool=image]")
    assert download.value.suggested_filename == "mesh-2026-11-21-03-00-00.png"


def test_animation_runs_and_respects_the_wish_for_stillness(new_screen):
    moving = new_screen().open("/topology?animation=1")
    moving.until("meshgraph.isAnimating()")
    still = new_screen(reduced_motion="reduce").open("/topology?animation=1")
    assert not still.js("() => meshgraph.isAnimating()")
    moving.page.emulate_media(reduced_motion="reduce")
    moving.until("!meshgraph.isAnimating()")
