"""One application, workload or service: which traffic is its own, with whom, since when, and over time. Pure.

    Traffic + subject ─► its rows, by peer ─► peers
    range replies     ─► merged or raw rows with their instants ─► lines, heat, differences, since when

A subject is a ``NodeKey`` of an application (cluster, namespace, app), a workload or a service; without a
cluster it means all of that name. What a lost request was meant for is told as ``health/facts.py`` tells it.
"""
