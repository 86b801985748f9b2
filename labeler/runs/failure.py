"""Why a training failed, in a sentence, with what to do, and which setting it is about."""

from collections.abc import Sequence
from dataclasses import dataclass

from labeler.contracts.events import Failed

_PROGRAMS = ("labeler-train: ", "labeler: ")
_MEMORY = ("OutOfMemoryError", "out of memory", "MemoryError", "Cannot allocate memory")


@dataclass(frozen=True)
class Failure:
    """What happened, what to do, and the setting it concerns, if it is about one."""

    message: str
    hint: str
    setting: str = ""


def failure_of(event: Failed) -> Failure:
    """The failure that the trainer told of itself."""
    return Failure(event.message, event.hint, event.setting)


def unexplained_failure(log: Sequence[str], *, can_resume: bool) -> Failure:
    """The failure of a process that ended without an event, from the end of what it printed."""
    if out_of_memory(log):
        return Failure(
            "The training ran out of memory.",
            "Close other programs, or train with a smaller batch_size, or on the device cpu.",
            "reward_model.device",
        )
    if (found := complaint(log)) is not None:
        return found
    cure = (
        "Resume continues from the last complete checkpoint."
        if can_resume
        else "Nothing was trained yet: start it again."
    )
    return Failure(
        "The training process ended without a word: it was killed, by somebody or by the system "
        "when memory ran out.",
        f"{cure} The log has what it printed.",
    )


def complaint(log: Sequence[str]) -> Failure | None:
    """The error and its cure that a command printed last; None if there is none."""
    lines = [number for number, line in enumerate(log) if line.startswith(_PROGRAMS)]
    if not lines:
        return None
    message = log[lines[-1]].partition(": ")[2]
    hint = " ".join(log[lines[-1] + 1 : lines[-1] + 2])
    return Failure(message, hint)


def out_of_memory(log: Sequence[str]) -> bool:
    """Whether a process printed that there was no memory left."""
    text = "\n".join(log)
    return any(word in text for word in _MEMORY)
