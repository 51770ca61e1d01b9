"""What the doors are given to answer with."""

import pytest
from flask import Flask

from mesh_graph.api.context import Context, attach_context, current_context, server_context, set_scope
from mesh_graph.scope import EVERYTHING, NOTHING, Scope

SHOP = Scope.of(namespaces=("shop",))


class ScopedMesh:
    """Says what it was narrowed to."""

    def __init__(self, scope: Scope = EVERYTHING) -> None:
        self.scope = scope

    def seen_by(self, scope: Scope) -> "ScopedMesh":
        return ScopedMesh(scope)


@pytest.fixture
def server():
    return Flask("test")


def test_without_sign_in_the_context_is_the_servers_own(server):
    attach_context(server, context := Context(ScopedMesh()))
    with server.test_request_context():
        assert current_context() is context


def test_request_gets_the_mesh_that_its_sender_may_see(server):
    attach_context(server, Context(ScopedMesh()))
    with server.test_request_context():
        set_scope(SHOP)
        assert (current_context().mesh.scope, current_context().scope) == (SHOP, SHOP)
        assert server_context().mesh.scope == EVERYTHING
    with server.test_request_context():
        assert current_context().mesh.scope == EVERYTHING


def test_request_of_which_nothing_was_said_sees_no_more_than_the_server_lets_strangers(server):
    attach_context(server, Context(ScopedMesh(), scope=NOTHING))
    with server.test_request_context():
        assert current_context().mesh.scope == NOTHING
        set_scope(EVERYTHING)
        assert current_context().mesh.scope == EVERYTHING


def test_server_without_a_context_is_an_error_of_ours(server):
    with server.test_request_context(), pytest.raises((KeyError, TypeError)):
        current_context()
