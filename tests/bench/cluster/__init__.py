"""Work on a cluster beside the same work on this machine."""
