#!/usr/bin/env bash
# What:     a QSortFilterProxyModel sorts a column of Python numbers that are not all of one kind:
#           whole and broken ones, small ones and time stamps in nanoseconds; and numpy's scalars.
# Versions: PySide6-Essentials 6.11.2, numpy 2.5.5.
# Expected: numbers sort by value. A `numpy.float64` *is* a Python float and sorts like one.
# Seen:     each comparison takes the type of its left side: where that is an int, the right side is
#           rounded, so 10.4 and 10 swap; a number beyond 32 bits does not fit beside a small one, so
#           1099511627776 stands before 5. Numpy's scalars, float64 included, do not sort at all and
#           show as empty cells. `float(value)` for all puts all right.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment PySide6-Essentials==6.11.2 numpy==2.5.5

"$python" - <<'PY'
import numpy as np
from PySide6.QtCore import QSortFilterProxyModel
from PySide6.QtGui import QStandardItem, QStandardItemModel, Qt
from PySide6.QtWidgets import QApplication, QTableWidgetItem

application = QApplication([])


def order(values: list[object]) -> list[object]:
    model, proxy = QStandardItemModel(), QSortFilterProxyModel()
    for value in values:
        item = QStandardItem()
        item.setData(value, Qt.ItemDataRole.DisplayRole)
        model.appendRow(item)
    proxy.setSourceModel(model)
    proxy.sort(0)
    return [proxy.index(row, 0).data() for row in range(len(values))]


def shown(value: object) -> str:
    item = QTableWidgetItem()
    item.setData(Qt.ItemDataRole.DisplayRole, value)
    return item.text()


mixed, long = [9, 10.4, 100, 10.6, 10.5, 10, 2], [2**40, 5, 2**33]
scalars = [np.float64(number) for number in (9, 10, 100, 2)]
for values in (mixed, long, scalars):
    print(values, "sorted:", order(values))
assert order(mixed) != sorted(mixed) and sorted(order(mixed)) == sorted(mixed)
assert order(long) != sorted(long)
assert order(scalars) == scalars and isinstance(scalars[0], float)
assert [shown(9.5), shown(np.float64(9.5))] == ["9.5", ""]
for values in (mixed, long, scalars):
    assert order([float(value) for value in values]) == sorted(values)
PY
