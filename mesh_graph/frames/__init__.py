"""A source's replies as tidy frames.

    Reply (labels, value) ──parse_*──► frame: the family's labels as text, rates as float64 ──► topology

A frame has the columns and dtypes of its ``Schema``, the empty frame too. A label that a series lacks is
``""``; a sample that is no rate (NaN, infinite, negative) has no row. This room knows nothing of graphs.
"""
