"""How far writing is, told in steps that a window can follow."""

from dataclasses import dataclass, replace
from time import monotonic

from labeler.labels.wording import size_text
from labeler.progress import Progress, Steps

_BETWEEN = 0.08  # seconds between two reports
_SURE = 0.4  # seconds after which a rate says something
_FRAMES = "Comparing"  # this phase counts frames and episodes, the others bytes and files


@dataclass(frozen=True, slots=True)
class WriteProgress:
    """A phase, and how much of it is done; bytes and files, or frames and episodes."""

    phase: str
    total: int = 0
    of_files: int = 0
    done: int = 0
    files: int = 0
    left: float | None = None
    """Seconds until the phase ends, as far as one can say."""

    @property
    def percent(self) -> int:
        """Share that is done, 0 to 100."""
        return min(100 * self.done // self.total, 100) if self.total else 0

    @property
    def text(self) -> str:
        """`12.3 MB of 45.0 MB · 3 of 14 files · about 12 s left`."""
        if self.phase.startswith(_FRAMES):
            parts = [f"{self.percent}% of {self.total:,} frames"]
        else:
            parts = [f"{size_text(self.done)} of {size_text(self.total)}"]
            if self.of_files:
                parts.append(f"{self.files} of {self.of_files} files")
        if self.left is not None:
            parts.append(f"{time_text(self.left)} left")
        return " · ".join(parts)


class ProgressSteps(Progress):
    """Passes on progress some times a second; ends the work once the user has cancelled it."""

    def __init__(self, work: Steps) -> None:
        self._work = work
        self._report = WriteProgress("Preparing")
        self._began = self._told = monotonic()

    def begin(self, phase: str, total_bytes: int, total_files: int) -> None:
        """A phase starts."""
        self._report = WriteProgress(phase, total_bytes, total_files)
        self._began = monotonic()
        self._tell()

    def advance(self, count: int) -> None:
        """So much more is done."""
        self._work.check()
        report = self._report
        self._report = replace(report, done=report.done + count)
        if monotonic() - self._told >= _BETWEEN:
            self._tell()

    def file_done(self) -> None:
        """One more file is done."""
        self._work.check()
        self._report = replace(self._report, files=self._report.files + 1)

    def _tell(self) -> None:
        self._told = monotonic()
        spent, report = self._told - self._began, self._report
        if spent >= _SURE and report.done:
            left = spent * max(report.total - report.done, 0) / report.done
            report = replace(report, left=left)
        self._work.step(report)


def time_text(seconds: float) -> str:
    """A time that is left, as one would say it: `about 12 s`."""
    if seconds < 90:
        return f"about {max(round(seconds), 1)} s"
    return f"about {round(seconds / 60)} min"
