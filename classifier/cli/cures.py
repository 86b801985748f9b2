"""How `labeler-train` says what would help: as `labeler` does, but for options of its own."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path

from labeler import cures
from labeler.cli.cures import WORDS as SHARED
from labeler.cli.cures import words as shared_words
from labeler.cures import Cure
from labeler.errors import LabelerError

_OF_SETTINGS: Mapping[type[Cure], str] = {
    cures.CountFrom: "Set --train.{counted}_from={first} if it does; {otherwise}",
    cures.CountFromEither: (
        "If the file counts {counted} from {first}, set --train.{counted}_from={first}; {reason}, "
        "set --train.{counted}_from={other}."
    ),
    cures.CountFromZeroOrOne: "Set train.{counted}_from to 0 or 1.",
    cures.CheckCounting: "{first}, and --train.{counted}_from if you gave it.",
    cures.LeaveOutCounting: "Leave out train.frames_from and train.episodes_from.",
    cures.TakeLabelsFrom: "Add --train.labels_from={column} if that column says success.",
    cures.GiveThreshold: (
        "Say above which value it means success, for example --train.reward_above={example:g}."
    ),
}
WORDS: Mapping[type[Cure], str] = {
    **SHARED,
    **_OF_SETTINGS,
    cures.GiveLabels: "Give --labels FILE, or train on the copy that `labeler apply` writes.",
}
"""Cure -> sentence, as in `labeler.cli.cures`."""

WITH_OPTIONS: Mapping[type[Cure], str] = {
    **WORDS,
    **{cure: SHARED[cure] for cure in _OF_SETTINGS},
}
"""The same for `evaluate`, which has options where training has settings."""


_SECTION = ContextVar("_SECTION", default="reward_model")
_WORDS = ContextVar("_WORDS", default=WORDS)


def use_names_of(arguments: Sequence[str]) -> None:
    """Call settings, and the section of the model, from now on as the user's command, options or
    file call them.
    """
    from classifier.config.files import read_configuration

    section = "policy" if any(word.startswith("--policy.") for word in arguments) else ""
    for place, word in enumerate(arguments):
        name, equals, value = word.partition("=")
        if name == "--config_path" and not section:
            file = value if equals else "".join(arguments[place + 1 : place + 2])
            with suppress(LabelerError, OSError):  # said when the file is read for its settings
                section = "policy" if read_configuration(Path(file))[0].get("policy") else ""
    _SECTION.set(section or "reward_model")
    _WORDS.set(WITH_OPTIONS if arguments[:1] == ["evaluate"] else WORDS)


def in_own_names(text: str) -> str:
    """A sentence with the keys of settings as the user writes them."""
    return text.replace("reward_model.", f"{_SECTION.get()}.")


def words(what: Iterable[Cure]) -> str:
    """What would help, as somebody at a command line does it; empty where nothing is known."""
    return in_own_names(shared_words(what, _WORDS.get()))


def hint(error: LabelerError) -> str:
    """What would help against an error."""
    return words(error.cures)
