"""What surrounds the measurements of one run: a folder, the machine's load, the file of figures."""

import json
import os
import shutil
import tempfile
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

Figures = dict[str, Any]


def teller(console: Console, *, quiet: bool) -> Callable[[str], None]:
    """Function that says what is being measured, with the time."""
    if quiet:
        return lambda text: None
    return lambda text: console.print(f"[dim]{datetime.now(UTC):%H:%M:%S} {text}[/]")


@contextmanager
def sitting(chosen: Namespace, console: Console) -> Iterator[tuple[Path, Figures]]:
    """A folder that goes afterwards, in `chosen.work`; and figures, kept in `chosen.json`.

    They are kept even when measuring fails. When, on how many processors and under which load is
    noted with them, and told at the end with `figures["extent"]`.
    """
    if chosen.work is not None:
        chosen.work.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="labeler-bench-", dir=chosen.work)).resolve()
    started = datetime.now(UTC).isoformat(timespec="seconds")
    figures: Figures = {"started": started, "processors": os.cpu_count()}
    before = os.getloadavg()
    try:
        yield work, figures
    finally:
        shutil.rmtree(work)
        after = os.getloadavg()
        figures["load"] = [before, after]
        if chosen.json:
            chosen.json.write_text(json.dumps(figures, indent=1) + "\n")
    console.print(
        f"{started}: {os.cpu_count()} processors, load average {before[0]:.1f} before and "
        f"{after[0]:.1f} after, {figures['extent']}"
    )
