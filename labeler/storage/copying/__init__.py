"""The guarded copy: planned, written aside, read back, and put in place."""
