"""Run the product's command line as a user does."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path


def labeler(*arguments: object, code: int = 0) -> str:
    """Run `labeler` with the arguments; what it printed. Fails on another exit code."""
    done = subprocess.run(
        [sys.executable, "-m", "labeler", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=600,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "160"},
    )
    said = f"{done.stdout}\n{done.stderr}"
    assert done.returncode == code, f"exit {done.returncode}: labeler {arguments}\n{said}"
    return said


def snapshot(root: Path) -> dict[str, tuple[int, int, str]]:
    """Size, modification time and digest of every file."""
    return {
        path.relative_to(root).as_posix(): (
            path.stat().st_size,
            path.stat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }
