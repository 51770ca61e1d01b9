"""Numbers → short texts with units. Nothing here knows what the number is of."""

from __future__ import annotations

import math
from datetime import UTC, datetime

__all__ = [
    "format_bytes",
    "format_bytes_rate",
    "format_clock",
    "format_estimate",
    "format_latency",
    "format_micros",
    "format_percent",
    "format_rate",
    "format_seconds",
    "format_significant",
]

_POWERS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def format_significant(value: float, digits: int = 2) -> str:
    """Text of a number rounded to some significant digits, with k, M, G or T from 1,000 on.

    Examples
    --------
    >>> [format_significant(v) for v in (0, 0.0123, 4.96, 123.4, 999.9, 1234567)]
    ['0', '0.012', '5', '120', '1k', '1.2M']
    """
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "∞" if value > 0 else "-∞" if value < 0 else "?"
    rounded = _rounded(value, digits)
    for size, suffix in _POWERS:
        if abs(rounded) >= size:
            return f"{_plain(rounded / size)}{suffix}"
    return _plain(rounded) if abs(rounded) >= 1e-6 else f"{rounded:.{digits}g}"


def _rounded(value: float, digits: int) -> float:
    return round(value, digits - 1 - math.floor(math.log10(abs(value)))) if value else 0.0


def _plain(value: float) -> str:
    return f"{value:.8f}".rstrip("0").rstrip(".")


def format_rate(per_second: float, unit: str = "rps", digits: int = 2) -> str:
    """Text of a rate per second, such as ``12 rps`` (requests) or ``3.4 mps`` (messages)."""
    return f"{format_significant(per_second, digits)} {unit}"


def format_bytes_rate(per_second: float, digits: int = 2) -> str:
    """Text of bytes per second in powers of 1,000.

    Examples
    --------
    >>> format_bytes_rate(15300)
    '15 kB/s'
    """
    text = format_significant(per_second, digits)
    return f"{text[:-1]} {text[-1]}B/s" if text[-1] in "kMGT" else f"{text} B/s"


def format_bytes(count: float, digits: int = 3) -> str:
    """Text of an amount of memory in powers of 1,024, as limits are written.

    Examples
    --------
    >>> [format_bytes(b) for b in (0, 900, 159_383_552, 1_073_741_824)]
    ['0 B', '900 B', '152 MiB', '1 GiB']
    """
    for size, unit in ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if abs(count) >= size:
            return f"{_plain(_rounded(count / size, digits))} {unit}"
    return f"{_plain(_rounded(count, digits))} B"


def format_percent(ratio: float, digits: int = 2) -> str:
    """Text of a ratio 0..1 in percent; what is not all never reads as 100 %, what is not none never as 0 %.

    Examples
    --------
    >>> [format_percent(r) for r in (0, 0.00001, 0.0213, 0.9999, 1)]
    ['0%', '<0.01%', '2.1%', '>99.9%', '100%']
    """
    if 0 < ratio < 1e-4:
        return "<0.01%"
    if 0.999 < ratio < 1:
        return ">99.9%"
    if ratio >= 0.99 and ratio != 1:
        return f"{ratio * 100:.1f}%"
    return f"{format_significant(ratio * 100, digits)}%"


def format_latency(milliseconds: float, top_edge_ms: float | None = None, digits: int = 2) -> str:
    """Text of a response time; infinite means above the histogram's top bucket edge.

    Examples
    --------
    >>> [format_latency(ms) for ms in (0.84, 23.4, 999.7, 1234)]
    ['0.84 ms', '23 ms', '1 s', '1.2 s']
    >>> format_latency(float("inf"), 3600000.0)
    '> 3.6k s'
    """
    if math.isinf(milliseconds):
        return f"> {format_latency(top_edge_ms, digits=digits)}" if top_edge_ms else "> top bucket"
    if _rounded(milliseconds, digits) >= 1000:
        return f"{format_significant(milliseconds / 1000, digits)} s"
    return f"{format_significant(milliseconds, digits)} ms"


def format_micros(microseconds: float, digits: int = 3) -> str:
    """Text of a span's length of time; a negative one keeps its sign.

    Examples
    --------
    >>> [format_micros(us) for us in (0, 840, 1234, 23_456, 1_234_567, -1500)]
    ['0 µs', '840 µs', '1.23 ms', '23.5 ms', '1.23 s', '-1.5 ms']
    """
    rounded = _rounded(microseconds, digits)
    for size, unit in ((1e6, "s"), (1e3, "ms")):
        if abs(rounded) >= size:
            return f"{_plain(_rounded(microseconds / size, digits))} {unit}"
    return f"{_plain(rounded)} µs"


def format_seconds(seconds: float) -> str:
    """Text of a length of time in its two largest units.

    Examples
    --------
    >>> [format_seconds(s) for s in (0.4, 59, 300, 5400, 90000)]
    ['0 s', '59 s', '5 min', '1 h 30 min', '1 d 1 h']
    """
    left = max(0, int(seconds))
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}")
        elif parts:
            break
    return " ".join(parts[:2]) or "0 s"


def format_estimate(seconds: float) -> str:
    """Text of an estimated length of time, as finely as anyone would believe it.

    Examples
    --------
    >>> [format_estimate(s) for s in (2, 127, 307, 5460, 12000, 200000)]
    ['10 s', '2 min', '5 min', '1 h 30 min', '3 h 20 min', '2 d']
    """
    steps = ((110, 10), (3600, 60), (6 * 3600, 600), (36 * 3600, 3600))
    step = next((step for below, step in steps if seconds < below), 86400)
    return format_seconds(max(step, round(seconds / step) * step))


def format_clock(at: float) -> str:
    """Date and time of day of an instant (Unix seconds), UTC.

    Examples
    --------
    >>> format_clock(1795230000)
    '2026-11-21 03:00:00 UTC'
    """
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
