"""Why somebody was not let in; for whom to read is said with each."""

from __future__ import annotations

from mesh_graph.errors import MeshGraphError

__all__ = ["NotAllowed", "NotSignedIn", "Refused", "SignInUnavailable", "TooManyAttempts"]


class Refused(MeshGraphError):
    """Base of the reasons.

    Parameters
    ----------
    reason : str
        For the audit log, or for the server's log.
    sentence : str
        For whoever is refused.
    """

    kind = "refused-entry"

    def __init__(self, reason: str, sentence: str) -> None:
        self.reason = reason
        super().__init__(sentence)


class NotSignedIn(Refused):
    """Nobody we know: no session, an expired one, a wrong password, a wrong token.

    Parameters
    ----------
    reason : str
        For the audit log. Strangers are not told: they would learn which names there are.
    """

    kind = "not-signed-in"

    def __init__(self, reason: str) -> None:
        super().__init__(reason, "Sign in first.")


class NotAllowed(Refused):
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
        super().__init__(reason, reason)


class TooManyAttempts(Refused):
    """Too many wrong passwords or tokens from an address, or for a name.

    Parameters
    ----------
    wait_s : float
        Until the next attempt is looked at.
    """

    kind = "too-many-attempts"

    def __init__(self, wait_s: float) -> None:
        self.wait_s = wait_s
        minutes = max(1, round(wait_s / 60))
        wait = "a minute" if minutes == 1 else f"{minutes} minutes"
        super().__init__("too many attempts", f"Too many attempts. Try again in about {wait}.")


class SignInUnavailable(Refused):
    """Nobody can be let in: the users file cannot be used, the provider does not answer, or we are too busy.

    Parameters
    ----------
    reason : str
        As a sentence, for the server's log alone: it may name files and addresses.
    """

    kind = "sign-in-unavailable"

    def __init__(self, reason: str) -> None:
        super().__init__(reason, "Nobody can sign in at present. The server's log says why.")
