"""Runs a session in forked children, each with a fault at one of its steps.

`python -m tests.labeler.session.program FOLDER RECORDING` reads a JSON request per line and answers
with a line: what the child reported before it ended. Before the first it runs a session itself,
with labels in FOLDER: each child would import what that takes, eight times the work of the rest.
A child reports `tries` with the labels that an action would lead to, `did` or `refused` with those
that hold after it.
"""

import gc
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from labeler.errors import StorageError
from labeler.labels import State
from labeler.labels.episode import clear, never, with_cutoff
from labeler.session import Session
from tests.labeler.storage.faults.injection import Fault, Steps

ACTIONS: tuple[tuple[Any, ...], ...] = (
    ("decide", 0, 3),
    ("decide", 1, 4),
    ("flush",),
    ("undo",),
    ("decide", 2, 7),
    ("undo",),
    ("redo",),
    ("decide", 0, -1),
    ("flush",),
    ("decide", 3, 1),
    ("decide", 1, 2),
)


def said(session: Session) -> list[tuple[int, int | None]]:
    """State and cutoff of every episode."""
    labels = (session.label(episode) for episode in range(len(session.dataset)))
    return [(tuple(State).index(label.state), label.cutoff) for label in labels]


def intended(session: Session, action: tuple[Any, ...]) -> list[tuple[int, int | None]]:
    """What `said` would be after an action."""
    found = said(session)
    step = session._history.last if action[0] == "undo" else session._history.next
    if action[0] == "decide":
        found[action[1]] = (1, action[2]) if action[2] >= 0 else (2, None)
    elif action[0] in ("undo", "redo") and step is not None:
        for episode, pair in step.changes.items():
            label = pair[action[0] == "redo"]
            found[episode] = tuple(State).index(label.state), label.cutoff
    return found


def do(session: Session, action: tuple[Any, ...]) -> None:
    """Take one action as the window does."""
    match action:
        case ("decide", episode, frame):
            blank = clear(session.label(episode))
            label = with_cutoff(blank, frame) if frame >= 0 else never(blank)
            session.decide(episode, label, frame=max(frame, 0), what=f"success from {frame}")
        case ("flush",):
            session.flush(20)
        case ("undo",):
            session.undo()
        case ("redo",):
            session.redo()


def main() -> None:
    folder, root = sys.argv[1:]
    request = {"root": root, "labels": f"{folder}/x.labels.json", "actions": ACTIONS}
    _work(request, lambda kind, *values: None)
    gc.collect()
    gc.freeze()  # a collection in a child would copy every page that has an object
    for line in sys.stdin:
        request = json.loads(line)
        read, write = os.pipe()
        if child := os.fork():
            os.close(write)
            with os.fdopen(read) as reports:
                answer = [json.loads(report) for report in reports]
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            print(json.dumps({"code": code, "reports": answer}), flush=True)
        else:
            os.close(read)
            _child(request, write)


def _child(request: dict[str, Any], pipe: int) -> None:
    write = os.write  # before it counts as a step

    def report(kind: str, *values: Any) -> None:
        write(pipe, (json.dumps([kind, *values]) + "\n").encode())

    code = 70
    try:
        steps = Steps(Fault(**request["fault"]), sync=False)
        steps.install()
        _work(request, report)
        report("steps", steps.trace)
        code = 0
    finally:
        os._exit(code)


def _work(request: dict[str, Any], report: Any) -> None:
    labels = Path(request["labels"]) if request["labels"] else None
    session = Session.open(Path(request["root"]), labels)
    session._recording.wait(60)  # what it finds would be saved sooner or later
    state = asdict(session.save_state())
    report("opened", said(session), {**state, "file": str(state["file"]), "saved_at": None})
    for action in request["actions"]:
        report("tries", intended(session, tuple(action)))
        try:
            do(session, tuple(action))
        except StorageError as error:
            report("refused", said(session), error.message, session.save_state().problem)
        else:
            report("did", said(session))
    report("left", session.save_state().pending, session.save_state().problem)
    if request.get("wait"):
        sys.stdin.readline()
    session.close()
    report("closed", said(session))


if __name__ == "__main__":
    main()
