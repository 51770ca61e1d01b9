"""People for tests of the sign-in: a users file, passwords that are quick to check, a clock that is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher

from mesh_graph.access.doorkeeper import Clocks, Doorkeeper
from mesh_graph.access.passwords import Passwords

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SECRET = "correct horse"


class CountingHasher(PasswordHasher):
    """A real hasher, quick, that counts how often it was asked to verify."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.verified = 0

    def verify(self, *args, **kwargs) -> bool:
        self.verified += 1
        return super().verify(*args, **kwargs)


HASH = CountingHasher().hash(SECRET)
USERS = f"""
users:
  ada:
    password: {HASH}
    namespaces: ["*"]
    rights: [logs, config, queries]
  bob:
    password: {HASH}
    groups: [shop]
  nil:
    password: {HASH}
  eve: {{groups: [shop]}}
groups:
  shop: {{namespaces: [bookinfo]}}
  sre: {{namespaces: ["*"], rights: [logs]}}
"""
"""Ada sees all, Bob one namespace, Nil nothing; Eve has no password: a proxy or a provider knows her."""


@dataclass
class Time:
    """Seconds since the start, moved by hand."""

    passed: float = 0.0

    def clocks(self) -> Clocks:
        return Clocks(lambda: 1000.0 + self.passed, lambda: START + timedelta(seconds=self.passed))


@dataclass
class Household:
    """A doorkeeper over a users file that a test may change."""

    folder: Path
    time: Time = field(default_factory=Time)
    hasher: CountingHasher = field(default_factory=CountingHasher)

    def __post_init__(self) -> None:
        self.write(USERS)
        self.keeper = Doorkeeper(
            self.users,
            passwords=Passwords(self.hasher),
            idle_s=600,
            lifetime_s=3600,
            audit_log=self.audit,
            clocks=self.time.clocks(),
        )

    @property
    def users(self) -> Path:
        return self.folder / "users.yaml"

    @property
    def audit(self) -> Path:
        return self.folder / "audit.log"

    def write(self, text: str) -> None:
        """Put another file in the place of the users file, as a mounted Secret changes."""
        new = self.folder / "new.yaml"
        new.write_text(text)
        new.replace(self.users)
