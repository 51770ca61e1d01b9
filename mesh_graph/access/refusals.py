"""Why somebody was not let in; for whom to read is said with each."""

from __future__ import annotations

__all__ = ["NotAllowed", "NotSignedIn", "SignInUnavailable", "TooManyAttempts"]

from mesh_graph.errors import MeshGraphError


class NotSignedIn(MeshGraphError):
    """Nobody we know: no session, an expired one, a wrong password, a wrong token.

    Parameters
    ----------
    reason : str
        For the audit log. Strangers are not told: they would learn which names there are.
    """

    kind = "not-signed-in"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__("Sign in first.")


class NotAllowed(MeshGraphError):
    """Somebody we know, who may see nothing.

    Parameters
    ----------
    name : str
    reason : str
        As a sentence, for this person and for the audit log.
    """

    kind = "not-allowed"

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason
        super().__init__(reason)


class TooManyAttempts(MeshGraphError):
    """Too many wrong passwords or tokens from an address, or for a name.

    Parameters
    ----------
    wait_s : float
        Until the next attempt is looked at.
    """

    kind = "too-many-attempts"

    def __init__(self, wait_s: float) -> None:
        self.wait_s = wait_s
        self.reason = "too many attempts"
        minutes = max(1, round(wait_s / 60))
        wait = "a minute" if minutes == 1 else f"{minutes} minutes"
        super().__init__(f"Too many attempts. Try again in about {wait}.")


class SignInUnavailable(MeshGraphError):
    """Nobody can be let in: the users file cannot be used, the provider does not answer, or we are too busy.

    Parameters
    ----------
    reason : str
        As a sentence, for the server's log alone: it may name files and addresses.
    """

    kind = "sign-in-unavailable"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__("Nobody can sign in at present. The server's log says why.")
