"""Frames to graphs: identity, the merge of reporters, types, boxes, overlays, layout, find and hide, diff.

Pure: no I/O, no clock, no screen.
"""
