"""Believable recordings, made offline in a few seconds, whose true labels are known."""

from labeler.demo.recording import true_labels, write_demo
from labeler.demo.sessions import ROBOT, SESSIONS, SPEC, WITHOUT_SMALL, write_sessions

__all__ = [
    "ROBOT",
    "SESSIONS",
    "SPEC",
    "WITHOUT_SMALL",
    "true_labels",
    "write_demo",
    "write_sessions",
]
