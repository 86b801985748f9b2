#!/usr/bin/env bash
# What:     a value is put beside an entry of a QComboBox (`addItem(text, value)`) and looked for with
#           an equal one (`findData`), as a program does that restores what was chosen last time.
# Versions: PySide6-Essentials 6.11.2, numpy 2.5.5.
# Expected: `findData` goes by equality, for all values that Python holds equal; it matches exactly by
#           default, so that the number 1 is not the text "1".
# Seen:     tuples, lists, enums and bytes are found by equality; paths, dates, fractions, numpy's
#           numbers, frozen data classes and dicts with numbers as keys only if they are the very same
#           object, else it is -1, as if nobody had added them. A tuple is found or not by what is in
#           it. Of the entries "1", 1 and True, every one of "1", 1, True and 1.0 finds the first that
#           there is: the texts "1" and "0" find True and False.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment PySide6-Essentials==6.11.2 numpy==2.5.5

"$python" - <<'PY'
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QApplication, QComboBox

application = QApplication([])


@dataclass(frozen=True)
class Camera:
    key: str


class Side(Enum):
    LEFT = 1


def found(make: Callable[[], object]) -> tuple[int, int]:
    """Where `findData` finds the value itself, and another that is equal."""
    box = QComboBox()
    box.addItem("entry", make())
    kept = box.itemData(0)
    assert kept == make()
    return box.findData(kept), box.findData(make())


equal = [lambda: (1, "a"), lambda: [1, 2], lambda: {"a": 1}, lambda: b"ab", lambda: Side.LEFT]
same = [lambda: Path("a/b"), lambda: date(2026, 11, 30), lambda: Fraction(1, 30), lambda: np.int64(3),
        lambda: np.float64(0.5), lambda: Camera("top"), lambda: frozenset({1}), lambda: {3: "top"},
        lambda: (Path("a"), 1)]
for makes, expected in ((equal, (0, 0)), (same, (0, -1))):
    for make in makes:
        print(f"{make()!r}: itself and an equal one are found at {found(make)}")
        assert found(make) == expected

for entries in (["0", "1"], [0, 1], [False, True]):
    box = QComboBox()
    for entry in entries:
        box.addItem(repr(entry), entry)
    places = {repr(value): box.findData(value) for value in ("0", 0, False, 0.0, "1", 1, True, 1.0)}
    print(f"{entries}: {places}")
    assert list(places.values()) == [0] * 4 + [1] * 4
PY
