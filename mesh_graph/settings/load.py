"""Settings from flags, environment and file; whatever is wrong becomes one ``ConfigError`` in plain words."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from pydantic import ValidationError

from mesh_graph.errors import ConfigError
from mesh_graph.settings.model import ENV_PREFIX, Settings, is_service_link
from mesh_graph.settings.table import rows

__all__ = ["did_you_mean", "flag_of", "load_settings"]

_LINK_NAME = re.compile(r"_SERVICE_HOST$|_SERVICE_PORT(_|$)|_PORT_\d+_(TCP|UDP|SCTP)(_|$)")
"""Ends of the names that Kubernetes derives from a Service, all with the Service's name in front."""


def flag_of(name: str) -> str:
    """Flag that sets a setting: ``--query-timeout-s`` for ``query_timeout_s``."""
    return "--" + name.replace("_", "-")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Sentence that offers the known word nearest to a wrong one; empty where none is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.7)
    return f" Did you mean {near[0]}?" if near else ""


def load_settings(flags: Mapping[str, Any] | None = None) -> Settings:
    """Settings of this process.

    Parameters
    ----------
    flags : mapping of str to Any, optional
        Values given on the command line, by the setting's name; they win over environment and file.

    Raises
    ------
    ConfigError
        If a value is not what its setting takes, a name is unknown, or the file cannot be read. The message
        has a line for each mistake: where the value comes from, what is wrong, what the setting takes.
    """
    flags = dict(flags or {})
    _reject_unknown_variables()
    path = flags.get("config") or os.environ.get(ENV_PREFIX + "CONFIG")
    try:
        return Settings(**flags)
    except ValidationError as error:
        raise ConfigError("\n".join(_sentences(error, flags, path))) from None
    except (yaml.YAMLError, OSError, ValueError) as error:
        raise ConfigError(f"{path} is not a YAML file of settings: {' '.join(str(error).split())}") from None


def _reject_unknown_variables() -> None:
    known = {ENV_PREFIX + row.name.upper() for row in rows()}
    for name, value in os.environ.items():
        stranger = name.startswith(ENV_PREFIX) and name not in known
        if stranger and not _LINK_NAME.search(name) and not is_service_link(value):
            raise ConfigError(f"The environment sets {name}, which is no setting.{did_you_mean(name, known)}")


def _sentences(error: ValidationError, flags: Mapping[str, Any], path: Any) -> Iterable[str]:
    takes = {row.name: row.takes for row in rows()}
    for mistake in error.errors():
        name = str(mistake["loc"][0]) if mistake["loc"] else ""
        cause = mistake.get("ctx", {}).get("error")
        problem = (
            str(cause) if isinstance(cause, ValueError) else mistake["msg"][0].lower() + mistake["msg"][1:]
        )
        if not name:
            yield problem
        elif name not in takes:
            yield f"{path} sets {name}, which is no setting.{did_you_mean(name, takes)}"
        else:
            yield f"{_origin(name, flags, path)}: {problem}. It takes {takes[name].explanation}."


def _origin(name: str, flags: Mapping[str, Any], path: Any) -> str:
    """Where a wrong value was written, with the value unless it is secret."""
    secret = next(row.is_secret or row.takes.type in ("headers", "URL") for row in rows() if row.name == name)
    variable = ENV_PREFIX + name.upper()
    if name in flags:
        return flag_of(name) + ("" if secret else f" {flags[name]}")
    if os.environ.get(variable):
        return variable + ("" if secret else f"={os.environ[variable]}")
    return f"{name} in {path}"
