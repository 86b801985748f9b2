"""One module per form of label files: how its text is read, and written where it can be.

A new form is one more module here, a member of `Dialect`, a mark by which `detect` tells it, and
a case in `reading` and `writing`, where the type checker says that one is missing.
"""
