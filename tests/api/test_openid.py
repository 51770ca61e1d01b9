"""Sign-in at a real OpenID provider."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask

from mesh_graph.access.openid import OpenIdOptions, OpenIdProvider
from mesh_graph.api.context import Context
from mesh_graph.api.ways_in import WaysIn
from mesh_graph.scope import Right, Scope
from tests.access.people import Household
from tests.api.guests import Guest, running
from tests.hand_mesh import HandMesh
from tests.openid.peer import SECRET, OpenIdPeer, go_through, sign_out_there
from tests.peers import free_port

pytestmark = pytest.mark.peer("openid")
DATA = "/api/pages/namespaces"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The provider, and a server of ours that it may send people back to; both know the other's address."""
    port = free_port()
    callback = f"http://127.0.0.1:{port}/sign-in/openid/return"
    peer = OpenIdPeer(tmp_path_factory.mktemp("openid"), callback)
    household = Household(tmp_path_factory.mktemp("household"))
    peer.start()
    provider = OpenIdProvider(OpenIdOptions(peer.url, "mesh-graph", SECRET, label="Acme"))
    with running(Context(HandMesh()), WaysIn(household.keeper, provider), port=port) as url:
        yield peer, url, household, provider
    peer.stop()


@pytest.fixture
def guest(home):
    return Guest(home[1])


def at_the_provider(guest: Guest, name: str, go_on: str = "/topology?window=5m") -> str:
    """Go there and through it; the address on our side that it leads back to."""
    answer = guest.get(f"/sign-in/openid?next={requests.utils.quote(go_on, safe='')}")
    assert answer.status_code == 302
    return go_through(guest.http, answer.headers["Location"], name).headers["Location"]


def below(guest: Guest, address: str) -> str:
    return address.removeprefix(guest.url)


def test_the_sign_in_page_offers_the_provider(guest):
    page = guest.get("/sign-in?next=/topology%3Fwindow%3D5m").text
    assert "Sign in with Acme" in page
    assert 'href="/sign-in/openid?next=%2Ftopology%3Fwindow%3D5m"' in page


def test_the_way_there_carries_state_nonce_and_a_code_challenge(guest, home):
    asked = guest.get("/sign-in/openid").headers["Location"]
    assert asked.startswith(home[0].url)
    query = parse_qs(urlsplit(asked).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"] == [f"{guest.url}/sign-in/openid/return"]
    assert len(query["state"][0]) >= 20
    assert len(query["nonce"][0]) >= 20
    assert len(query["code_challenge"][0]) == 43
    assert SECRET not in asked


def test_who_the_provider_knows_comes_in_with_the_groups_it_names(guest):
    before = guest.get("/sign-in") and guest.cookie
    done = guest.get(below(guest, at_the_provider(guest, "ada")))
    assert (done.status_code, done.headers["Location"]) == (303, "/topology?window=5m")
    who = guest.get("/session").json()
    assert (who["name"], who["way"]) == ("ada", "openid")
    assert guest.cookie != before


def test_groups_become_a_scope(home, guest):
    """Ada of the users file sees everything; the provider's Ada is of the group sre and has one right."""
    guest.get(below(guest, at_the_provider(guest, "ada")))
    number = home[2].keeper.sign_in_proved("ada", ["sre"], "x")
    scope = home[2].keeper.of_session(number, "x").scope
    assert scope == Scope.of(rights=[Right.LOGS])


def test_whom_nothing_is_granted_is_told_so(guest):
    answer = guest.get(below(guest, at_the_provider(guest, "zoe")))
    assert answer.status_code == 403
    assert "no namespace is granted" in answer.text
    assert guest.get(DATA).status_code == 401


def test_the_way_back_works_once(guest):
    back = below(guest, at_the_provider(guest, "ada"))
    assert guest.get(back).status_code == 303
    again = guest.get(back)
    assert again.status_code == 401
    assert "The provider did not let you in" in again.text


def test_another_browser_cannot_come_in_on_ones_way_back(guest):
    back = below(guest, at_the_provider(guest, "ada"))
    assert Guest(guest.url).get(back).status_code == 401


@pytest.mark.parametrize("change", [("code=", "code=x"), ("state=", "state=x")])
def test_a_forged_way_back_leads_nowhere(guest, change):
    back = below(guest, at_the_provider(guest, "ada")).replace(*change)
    assert guest.get(back).status_code == 401
    assert guest.get(DATA).status_code == 401


@pytest.mark.parametrize("query", ["", "?error=access_denied&error_description=<script>", "?code=x&state=y"])
def test_a_refusal_of_the_provider_is_said_in_our_words(guest, query):
    answer = guest.get(f"/sign-in/openid/return{query}")
    assert answer.status_code == 401
    assert "<script>alert" not in answer.text
    assert "access_denied" not in answer.text


def test_the_way_back_leads_to_no_other_server(guest):
    done = guest.get(below(guest, at_the_provider(guest, "ada", "//evil.example/")))
    assert done.headers["Location"] == "/"


def test_a_token_that_was_meant_for_another_client_is_refused(guest, home):
    """The provider signs for ``mesh-graph``; whoever takes itself for another must not take that token."""
    provider = home[3]
    back = below(guest, at_the_provider(guest, "ada"))
    told = provider.options
    provider.options = OpenIdOptions(told.issuer, "another-client", SECRET)
    try:
        assert guest.get(back).status_code == 401
    finally:
        provider.options = told


def signed_out(guest: Guest, **headers: str) -> requests.Response:
    token = guest.get("/session").json()["form_token"]
    return guest.post("/sign-out", {"form_token": token}, **headers)


def test_who_signs_out_is_led_to_sign_out_at_the_provider(guest, home):
    guest.get(below(guest, at_the_provider(guest, "ada")))
    there = signed_out(guest, Accept="application/json").json()["next"]
    assert there.startswith(f"{home[0].url}/session/end?client_id=mesh-graph&")
    assert guest.get(DATA).status_code == 401
    back = sign_out_there(guest.http, there)
    assert back.headers["Location"] == f"{guest.url}/sign-in"
    asked = guest.http.get(guest.get("/sign-in/openid").headers["Location"], timeout=30)
    assert 'name="login"' in asked.text


def test_who_signs_out_here_alone_is_still_signed_in_there(guest):
    """What the test before tells apart: the provider would let in whoever left only us."""
    guest.get(below(guest, at_the_provider(guest, "ada")))
    signed_out(guest)
    asked = guest.http.get(
        guest.get("/sign-in/openid").headers["Location"], allow_redirects=False, timeout=30
    )
    assert 'name="login"' not in asked.text


def test_a_form_shows_the_way_out_as_a_link(guest, home):
    guest.get(below(guest, at_the_provider(guest, "ada")))
    page = signed_out(guest)
    assert page.status_code == 200
    assert "not yet at Acme" in page.text
    assert f'href="{home[0].url}/session/end?client_id=mesh-graph&amp;' in page.text


def test_who_came_by_password_or_is_gone_leaves_to_the_sign_in_page(guest, home):
    guest.sign_in("ada", go_on="/")
    assert signed_out(guest, Accept="application/json").json() == {"next": "/sign-in"}
    assert guest.post("/sign-out").headers["Location"] == "/sign-in"


def test_nobody_is_led_out_where_that_is_not_wanted_or_not_offered(home):
    peer, options = home[0], home[3].options
    provider = OpenIdProvider(replace(options, signs_out=False))
    assert provider.way_out("http://x/sign-in", "") == ""
    provider = OpenIdProvider(replace(options, issuer=f"http://127.0.0.1:{free_port()}"))
    provider.attach(Flask("nowhere"))
    assert provider.way_out("http://x/sign-in", "") == ""
    provider = OpenIdProvider(options)
    provider.attach(Flask("here"))
    back = parse_qs(urlsplit(provider.way_out("http://x/sign-in", "")).query)
    assert back == {"client_id": ["mesh-graph"], "post_logout_redirect_uri": ["http://x/sign-in"]}
    assert peer.url in provider.way_out("http://x/sign-in", "a.b.c")


def test_a_provider_that_does_not_answer_is_said(home, guest):
    peer = home[0]
    back = below(guest, at_the_provider(guest, "ada"))
    peer.stop()
    try:
        answer = guest.get(back)
        assert answer.status_code == 503
        assert peer.url not in answer.text
    finally:
        peer.start()


def test_a_provider_with_another_name_is_none(home, tmp_path):
    household = Household(tmp_path)
    provider = OpenIdProvider(OpenIdOptions(home[0].url.replace("127.0.0.1", "localhost"), "mesh-graph"))
    with running(Context(HandMesh()), WaysIn(household.keeper, provider)) as url:
        assert Guest(url).get("/sign-in/openid").status_code == 503


def test_no_secret_is_shown(home):
    assert SECRET not in repr(OpenIdOptions(home[0].url, "mesh-graph", SECRET))
    written = home[2].audit.read_text()
    assert '"way":"openid"' in written
    assert "code=" not in written
