"""Noise that is a pure function of what it is for: hashes instead of generators with a state."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

__all__ = ["identity", "uniform"]

UInts = NDArray[np.uint64]


def identity(*words: object) -> int:
    """A stable 64-bit number for some words, the same in every process."""
    text = "\x1f".join(map(str, words)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")


def uniform(keys: UInts, counters: UInts | np.uint64) -> NDArray[np.float64]:
    """Numbers in [0, 1), one per (key, counter), broadcast.

    Source: the output function of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
    generators", OOPSLA 2014), with the counter as the step.
    """
    with np.errstate(over="ignore"):
        z = keys + (counters + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    numbers: NDArray[np.float64] = (z >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return numbers
