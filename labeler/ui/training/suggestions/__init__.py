"""Probabilities of a run as suggestions, refreshed while somebody labels."""
