"""The episode queue: which episodes are listed, in which order, and how they look."""
