"""Traces: the span model, the backends' formats read into it, and analysis of spans. No I/O, no clock."""

__all__: list[str] = []
