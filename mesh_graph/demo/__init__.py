"""A simulated mesh in time: a pure function of (seed, instant), for any instant, past or future.

    spec, curves ─► bookinfo, story ─► flows ─► tally, series ─► Simulator ─► exposition ─► server, history

``story`` declares who calls whom, how often and how it ends; ``tally`` counts the events; ``series`` writes
them down as the two proxies of a call would. No I/O, but for ``python -m mesh_graph.demo``, which serves or
prints the counters as sidecars do.
"""
