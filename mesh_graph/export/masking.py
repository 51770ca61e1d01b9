"""What commands that write files are told about masking."""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path

from mesh_graph.errors import ConfigError
from mesh_graph.export.mask import Mask

__all__ = ["add_mask_arguments", "mask_of"]


def add_mask_arguments(parser: argparse.ArgumentParser) -> None:
    """Add ``--mask`` and ``--mask-key-file``."""
    parser.add_argument(
        "--mask", action="store_true", help="write pseudonyms in the place of names; others every time"
    )
    parser.add_argument(
        "--mask-key-file",
        metavar="FILE",
        help="the same with the key in a file, of 16 bytes or more: the same pseudonyms for the same key",
    )


def mask_of(arguments: argparse.Namespace) -> Mask | None:
    """The mask that a command was told to put on; None for none.

    Raises
    ------
    ConfigError
        If the key cannot be read, or is too short.
    """
    if arguments.mask_key_file:
        path = Path(arguments.mask_key_file)
        try:
            return Mask(path.read_bytes().strip())
        except OSError as error:
            raise ConfigError(f"mask-key-file {path} cannot be read: {error.strerror}.") from error
    return Mask(secrets.token_bytes(32)) if arguments.mask else None
