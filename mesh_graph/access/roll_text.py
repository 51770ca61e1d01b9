"""YAML of users and groups → checked entries; a mistake is a sentence that says where and shows no value."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from typing import Annotated, Any

import yaml
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from mesh_graph.access.passwords import is_hash
from mesh_graph.errors import ConfigError
from mesh_graph.scope import Grant, Right, Scope

__all__ = ["Entries", "GrantEntry", "GroupEntry", "TokenEntry", "UserEntry", "merge_entries", "parse_entries"]

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def _check_name(name: str) -> str:
    if not name or len(name) > 200 or name != name.strip() or _CONTROL.search(name) or "," in name:
        raise ValueError("a name has 1 to 200 characters, no comma, and no space at its ends")
    return name


def _check_hash(text: str) -> str:
    if not is_hash(text):
        raise ValueError("this is no Argon2 hash: mesh-graph passwd makes one")
    return text


def _as_many(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Name = Annotated[str, AfterValidator(_check_name)]
Hash = Annotated[str, AfterValidator(_check_hash)]
Globs = Annotated[tuple[Name, ...], BeforeValidator(_as_many)]
Rights = Annotated[frozenset[Right], BeforeValidator(_as_many)]


class GrantEntry(BaseModel):
    """What may be seen: nothing unless namespaces are named; those in every cluster unless told otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    namespaces: Globs = ()
    clusters: Globs = ("*",)
    rights: Rights = frozenset()

    @property
    def scope(self) -> Scope:
        """What the entry allows."""
        return Scope((self._grant,))

    @property
    def _grant(self) -> Grant:
        return Grant(self.namespaces, self.clusters, self.rights)


class GroupEntry(GrantEntry):
    """What a group may see: a grant of its own, and others beside it."""

    grants: tuple[GrantEntry, ...] = ()

    @property
    def scope(self) -> Scope:
        """What the entry allows."""
        return Scope((self._grant, *(one._grant for one in self.grants)))


class TokenEntry(GrantEntry):
    """A token as it is kept; it may see what its user sees unless it says less."""

    id: str = Field(pattern="^[0-9a-f]{16}$")
    sha256: str = Field(pattern="^[0-9a-f]{64}$", repr=False)
    expires: AwareDatetime
    note: str = ""
    namespaces: Globs = ("*",)
    rights: Rights = frozenset(Right)


class UserEntry(GroupEntry):
    """Somebody who may come in."""

    password: Hash | None = Field(None, repr=False)
    groups: Globs = ()
    tokens: tuple[TokenEntry, ...] = ()


class Entries(BaseModel):
    """All of one file."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    users: dict[Name, UserEntry] = {}
    groups: dict[Name, GroupEntry] = {}


class _Loader(yaml.SafeLoader):
    """YAML in which no name stands twice: the first of two entries would be lost without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key, _ in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                raise ConfigError(f"line {line}: {key.value} stands there a second time")
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def parse_entries(text: str, where: str) -> Entries:
    """Entries of one file.

    Parameters
    ----------
    text : str
        YAML; an empty one has no entries.
    where : str
        Begins every complaint.

    Raises
    ------
    ConfigError
        If the text cannot be read or an entry is wrong; a line for each mistake. No value is repeated.
    """
    try:
        found = yaml.load(text, _Loader)
        return Entries.model_validate({} if found is None else found)
    except ConfigError as error:
        raise ConfigError(f"{where}, {error}.") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{where}{_line(error)} is no YAML.") from None
    except ValidationError as error:
        raise ConfigError("\n".join(f"{where}: {words}" for words in _sentences(error))) from None


def _line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f", line {mark.line + 1}" if mark else ""


def _sentences(error: ValidationError) -> Iterator[str]:
    for mistake in error.errors(include_input=False, include_url=False):
        cause = mistake.get("ctx", {}).get("error")
        problem = str(cause) if isinstance(cause, ValueError) else mistake["msg"]
        place = ".".join(str(part) for part in mistake["loc"] if part != "[key]")
        yield f"{place or 'the file'}: {problem[0].lower()}{problem[1:]}."


def merge_entries(parts: Mapping[str, Entries]) -> Entries:
    """Entries of several files, by the file's name.

    Raises
    ------
    ConfigError
        If two files name the same user or group.
    """
    users: dict[str, UserEntry] = {}
    groups: dict[str, GroupEntry] = {}
    for where, part in parts.items():
        for kind, twice in (("user", users.keys() & part.users), ("group", groups.keys() & part.groups)):
            if twice:
                raise ConfigError(f"{where}: the {kind} {min(twice)} stands in another file, too.")
        users |= part.users
        groups |= part.groups
    return Entries(users=users, groups=groups)
