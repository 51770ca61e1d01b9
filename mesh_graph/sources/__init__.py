"""All I/O and nothing else: typed queries in, raw tables out.

``query`` holds what can be asked, ``base`` the protocol that every source implements; ``prometheus`` is
the real one, ``demo`` the simulated twin.
"""
