"""The window: the only room that knows Qt. Widgets show a model and keep no second copy."""
