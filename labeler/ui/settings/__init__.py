"""The settings page with the key editor."""
