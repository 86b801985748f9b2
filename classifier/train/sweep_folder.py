"""The folder of a sweep: what is done so far, and at the end tables, report and best settings."""

import json
from dataclasses import asdict
from pathlib import Path

from classifier import output
from classifier.evaluate import FoldFigures

BEST, PAGE = "best.json", "report.html"
_PLAN, _DONE = "sweep.json", "trainings.jsonl"


class SweepFolder:
    """One sweep's folder; nobody else writes it while this is open. Close it at the end.

    done: figures of trainings by their key; those of an earlier sweep in this folder count, too
    """

    def __init__(self, root: Path, plan: object, aside: Path | None) -> None:
        """Open it. What is there goes to `aside`; without that it is gone on with.

        plan: what is written down of the sweep, as JSON values

        Raises:
            RefusedError: it lies inside a dataset.
            BusyError: another process works in it.
        """
        output.require_outside_datasets(root)
        self.root = root
        self.done = _lines(root / _DONE)
        if aside is not None:
            output.release(output.hold_folder(root))
            output.set_aside(root, aside)
        output.make_folders(root)
        self._lock = output.hold_folder(root)
        output.remove_all_staged(root)
        self.done |= _lines(root / _DONE)
        self.write(_DONE, "".join(_line(key, one) + "\n" for key, one in self.done.items()))
        self.write(_PLAN, json.dumps(plan, indent=2) + "\n")

    def close(self) -> None:
        """Let others use the folder."""
        output.release(self._lock)

    def add(self, key: str, found: FoldFigures) -> None:
        """Keep the figures of a training."""
        output.append_line(self.root / _DONE, _line(key, found))
        self.done[key] = found

    def write(self, name: str, data: str | bytes) -> None:
        """Write or replace one file."""
        output.rewrite(self.root / name, data.encode() if isinstance(data, str) else data)


def is_unfinished(place: Path) -> bool:
    """Whether a sweep was begun in a folder and has not come to its report."""
    begun = not place.is_symlink() and (place / _DONE).is_file()
    return begun and not (place / PAGE).exists()


def _line(key: str, found: FoldFigures) -> str:
    return json.dumps({"key": key, **asdict(found)})


def _lines(path: Path) -> dict[str, FoldFigures]:
    """Figures by key; a line that a kill cut off is left out."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        try:
            values = json.loads(line)
            key = values.pop("key")
            found[key] = FoldFigures(**values)
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
    return found
