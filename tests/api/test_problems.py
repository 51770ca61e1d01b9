"""One JSON body for every error."""

import json

import pytest

from mesh_graph import errors
from mesh_graph.api.problems import plain_problem, problem, problem_response
from mesh_graph.views.words import MESSAGES

KEYS = {"type", "title", "status", "detail", "advice"}


def concrete():
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, errors.MeshGraphError):
            if issubclass(kind, errors.SourceError):
                yield kind("http://prometheus:9090", "up", "It is gone.", "Start it.")
            elif kind is errors.InvalidExpression:
                yield kind("find", "ends too early", "Write a value.", 7, 0)
            elif kind is errors.InvalidRequest:
                yield kind("window", "is not a duration", "Write 5m.")
            else:
                yield kind("What is so.")


@pytest.mark.parametrize("error", list(concrete()), ids=lambda error: type(error).__name__)
def test_every_error_has_the_one_shape_and_a_title_in_words(error):
    body = problem(error)
    assert set(body) >= KEYS
    assert body["type"] == error.kind
    assert f"error.{error.kind}" in MESSAGES
    assert 400 <= body["status"] < 600


def test_a_wrong_parameter_is_named():
    body = problem(errors.InvalidRequest("window", "is not a duration", "Write 5m."))
    assert (body["status"], body["parameter"]) == (400, "window")
    assert (body["detail"], body["advice"]) == ("window: is not a duration.", "Write 5m.")


def test_a_mistake_in_an_expression_says_where():
    body = problem(errors.InvalidExpression("find", "ends too early", "Write a value.", 7, 0))
    assert (body["status"], body["parameter"], body["position"], body["length"]) == (400, "find", 7, 0)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.SourceUnreachable, 502),
        (errors.SourceTimeout, 504),
        (errors.SourceRefused, 502),
        (errors.QueryRejected, 502),
    ],
)
def test_a_source_error_says_who_was_asked_what(kind, status):
    body = problem(kind("http://prometheus:9090", "up", "It is gone.", "Start it."))
    assert body["status"] == status
    assert (body["source"], body["request"]) == ("http://prometheus:9090", "up")


def test_an_accident_tells_nothing_of_its_text():
    body = problem(ValueError("password is hunter2"))
    assert body["status"] == 500
    assert "hunter2" not in json.dumps(body)


def test_an_accident_is_logged_and_an_expected_error_is_not(caplog):
    problem_response(errors.UnknownNode("x"))
    assert not caplog.records
    problem_response(ValueError("in the log alone"))
    assert "in the log alone" in caplog.text


def test_responses_are_problem_json():
    for response in (problem_response(errors.UnknownNode("x")), plain_problem("not-found", 404)):
        assert response.status_code == 404
        assert response.mimetype == "application/problem+json"
        assert set(json.loads(response.data)) == KEYS
