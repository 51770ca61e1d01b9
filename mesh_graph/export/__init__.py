"""A graph in formats of others: one module per format, each a pure function of the graph.

graph ─► document (our own JSON) | tables ─► csv | dot | node_link | servicegraph
"""
