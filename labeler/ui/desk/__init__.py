"""The models of what is open: session, playhead, images, queue."""
