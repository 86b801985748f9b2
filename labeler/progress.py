"""How writing reports how far it is."""


class Progress:
    """Told of every step; this one is silent, a front end overrides what it shows."""

    def begin(self, phase: str, total_bytes: int, total_files: int) -> None:
        """A phase starts: what it does, and how much there is to do."""

    def advance(self, count: int) -> None:
        """`count` more bytes are done."""

    def file_done(self) -> None:
        """One more file is done."""
