"""Which keys every command has, what differs from the defaults, and what is claimed twice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from PySide6.QtGui import QKeySequence

from labeler.ui.commands.catalogue import BY_ID, COMMANDS

_SIGNS = {
    "Left": "←", "Right": "→", "Up": "↑", "Down": "↓", "Return": "Enter", "Backspace": "⌫",
    "Enter": "Enter (keypad)",
    "PgUp": "Page up", "PgDown": "Page down", "Del": "Delete", "Ins": "Insert",
}  # fmt: skip
_NEEDED = ("Esc", "Tab", "Shift+Tab", "Backtab", "Shift+Backtab")


@dataclass(frozen=True)
class KeyMap:
    """Keys of all commands.

    changed: key sequences by command id, where they are not the default ones; ids of commands
        that this version does not know are kept
    """

    changed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, keys: Mapping[str, Iterable[str]]) -> "KeyMap":
        """From the preferences; what is not a key is left out."""
        result = cls({name: tuple(wanted) for name, wanted in keys.items() if name not in BY_ID})
        for name, wanted in keys.items():
            if name in BY_ID:
                result = result.with_keys(name, wanted)
        return result

    def keys(self, name: str) -> tuple[str, ...]:
        """Key sequences of a command."""
        return self.changed.get(name, BY_ID[name].keys)

    def with_keys(self, name: str, keys: Iterable[str]) -> "KeyMap":
        """A map in which a command has these keys."""
        wanted = tuple(dict.fromkeys(filter(None, map(portable_key, keys))))
        rest = {other: theirs for other, theirs in self.changed.items() if other != name}
        if wanted == tuple(map(portable_key, BY_ID[name].keys)):
            return KeyMap(rest)
        return KeyMap({**rest, name: wanted})

    def without_key(self, key: str, keep: str) -> "KeyMap":
        """A map in which `keep` is the only command that has this key."""
        result = self
        for name in self.conflicts.get(portable_key(key), ()):
            if name != keep:
                result = result.with_keys(
                    name, [k for k in self.keys(name) if portable_key(k) != key]
                )
        return result

    @cached_property
    def conflicts(self) -> Mapping[str, tuple[str, ...]]:
        """Keys that several commands claim, with the ids of these."""
        claims: dict[str, list[str]] = {}
        for command in COMMANDS:
            for key in map(portable_key, self.keys(command.id)):
                claims.setdefault(key, []).append(command.id)
        return {key: tuple(names) for key, names in claims.items() if len(names) > 1}

    def usable(self, name: str) -> list[str]:
        """Keys of a command that no other claims."""
        claimed = self.conflicts
        return [key for key in self.keys(name) if portable_key(key) not in claimed]

    def differences(self) -> dict[str, list[str]]:
        """What the preferences keep."""
        return {name: list(keys) for name, keys in self.changed.items()}


def portable_key(key: str) -> str:
    """A key sequence in its one way of writing; empty if it is none."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)


def readable_key(key: str) -> str:
    """A key sequence as people read it: `Shift+→`."""
    if key.endswith("+"):
        return key
    *modifiers, last = key.split("+")
    return "+".join((*modifiers, _SIGNS.get(last, last)))


def all_shown(keys: Iterable[str]) -> list[str]:
    """Key sequences as people read them, each once: the two Enter keys are one to them."""
    readable = list(dict.fromkeys(map(readable_key, map(portable_key, keys))))
    return [
        key
        for key in readable
        if key.removesuffix(" (keypad)") == key or key.removesuffix(" (keypad)") not in readable
    ]


def refusal(key: str) -> str:
    """Why a key cannot be used for a command; empty if it can."""
    if portable_key(key) in _NEEDED:
        name = readable_key(portable_key(key))
        return f"{name} moves around in the window and cannot be a command's key."
    return ""
