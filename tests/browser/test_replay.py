"""A walk through the past: made ready at once, seen as a whole, stepped through, left."""

import pytest

from mesh_graph.errors import SourceUnreachable

pytestmark = [pytest.mark.browser, pytest.mark.peer("chromium")]

READY = "document.getElementById('mg-replay-strip')?.dataset.state === 'ready'"
PLACE = "() => Number(document.getElementById('mg-replay-slider').value)"
AT = "() => meshgraph.picture.at"


@pytest.fixture
def replayed(screen):
    """The replay bar of half an hour (window 5 min): 60 steps of 30 s, ready."""
    screen.open()
    screen.page.keyboard.press("h")
    screen.until(READY)
    return screen


def test_all_frames_are_made_ready_at_once_and_their_totals_shown(replayed, mesh):
    [(view, frames)] = mesh.replayed
    assert view.at is None
    assert (frames.end - frames.start, frames.step_s) == (1800, 30)
    assert frames.end <= mesh.now()
    levels = replayed.js(
        "() => [...document.querySelectorAll('#mg-replay-strip i')].map((i) => i.dataset.level)"
    )
    assert levels == ["err" if number % 3 == 2 else "ok" for number in range(61)]
    assert replayed.js(PLACE) == 60
    replayed.shot("topology-replay")


def test_keys_step_through_the_frames(replayed, mesh):
    end = mesh.replayed[0][1].end
    replayed.page.keyboard.press("ArrowLeft")
    replayed.until("meshgraph.picture.at === arg", end - 30)
    replayed.page.keyboard.press("Home")
    replayed.until("meshgraph.picture.at === arg", end - 1800)
    replayed.page.keyboard.press("ArrowLeft")
    assert replayed.js(PLACE) == 0
    assert "at=" in replayed.js("() => location.search")


def test_playing_shows_every_frame_in_turn_and_stops(replayed, mesh):
    start = mesh.replayed[0][1].start
    replayed.page.select_option("#mg-replay-speed", "250")
    replayed.js("() => document.activeElement.blur()")
    replayed.page.keyboard.press("Home")
    replayed.until("meshgraph.picture.at === arg", start)
    replayed.js("() => { window.seen = []; meshgraph.on('applied', () => seen.push(meshgraph.picture.at)); }")
    replayed.page.keyboard.press("Space")
    replayed.until("window.seen.length > 3")
    replayed.page.keyboard.press("Space")
    assert replayed.js("() => window.seen")[:4] == [start + 30 * number for number in range(1, 5)]
    assert not replayed.js("() => meshgraph.isPlaying()")


def test_frames_are_fetched_before_they_are_wanted_and_share_the_doubts(replayed):
    asked = []
    replayed.page.on(
        "request", lambda request: asked.append(request.url) if "/topology?" in request.url else None
    )
    replayed.page.keyboard.press("Home")
    replayed.until("meshgraph.picture.at === arg", replayed.site.mesh.replayed[0][1].start)
    replayed.page.keyboard.press("ArrowRight")
    replayed.until("document.getElementById('mg-replay-slider').value === '1'")
    assert all("doubts_at=" in url for url in asked)
    assert len(asked) == len(set(asked))


def test_the_strip_leads_to_its_frames_and_to_the_worst(replayed, mesh):
    start = mesh.replayed[0][1].start
    replayed.page.click("#mg-replay-strip i:nth-child(11)")
    replayed.until("meshgraph.picture.at === arg", start + 300)
    replayed.page.click("#mg-replay-worst")
    replayed.until("meshgraph.picture.at === arg", start + 60)
    assert "90% errors" in replayed.page.inner_text("#mg-replay-note")


def test_another_view_has_its_own_frames_of_the_same_instants(replayed, mesh):
    replayed.js("() => meshgraph.state.set({ graph_type: 'workload' })")
    replayed.until("meshgraph.picture.query.graph_type === 'workload'")
    replayed.until(READY)
    (_, first), (view, second) = mesh.replayed
    assert (view.graph_type, second) == ("workload", first)


def test_a_failure_is_said_and_frames_ask_for_themselves(screen, mesh):
    screen.open()
    mesh.error = SourceUnreachable("http://prometheus:9090", "up", "The connection was refused.", "")
    screen.page.keyboard.press("h")
    screen.until("document.getElementById('mg-replay-note').dataset.failing === '1'")
    assert "refused" in screen.page.inner_text("#mg-replay-note")
    mesh.error = None
    screen.page.keyboard.press("ArrowLeft")
    screen.until("!document.querySelector('[data-failing=\"1\"].mg-stage')")
    assert screen.js(AT) < mesh.now() - 30


def test_leaving_returns_to_live_and_to_the_whole_graph(replayed):
    replayed.page.click("#mg-replay-close")
    replayed.until("meshgraph.state.get('at') === ''")
    assert replayed.js("() => location.search") == ""
    assert not replayed.page.is_visible("#mg-replay")


def test_an_address_with_an_instant_puts_it_in_the_middle(screen, mesh):
    at = mesh.now() - 7207
    screen.open(f"/topology?replay=1&at={at:.0f}")
    screen.until(READY)
    frames = mesh.replayed[0][1]
    assert abs((frames.start + frames.end) / 2 - at) <= frames.step_s


def test_length_and_step_follow_the_window(replayed, mesh):
    found = {}
    for window in ("1m", "10m", "1h", "6h"):
        count = len(mesh.replayed)
        replayed.js("(window) => meshgraph.state.set({ window })", window)
        replayed.until(READY)
        (_, frames) = mesh.replayed[count]
        found[window] = (frames.end - frames.start, frames.step_s)
    assert found == {"1m": (600, 10), "10m": (3600, 60), "1h": (21600, 600), "6h": (86400, 1800)}
