"""Watching a classifier judge what it sees, in a process of its own."""
