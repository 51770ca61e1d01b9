"""Doors for programs: the pages' JSON twins, the error body, and the guard in front of every door."""
