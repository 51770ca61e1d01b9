"""gRPC messages both ways."""

from __future__ import annotations

from mesh_graph import fields
from mesh_graph.frames.messages import MESSAGES, parse_messages
from tests.frames.replies import reply


def test_requests_are_sent_and_responses_received():
    frame = parse_messages(
        sent=reply(fields.MESSAGE_LABELS, ({"reporter": "source"}, 3.0)),
        received=reply(fields.MESSAGE_LABELS, ({"reporter": "source"}, 4.0), ({"reporter": "waypoint"}, 5.0)),
    )
    shown = MESSAGES.check(frame)[["reporter", "sent_message_rate", "received_message_rate"]]
    assert shown.to_numpy().tolist() == [["source", 3, 4], ["waypoint", 0, 5]]
