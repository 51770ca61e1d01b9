"""Frames of the replay strip: levels and words, and nothing where nothing is known."""

from math import nan

import pandas as pd

from mesh_graph.views.replay import render_frames

MIXED = "10 rps · 12% errors · 1.5 kB/s"


def test_frames_say_how_much_and_how_bad():
    totals = pd.DataFrame(
        {
            "time": [0.0, 30.0, 60.0, 90.0],
            "request_rate": [12.34, 10.0, nan, 0.0],
            "error_ratio": [0.0, 0.117, nan, nan],
            "bytes_rate": [nan, 1500.0, 2500.0, nan],
        }
    )
    assert render_frames(totals) == [
        {"at": 0.0, "rate": 12.34, "errors": 0.0, "level": "ok", "text": "12.3 rps · 0% errors"},
        {"at": 30.0, "rate": 10.0, "errors": 0.117, "level": "err", "text": MIXED},
        {"at": 60.0, "rate": None, "errors": None, "level": "idle", "text": "2.5 kB/s"},
        {"at": 90.0, "rate": 0.0, "errors": None, "level": "idle", "text": "no traffic"},
    ]
