"""A running server with a sign-in: each way in, each refusal, and nothing for strangers."""

import http.client
import json
from urllib.parse import urlsplit

import pytest

from mesh_graph.access.tokens import new_token
from mesh_graph.api.context import Context
from mesh_graph.api.front import Front
from mesh_graph.api.ways_in import WaysIn
from mesh_graph.application import create_app
from mesh_graph.settings import Settings
from tests.access.people import SECRET, USERS, Household
from tests.api.guests import PAGE, Guest, running
from tests.hand_mesh import HandMesh

OPEN = {"/healthz", "/readyz", "/sign-in", "/sign-out", "/sign-in/openid", "/sign-in/openid/return"}
DATA = "/api/pages/namespaces"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """One household and its server for all tests here; each begins with the file as it was."""
    household = Household(tmp_path_factory.mktemp("household"))
    front = Front("", Settings(trusted_proxies="127.0.0.2").trusted_proxies, "X-Forwarded-User", "X-Groups")
    with running(Context(HandMesh()), WaysIn(household.keeper), front) as url:
        yield household, url


@pytest.fixture
def household(home):
    home[0].write(USERS)
    home[0].time.passed += 100_000  # sessions and attempts of the test before are over
    return home[0]


@pytest.fixture
def guest(household, home):
    return Guest(home[1])


def test_a_stranger_is_given_nothing_by_any_route(guest):
    """Every route that there is, with any name in its place: what is added is closed until it is opened."""
    rules = list(create_app(Context(HandMesh()), WaysIn(None)).server.url_map.iter_rules())
    assert len(rules) > 40
    for rule in rules:
        path = rule.rule
        for argument in rule.arguments:
            converters = (f"<{argument}>", *(f"<{kind}:{argument}>" for kind in ("path", "string", "int")))
            for text in converters:
                path = path.replace(text, "x")
        for method in sorted(rule.methods - {"OPTIONS"}):
            answer = guest.http.request(
                method, guest.url + path, headers={"Origin": guest.url}, allow_redirects=False, timeout=30
            )
            if path in OPEN:
                continue
            assert answer.status_code == 401, (method, path)
            if method != "HEAD":
                assert answer.json()["type"] == "not-signed-in"
            assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Meshgraph"'
            assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "/assets/feed.js",
        "/assets/../assets/sign-in.css/../feed.js",
        "/assets/sign-in.css/../feed.js",
        "/assets/sign-in.css%2f..%2ffeed.js",
        "/assets/%2e%2e/mesh_graph/api/entrance.py",
        "/healthz/../api/pages/namespaces",
        "/healthz/",
        "/sign-in/..%2fapi/pages/namespaces",
        "/API/pages/namespaces",
        "/api/pages/namespaces;/healthz",
        "/nowhere",
        "/_dash-component-suites/dash/dcc/dash_core_components.js",
    ],
)
def test_no_spelling_of_a_path_opens_a_closed_door(guest, path):
    """Sent as it stands: requests would tidy it up."""
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(guest.url).port, timeout=30)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 401, (answer.status, body[:200])
    connection.close()


@pytest.mark.parametrize(
    "path", ["/assets/sign-in.css", "/assets/scheme.js", "/healthz", "/readyz", "/sign-in"]
)
def test_what_the_sign_in_needs_is_open(guest, path):
    assert guest.get(path).status_code == 200


def test_a_person_is_led_to_the_sign_in_and_back(guest):
    asked = guest.get("/topology?namespaces=a,b&window=5m", **PAGE)
    assert asked.status_code == 303
    assert asked.headers["Location"] == "/sign-in?next=%2Ftopology%3Fnamespaces%3Da%2Cb%26window%3D5m"
    done = guest.sign_in("ada", go_on="/topology?namespaces=a,b&window=5m")
    assert (done.status_code, done.headers["Location"]) == (303, "/topology?namespaces=a,b&window=5m")
    assert guest.get(DATA).json() == ["bookinfo", "istio-system"]


def test_whoever_is_signed_in_is_not_asked_again(guest):
    guest.sign_in("ada")
    assert guest.get("/sign-in?next=/canary").headers["Location"] == "/canary"


def test_a_form_leads_to_no_other_server(guest):
    assert guest.sign_in("ada", go_on="//evil.example/").headers["Location"] == "/"


@pytest.mark.parametrize(("name", "password"), [("ada", "wrong"), ("nobody", SECRET), ("eve", SECRET)])
def test_wrong_name_and_wrong_password_look_the_same(guest, name, password):
    answer = guest.sign_in(name, password)
    assert answer.status_code == 401
    assert "This name and password do not go together." in answer.text
    assert guest.get(DATA).status_code == 401


def test_what_was_typed_is_escaped_and_a_password_never_comes_back(guest):
    text = guest.sign_in('"><script>alert(1)</script>', "hunter2").text
    assert "<script>alert" not in text
    assert "hunter2" not in text


def test_too_many_attempts_are_told_when_to_come_back(guest):
    answers = [guest.sign_in("ada", "wrong") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert "Try again in about 5 minutes." in answers[-1].text
    assert guest.sign_in("ada").status_code == 429


def test_the_cookie_is_for_us_alone(guest):
    set_cookie = guest.sign_in("ada").headers["Set-Cookie"]
    assert set_cookie.startswith("mesh_graph_session=")
    assert set_cookie.partition("; ")[2].split("; ") == ["HttpOnly", "Path=/", "SameSite=Lax"]


def test_behind_tls_the_cookie_never_goes_over_plain_http(household, tmp_path):
    front = Front(trusted_proxies=Settings(trusted_proxies="127.0.0.1").trusted_proxies)
    with running(Context(HandMesh()), WaysIn(household.keeper), front) as url:
        answer = Guest(url).get("/sign-in", **{"X-Forwarded-Proto": "https"})
        assert "Secure;" in answer.headers["Set-Cookie"]


def test_a_forged_cookie_is_none(guest):
    guest.sign_in("ada")
    signed = guest.cookie
    for forged in (signed[:-2], signed.replace(".", "x", 1), "x", ""):
        guest.http.cookies.clear()
        assert guest.get(DATA, Cookie=f"mesh_graph_session={forged}").status_code == 401
    assert guest.get(DATA, Cookie=f"mesh_graph_session={signed}").status_code == 200


def test_a_session_from_before_the_sign_in_is_worth_nothing(guest):
    """Fixation: whoever planted a cookie in this browser does not come in with it."""
    guest.form_token()
    planted = guest.cookie
    guest.sign_in("ada")
    assert guest.cookie != planted
    assert Guest(guest.url).get(DATA, Cookie=f"mesh_graph_session={planted}").status_code == 401


def test_signed_out_is_out_also_with_the_old_cookie(guest):
    guest.sign_in("ada")
    held = guest.cookie
    token = guest.get("/session").json()["form_token"]
    assert guest.post("/sign-out", X_Form_Token=token).headers["Location"] == "/sign-in"
    assert guest.get(DATA).status_code == 401
    assert Guest(guest.url).get(DATA, Cookie=f"mesh_graph_session={held}").status_code == 401


def test_nobody_is_signed_out_by_another_site(guest):
    guest.sign_in("ada")
    assert guest.post("/sign-out").status_code == 403
    assert guest.post("/sign-out", Origin="http://evil.example").status_code == 403
    assert guest.get(DATA).status_code == 200


def test_nobody_is_signed_in_by_another_site(guest):
    fields = {"name": "ada", "password": SECRET, "next": "/"}
    assert guest.post("/sign-in", fields).status_code == 400
    assert guest.post("/sign-in", fields | {"form_token": "x"}).status_code == 400
    fields["form_token"] = guest.form_token()
    assert guest.post("/sign-in", fields, Origin="http://evil.example").status_code == 403
    assert guest.post("/sign-in", fields).status_code == 303


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 400),
    ],
    ids=["origin", "null", "cross-site", "same-site", "neither", "own"],
)
def test_a_callback_is_asked_by_our_pages_alone(guest, headers, status):
    """What is let through is asked for nothing that exists, and so a bad request to Dash."""
    guest.sign_in("ada")
    answer = guest.http.post(
        guest.url + "/_dash-update-component", json={"output": "x"}, headers=headers, timeout=30
    )
    assert (answer.status_code == 403) == (status == 403)


@pytest.mark.parametrize(
    ("mode", "status"), [("no-cors", 403), ("cors", 403), ("navigate", 200)], ids=["image", "fetch", "link"]
)
def test_another_site_may_link_to_us_and_no_more(guest, mode, status):
    guest.sign_in("ada")
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode}
    assert guest.get(DATA, **headers).status_code == status


def test_a_session_ends_unused(guest, household):
    guest.sign_in("ada")
    household.time.passed += 599
    assert guest.get(DATA).status_code == 200
    household.time.passed += 600
    assert guest.get(DATA).status_code == 401


def test_a_session_ends_in_any_case(guest, household):
    guest.sign_in("ada")
    for _ in range(7):
        household.time.passed += 500
        assert guest.get(DATA).status_code == 200
    household.time.passed += 100
    assert guest.get(DATA).status_code == 401


def test_who_is_taken_off_the_file_is_out_at_once(guest, household):
    guest.sign_in("ada")
    household.write(USERS.replace("  ada:", "  eda:"))
    assert guest.get(DATA).status_code == 401


def test_a_users_file_that_became_bad_closes_the_house(guest, household):
    guest.sign_in("ada")
    household.write("users: {")
    answer = guest.get(DATA)
    assert (answer.status_code, answer.json()["type"]) == (503, "sign-in-unavailable")
    assert "users.yaml" not in answer.text
    assert guest.get("/topology", **PAGE).status_code == 503
    assert Guest(guest.url).get("/sign-in").status_code == 503
    assert guest.get("/healthz").status_code == 200


def test_whoever_may_see_nothing_any_more_is_told_and_can_leave(guest, household):
    guest.sign_in("bob")
    household.write(USERS.replace("groups: [shop]", "groups: []"))
    assert guest.get(DATA).json()["type"] == "not-allowed"
    page = guest.get("/topology", **PAGE)
    assert page.status_code == 403
    assert "no namespace is granted to you" in page.text
    token = page.text.partition('name="form_token" value="')[2].partition('"')[0]
    assert guest.post("/sign-out", {"form_token": token}).status_code == 303


@pytest.fixture
def token(household):
    text, number, kept = new_token()
    entry = f"{{id: '{number}', sha256: '{kept}', expires: 2999-01-01T00:00:00Z}}"
    household.write(USERS.replace("  ada:\n", f"  ada:\n    tokens: [{entry}]\n"))
    return text


def test_a_program_comes_in_with_a_token(guest, token):
    assert guest.get(DATA, Authorization=f"Bearer {token}").status_code == 200
    assert guest.get("/metrics", Authorization=f"Bearer {token}").status_code == 200
    assert guest.get("/session", Authorization=f"Bearer {token}").json() == {
        "name": "ada",
        "way": "token",
        "form_token": None,
    }


def test_a_wrong_token_is_not_made_good_by_a_session(guest, token):
    guest.sign_in("ada")
    assert guest.get(DATA, Authorization=f"Bearer {token[:-1]}").status_code == 401


@pytest.mark.parametrize("kind", ["Basic", "Digest", "x"])
def test_other_proofs_are_none(guest, kind):
    assert guest.get(DATA, Authorization=f"{kind} YWRhOmNvcnJlY3QgaG9yc2U=").status_code == 401


@pytest.mark.parametrize("header", ["X-Forwarded-User", "X_Forwarded_User", "x-forwarded-user"])
def test_a_name_in_a_header_is_worth_nothing_from_anybody(guest, header):
    assert guest.get(DATA, **{header: "eve", "X-Groups": "sre"}).status_code == 401


def test_a_listed_proxy_names_who_asks(guest):
    """The proxy's address is another one of loopback."""
    connection = http.client.HTTPConnection(
        "127.0.0.1", urlsplit(guest.url).port, timeout=30, source_address=("127.0.0.2", 0)
    )
    connection.request("GET", "/session", headers={"X-Forwarded-User": "zoe", "X-Groups": "shop, other"})
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["name"]) == (200, "zoe")
    connection.request("GET", DATA, headers={"X-Forwarded-User": "zoe", "X-Groups": "other"})
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["type"]) == (403, "not-allowed")
    connection.request("GET", DATA)
    assert connection.getresponse().status == 401
    connection.close()


def test_answers_are_written_down_with_who_and_from_where(guest, household):
    guest.sign_in("ada")
    before = len(household.audit.read_text().splitlines())
    guest.get(f"{DATA}?window=5m")
    guest.get("/assets/feed.js")
    (line,) = [json.loads(text) for text in household.audit.read_text().splitlines()[before:]]
    assert line.pop("at")
    assert line == {
        "what": "answered",
        "who": "ada",
        "way": "password",
        "from": "127.0.0.1",
        "method": "GET",
        "path": DATA,
        "query": "window=5m",
        "status": 200,
    }


def test_what_cannot_be_written_down_is_not_answered(guest, household):
    guest.sign_in("ada")
    moved = household.audit.rename(household.folder / "moved")
    household.audit.mkdir()
    try:
        answer = guest.get(DATA)
        assert answer.status_code == 503
        assert "bookinfo" not in answer.text
    finally:
        household.audit.rmdir()
        moved.rename(household.audit)


def test_answers_are_kept_by_nobody_else(guest):
    guest.sign_in("ada")
    assert "private" in guest.get("/api/pages/topology").headers["Cache-Control"]
    assert "Cookie" in guest.get("/api/pages/topology").headers["Vary"]
    assert "no-store" in guest.get("/topology", **PAGE).headers["Cache-Control"]


def test_under_a_prefix_everything_lies_below_it(household):
    with running(Context(HandMesh()), WaysIn(household.keeper), Front("/mesh")) as url:
        guest = Guest(url + "/mesh")
        asked = guest.get("/topology?x=1", **PAGE)
        assert asked.headers["Location"] == "/mesh/sign-in?next=%2Fmesh%2Ftopology%3Fx%3D1"
        fields = {
            "name": "ada",
            "password": SECRET,
            "next": "/mesh/topology",
            "form_token": guest.form_token(),
        }
        done = guest.post("/sign-in", fields, Origin=url)
        assert done.headers["Location"] == "/mesh/topology"
        assert "Path=/mesh/" in done.headers["Set-Cookie"]
        assert guest.get("/topology", **PAGE).status_code == 200
        assert guest.get(DATA).status_code == 200
        outside = Guest(url, guest.http)
        assert outside.get("/mesh").headers["Location"] == "/mesh/"
        for path in ("/", DATA, "/meshes/", "/topology"):
            assert outside.get(path, Cookie=f"mesh_graph_session={guest.cookie}").status_code == 404, path
        assert outside.get("/healthz").status_code == 200
        assert outside.get("/metrics").status_code == 401


@pytest.mark.parametrize("climb", ["..", "%2e%2e", "..%2f..", ".", "x/../.."])
def test_a_prefix_is_not_left_by_climbing(household, climb):
    with running(Context(HandMesh()), WaysIn(household.keeper), Front("/mesh")) as url:
        connection = http.client.HTTPConnection("127.0.0.1", urlsplit(url).port, timeout=30)
        for path in (f"/mesh/{climb}/healthz", f"/mesh/{climb}{DATA}", f"/mesh/assets/{climb}/app.py"):
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 401, path
        connection.close()


def test_without_a_sign_in_nothing_changes():
    with running(Context(HandMesh())) as url:
        assert Guest(url).get(DATA).status_code == 200
        assert (
            Guest(url).get("/sign-in", **PAGE).status_code == 200
        )  # a page of Dash, which knows no such path
        assert Guest(url).get("/session").status_code == 200
        assert "data-sign-out" not in Guest(url).get("/_dash-layout").text
