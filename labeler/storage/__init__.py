"""The only room that writes: guarded copies, label commits, recordings, label files, recovery."""
