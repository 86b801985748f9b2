"""Damage to JSON and other text: values of another kind, keys that go, bytes that change."""

import json
import re
from random import Random
from typing import Any

VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 3, 128, 1e30, -1e30, 0.5, 10**30, 2**31, 2**63, "", "x", "1",
    "../../out", "/etc/passwd", "\ud800", "a\0b", "ü" * 300, [], [None], [[]], [0], [1, 2, 3],
    [1e30], ["x"], {}, {"x": None}, {"0": 3}, [[[[]]]], float("nan"), float("inf"),
)  # fmt: skip


TOKENS = (
    b"null", b"~", b"1: x", b"? [a]\n: b", b"2026-01-01", b"2026-01-01 10:00:00", b"&a [*a]", b"*a",
    b"!!python/name:os.system", b"!!binary eA==", b"!!set {a}", b"1e999", b"nan", b"-1", b"1" * 40,
    b"'", b'"', b"\0", b"[", b"{", b"]", b"}", b"\n", b"\t", b",", b";", b":", b"\xff",
    b"\xed\xa0\x80",
)  # fmt: skip
"""What means something in YAML, in tables or in lines of text."""


def damaged(text: str, random: Random) -> bytes:
    """The text of a JSON file with one to three changes."""
    for _ in range(random.randint(1, 3)):
        try:
            value = json.loads(text)
        except ValueError:
            break
        change = random.choice((_put, _put, _put, _put, _remove, _rename))
        text = json.dumps(change(value, random), indent=random.choice((None, 1)))
    data = text.encode("utf-8", "surrogatepass")
    return _scratched(data, random) if random.random() < 0.2 else data


def damaged_lines(text: str, random: Random) -> bytes:
    """The text of a JSON-lines file with damage in one line, or one line more or less."""
    lines = text.encode().splitlines()
    at = random.randrange(len(lines))
    kind = random.random()
    if kind < 0.1:
        del lines[at]
    elif kind < 0.2:
        lines.insert(at, lines[at])
    else:
        lines[at] = damaged(lines[at].decode(), random)
    return b"\n".join(lines) + b"\n"


def damaged_text(data: bytes, random: Random) -> bytes:
    """Any text with one to three changes: tokens that come in or take the place of words."""
    for _ in range(random.randint(1, 3)):
        if random.random() < 0.3:
            data = _scratched(data, random)
            continue
        words = list(re.finditer(rb"[^\s:,;|{}\[\]]+", data))
        start = end = random.randint(0, len(data))
        if words and random.random() < 0.7:
            start, end = random.choice(words).span()
        data = data[:start] + random.choice(TOKENS) + data[end:]
    return data


def _places(value: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, below in list(inner):
        found.append((value, key))
        if isinstance(below, dict | list):
            _places(below, found)
    return found


def _place(value: Any, random: Random) -> tuple[Any, Any] | None:
    found = _places(value, []) if isinstance(value, dict | list) else []
    if not found:
        return None
    # Near the root as often as deep inside, where most of the places are.
    return random.choice(found[: len(found) // 10 + 1] if random.random() < 0.5 else found)


def _put(value: Any, random: Random) -> Any:
    if (place := _place(value, random)) is None or random.random() < 0.02:
        return random.choice(VALUES)
    place[0][place[1]] = random.choice(VALUES)
    return value


def _remove(value: Any, random: Random) -> Any:
    if (place := _place(value, random)) is not None:
        del place[0][place[1]]
    return value


def _rename(value: Any, random: Random) -> Any:
    if (place := _place(value, random)) is not None and isinstance(place[0], dict):
        name = random.choice(("", "x", "0", "-1", "__class__", f"{place[1]}.", str(place[1])[:-1]))
        place[0][name] = place[0].pop(place[1])
    return value


def _scratched(data: bytes, random: Random) -> bytes:
    if not data:
        return data
    at = random.randrange(len(data))
    kind = random.randrange(4)
    if kind == 0:
        return data[:at]
    if kind == 1:
        return data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]
    if kind == 2:
        return data[:at] + bytes(len(data) - at)
    return data[:at] + data[at : at + 20] + data[at:]
