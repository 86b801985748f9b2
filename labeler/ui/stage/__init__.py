"""The images of the frame shown, of every camera."""
