"""The start page: open, go on, or try the demo."""
