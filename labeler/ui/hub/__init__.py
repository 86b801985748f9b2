"""The Hub as the window sees it: `labeler hub` in a process of its own, when it is asked for."""
