#!/usr/bin/env bash
# What:     signals declared with Python types are emitted with values of another type, and with a
#           dict; a slot notes what arrives.
# Versions: PySide6-Essentials 6.11.2.
# Expected: `emit` raises TypeError for a value that its signal does not take (it does for a wrong
#           number of values); a dict keeps the order of its keys, which Python guarantees.
# Seen:     `emit` returns as if all were well and the slot is told something else: None becomes 0.0
#           or "", the text "0.9" becomes 0.0, 3 becomes "", "yes" becomes False. All that is left of
#           it is a line on the error stream. The keys of a dict arrive sorted.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment PySide6-Essentials==6.11.2

quiet_python <<'PY'
from PySide6.QtCore import QCoreApplication, QObject, Signal

application = QCoreApplication([])


class Classifier(QObject):
    probability, name, success = Signal(float), Signal(str), Signal(bool)
    figures = Signal(dict)


classifier, told = Classifier(), []
for signal in (classifier.probability, classifier.name, classifier.success, classifier.figures):
    signal.connect(lambda value: told.append(value))


def arrives(signal: Signal, value: object) -> object:
    signal.emit(value)
    return told.pop()


for signal, value, expected in (
    (classifier.probability, None, 0.0),
    (classifier.probability, "0.9", 0.0),
    (classifier.name, None, ""),
    (classifier.name, 3, ""),
    (classifier.success, "yes", False),
):
    came = arrives(signal, value)
    print(f"{value!r} arrives as {came!r}")
    assert came == expected and type(came) is type(expected)
came = arrives(classifier.figures, {"step": 1, "loss": 0.5, "accuracy": 0.9})
print("a dict arrives as", came)
assert list(came) == ["accuracy", "loss", "step"]
try:
    classifier.probability.emit(0.5, 0.5)
except TypeError as error:
    print("two values:", type(error).__name__)
else:
    raise AssertionError("a wrong number of values is not refused any more")
PY
