"""The form of a new training: cameras, crops, encoder and settings."""
