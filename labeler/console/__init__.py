"""What the two command programs share: how errors end them, and what they print."""
