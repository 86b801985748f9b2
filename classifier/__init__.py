"""Train, evaluate and run reward classifiers (arrives with the trainer)."""
