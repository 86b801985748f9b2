"""Training runs as a window follows them: what is known of each, without Qt and without torch."""
