"""Run the product's command line, and tell whether a folder has changed."""

import hashlib
from pathlib import Path

from typer.testing import CliRunner

from labeler.cli.program import app


def labeler(*arguments: object, code: int = 0) -> str:
    """Run `labeler` with the arguments; what it printed. Fails on another exit code.

    In this process: what these tests are about is what it writes, and a process of its own for
    each of hundreds of commands takes as long as LeRobot takes to read the result.
    """
    done = CliRunner().invoke(app, [str(word) for word in arguments])
    assert done.exit_code == code, f"exit {done.exit_code}: labeler {arguments}\n{done.output}"
    return done.output


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
