"""Runs `labeler` commands in forked children, each with a fault at one of its steps.

`python -m tests.labeler.storage.faults.program` reads a JSON request per line and answers with a
line: the exit code, negative for a signal. A fork of a process that has run a command before costs
a fiftieth of a start of Python. What a command says goes to the file `output`, its steps to the
file `trace`.
"""

import gc
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from labeler.cli import main as labeler
from tests.labeler.storage.faults.injection import Fault, Steps


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    _redirect(Path(os.devnull))
    for line in sys.stdin:
        request = json.loads(line)
        if request.get("warm"):
            code = _run(request["arguments"])
            gc.collect()
            gc.freeze()  # a collection in a child would copy every page that has an object
        elif child := os.fork():
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        else:
            with_fault(request)
        answers.write(f"{code}\n")


def with_fault(request: dict[str, Any]) -> None:
    """Run one command and end this process with its exit code."""
    _redirect(Path(request["output"]))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    watched = Path(request["watched"]) if request["watched"] else None
    steps = Steps(Fault(**request["fault"]), sync=request["sync"], watched=watched)
    code = 70
    try:
        steps.install()
        code = _run(request["arguments"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        Path(request["trace"]).write_text(json.dumps([steps.trace, steps.seen]))
        os._exit(code)


def _run(arguments: list[str]) -> int:
    try:
        labeler(arguments)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def _redirect(file: Path) -> None:
    with file.open("w") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)


if __name__ == "__main__":
    main()
