"""Starts the dashboard: ``python app.py --port 8050 --prometheus-url http://prometheus:9090``."""

import sys

from mesh_graph.cli import main

if __name__ == "__main__":
    sys.exit(main(["serve", *sys.argv[1:]]))
