"""What pods write, read as lines: cleaned, understood as far as they say what they are, merged by time.

Pure; who is asked for them is ``sources/log_source.py``, and the words are in ``views/messages_logs.py``.
"""
