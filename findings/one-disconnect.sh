#!/usr/bin/env bash
# What:     a slot is connected to a signal twice and disconnected once; or connected twice with
#           `UniqueConnection`. The slot is a method of a QObject, or a plain function.
# Versions: PySide6-Essentials 6.11.2.
# Expected: both kinds of slot are treated alike: one `disconnect` removes every connection to the
#           slot, as Qt has it; a unique connection calls it once.
# Seen:     the method is gone after one `disconnect`, the function is called once more for each
#           emission. Connected as unique, the method is called once, the function never: Qt refuses
#           it with a line on the error stream, while `connect` returns a connection as always.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment PySide6-Essentials==6.11.2

"$python" - <<'PY'
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QMetaObject, QObject, Qt, Signal, Slot

application = QCoreApplication([])
calls = 0


def function() -> None:
    global calls
    calls += 1


class Receiver(QObject):
    @Slot()
    def method(self) -> None:
        function()


class Sender(QObject):
    changed = Signal()


def count(sender: Sender) -> int:
    global calls
    calls = 0
    sender.changed.emit()
    return calls


def after_one_disconnect(slot: Callable[[], None]) -> int:
    sender = Sender()
    sender.changed.connect(slot)
    sender.changed.connect(slot)
    assert count(sender) == 2
    sender.changed.disconnect(slot)
    return count(sender)


def unique(slot: Callable[[], None]) -> int:
    sender = Sender()
    for _ in range(2):
        connection = sender.changed.connect(slot, Qt.ConnectionType.UniqueConnection)
        assert isinstance(connection, QMetaObject.Connection)
    return count(sender)


receiver = Receiver()
seen = {
    "method": (after_one_disconnect(receiver.method), unique(receiver.method)),
    "function": (after_one_disconnect(function), unique(function)),
}
for kind, (left, once) in seen.items():
    print(f"{kind}: {left} calls after one disconnect, {once} when connected twice as unique")
assert seen == {"method": (0, 1), "function": (1, 0)}
PY
