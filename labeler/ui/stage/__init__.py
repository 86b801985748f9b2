"""The pictures of the frame shown, of every camera."""
