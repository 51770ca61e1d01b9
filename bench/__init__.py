"""How fast Meshgraph is, against a bare client that asks the same of the same server: ``make bench``.

    past (back-filled blocks) ─► a real Prometheus ─► cases, in turn with the floor ─► figures ─► table, JSON

Figures are told in pairs taken in one run, since no two machines, and no two minutes of one, are equally
fast.
"""
