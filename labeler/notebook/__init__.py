"""Recordings as pandas DataFrames and NumPy arrays; the only room that imports pandas."""

from labeler.notebook.recording import Recording

__all__ = ["Recording"]
