"""Run the product's commands as a user does, in this process: hundreds of starts take minutes."""

import hashlib
from pathlib import Path

from typer.testing import CliRunner

from labeler.cli.program import app


def labeler(*arguments: object, code: int = 0) -> str:
    """Run `labeler` with the arguments; what it printed. Fails on another exit code."""
    environment = {"NO_COLOR": "1", "COLUMNS": "160"}
    done = CliRunner(env=environment).invoke(app, [str(argument) for argument in arguments])
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
