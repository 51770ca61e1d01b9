"""Simulation studies: what the judgements of Meshgraph are worth, measured."""
