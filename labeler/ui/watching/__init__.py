"""Watching a classifier score what it sees, in a process of its own."""
