"""Noise: uniform, stable, and different for different keys."""

from __future__ import annotations

import numpy as np
import pytest

from mesh_graph.demo.noise import identity, uniform


def test_identity_is_the_same_in_every_process():
    """The value was computed by another program: ``b2sum -l 64`` of a, unit separator, 1."""
    assert identity("a", 1) == 0x8181C16B4AD83CC1
    assert identity("a1") != identity("a", 1)
    assert identity("\ud800") != identity("\ud801")


def test_numbers_fill_the_unit_interval_evenly():
    numbers = uniform(np.array([7], dtype=np.uint64)[:, None], np.arange(20_000, dtype=np.uint64))[0]
    assert numbers.min() >= 0
    assert numbers.max() < 1
    assert np.histogram(numbers, bins=10, range=(0, 1))[0] == pytest.approx([2000] * 10, rel=0.1)


def test_neighbours_and_keys_are_independent():
    one, other = uniform(np.array([1, 2], dtype=np.uint64)[:, None], np.arange(20_000, dtype=np.uint64))
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.03
    assert abs(np.corrcoef(one[1:], one[:-1])[0, 1]) < 0.03


def test_first_outputs_are_those_published_for_splitmix64():
    """Seed 1234567; the sequence is the reference one of Java's SplittableRandom."""
    published = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431]
    numbers = uniform(np.full(4, 1234567, dtype=np.uint64), np.arange(4, dtype=np.uint64))
    assert numbers == pytest.approx([n / 2**64 for n in published], abs=1e-15)
