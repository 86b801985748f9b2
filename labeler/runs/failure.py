"""Why a command failed: what happened, what would help, and which setting it is about."""

from collections.abc import Sequence
from dataclasses import dataclass

from labeler.contracts.complaints import last_failure
from labeler.contracts.events import Failed
from labeler.cures import Advice, Cure, Retry

_PROGRAMS = ("labeler-train: ", "labeler: ")
_MEMORY = ("OutOfMemoryError", "out of memory", "MemoryError", "Cannot allocate memory")


@dataclass(frozen=True)
class Failure:
    """What happened, what would help, and the setting it concerns, if it is about one.

    Every front end says the cures in words of its own, as those of an error.
    """

    message: str
    cures: tuple[Cure, ...] = ()
    setting: str = ""


def failure_of(event: Failed) -> Failure:
    """The failure that a command told of itself."""
    return Failure(event.message, event.cures, event.setting)


def failure_from_log(log: Sequence[str], *, can_resume: bool) -> Failure:
    """The failure of a training that ended without an event, from the end of what it printed."""
    if out_of_memory(log):
        return Failure(
            "The training ran out of memory.",
            (Advice("Close other programs, or train with smaller batches or on the CPU."),),
            "reward_model.device",
        )
    if (found := complaint(log)) is not None:
        return found
    cure = (
        Advice("Resume continues from the last complete checkpoint.")
        if can_resume
        else Advice("Nothing was trained yet: start it again.")
    )
    return Failure(
        "The training stopped unexpectedly, probably killed because memory ran out.",
        (cure, Advice("The log has what it printed.")),
    )


def complaint(log: Sequence[str]) -> Failure | None:
    """The error that a command handed over last, or else printed; None if there is none."""
    if (event := last_failure(log)) is not None:
        return failure_of(event)
    told = [line for line in log if line.startswith(_PROGRAMS)]
    return Failure(told[-1].partition(": ")[2]) if told else None


def process_failure(name: str, log: Sequence[str], *, crashed: bool) -> Failure:
    """Why the command that sentences call `name` failed, from the end of what it printed."""
    if out_of_memory(log):
        return Failure(f"The {name} ran out of memory.", (Advice("Close other programs."), Retry()))
    if crashed:
        what = f"The {name} stopped unexpectedly, probably killed because memory ran out."
        return Failure(what, (Retry(),))
    ended = Failure(f"The {name} stopped without an error message.", (Retry(),))
    return complaint(log) or ended


def out_of_memory(log: Sequence[str]) -> bool:
    """Whether a process printed that there was no memory left."""
    text = "\n".join(log)
    return any(word in text for word in _MEMORY)
