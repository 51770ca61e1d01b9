import subprocess
import sys

from bench.past import MADE_BY, sample_times
from bench.sizes import END, SCRAPE_S, WINDOW_S
from mesh_graph.model import View


def test_past_covers_the_view_and_the_one_it_is_compared_with():
    """Every window that ends at an instant that is measured is scraped from end to end."""
    times = set(sample_times())
    for at in (END - 1, END - 100):
        earlier = (at - View().compare_s) // WINDOW_S * WINDOW_S
        for end in (at, earlier):
            first = -(-(end - WINDOW_S) // SCRAPE_S) * SCRAPE_S
            assert set(range(first, end + 1, SCRAPE_S)) <= times


def test_samples_are_taken_at_scrapes_in_order():
    times = list(sample_times())
    assert times == sorted(set(times))
    assert all(at % SCRAPE_S == 0 for at in times)


def test_a_past_is_made_anew_when_anything_that_makes_it_changes():
    """What the module loads of the demo is what the past depends on."""
    command = "import sys, bench.past; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True
    ).stdout
    prefix = "mesh_graph.demo."
    assert {name.removeprefix(prefix) for name in loaded.split() if name.startswith(prefix)} <= set(MADE_BY)
