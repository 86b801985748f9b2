#!/usr/bin/env bash
# What:     one image of four colours is turned into gray with `convertToFormat(Format_Grayscale8)`,
#           from each of nine layouts in which a QImage can hold the very same pixels.
# Versions: PySide6-Essentials 6.11.2.
# Expected: the same gray from all, that of `qGray` (11 parts red, 16 green, 5 blue), as the layout
#           says how the pixels lie in memory and nothing about their colours.
# Seen:     a green of (40, 200, 40) is 120 from RGB888, BGR888 and RGBA8888 (what images from numpy
#           are) and 173 from RGB32 and ARGB32 (what QImage reads from a file): the former is
#           `qGray`, the latter the luminance of linear light. Painting into a gray image gives 173 for
#           all. Two images that are equal pixel by pixel so are 53 levels apart in gray.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment PySide6-Essentials==6.11.2

cd "$work" && "$python" - <<'PY'
from PySide6.QtGui import QColor, QImage, QPainter, qGray

COLOURS = [(220, 40, 40), (40, 200, 40), (40, 40, 220), (128, 128, 128)]
GRAY = QImage.Format.Format_Grayscale8
image = QImage(4, 1, QImage.Format.Format_RGB888)
for column, colour in enumerate(COLOURS):
    image.setPixelColor(column, 0, QColor(*colour))


def values(image: QImage) -> list[int]:
    return [qGray(image.pixel(column, 0)) for column in range(4)]


def painted(image: QImage) -> list[int]:
    target = QImage(4, 1, GRAY)
    painter = QPainter(target)
    painter.drawImage(0, 0, image)
    painter.end()
    return values(target)


grays = {}
for name in ("RGB888", "BGR888", "RGBA8888", "RGBX8888", "RGBA8888_Premultiplied",
             "RGB32", "ARGB32", "ARGB32_Premultiplied", "RGBX64"):
    same = image.convertToFormat(getattr(QImage.Format, f"Format_{name}"))
    pixels = [same.pixelColor(column, 0).getRgb()[:3] for column in range(4)]
    assert pixels == COLOURS, "the same pixels"
    grays[name] = values(same.convertToFormat(GRAY))
    assert painted(same) == [114, 173, 76, 128]
    print(f"{name:23}{grays[name]}")
luma = [qGray(*colour) for colour in COLOURS]
assert luma == [101, 120, 68, 128]
assert [name for name, gray in grays.items() if gray == luma] == list(grays)[:5]
assert all(gray == [114, 173, 76, 128] for gray in list(grays.values())[5:])
image.save("image.png")
assert values(QImage("image.png").convertToFormat(GRAY)) == [114, 173, 76, 128]
PY
