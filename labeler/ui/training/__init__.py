"""The training dock: starts `labeler-train` beside the window, shows how it goes and what it gave.

Nothing here is imported before the dock is opened, but for `trainings`, which knows no plots.
"""
