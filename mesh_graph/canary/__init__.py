"""Is the traffic split what was declared, and is the new version good? Pure functions of counts per interval.

``sample.py`` says what is counted and what is answered; ``judge.py`` answers.
"""
