"""Writing under attack for as long as somebody likes; `python -m tests.soak --help`."""
