"""Which frames a contact sheet shows: rows of 5, a stride apart, one of them the edge."""

from dataclasses import dataclass, replace

SIDE = 5
STRIDES = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class SheetFrames:
    """Frames `first`, `first + stride`, … of an episode of `length` frames.

    chosen: the frame that the keyboard is at; one of `frames`
    rows: how many rows of `SIDE` frames there is room for
    """

    length: int
    first: int
    chosen: int
    stride: int = 1
    rows: int = SIDE

    @property
    def cells(self) -> int:
        """How many frames there is room for."""
        return SIDE * self.rows

    @classmethod
    def around(cls, centre: int, length: int, stride: int = 1, rows: int = SIDE) -> "SheetFrames":
        """The centre in the middle, or as near to it as the ends of the episode allow."""
        cells = SIDE * rows
        before = centre // stride
        after = (length - 1 - centre) // stride
        left = min(max(cells // 2, cells - 1 - after), before)
        return cls(length, centre - left * stride, centre, stride, rows)

    @property
    def frames(self) -> range:
        """The frames that are shown, at most `cells`."""
        end = min(self.first + self.cells * self.stride, self.length)
        return range(self.first, end, self.stride)

    def move(self, cells: int) -> "SheetFrames":
        """Another frame is chosen, so many cells on; beyond an end of the sheet it moves on."""
        step = cells * self.stride
        chosen = self.chosen + step
        if not 0 <= chosen < self.length:
            return self
        if chosen in self.frames:
            return replace(self, chosen=chosen)
        rows = SIDE * self.stride
        first = self.first
        while chosen < first:
            first -= rows
        while chosen >= first + self.cells * self.stride:
            first += rows
        if first < 0:
            return replace(
                SheetFrames.around(chosen, self.length, self.stride, self.rows), chosen=chosen
            )
        return replace(self, first=first, chosen=chosen)

    def turn_page(self, pages: int) -> "SheetFrames":
        """The sheet before or after this one, as far as the episode goes."""
        step = pages * self.cells * self.stride
        last = self.frames[-1]
        if pages < 0:
            first = max(self.first + step, self.first % self.stride)
        elif last + self.stride < self.length:
            first = self.first + step
        else:
            first = self.first
        chosen = min(max(self.chosen + first - self.first, first), self._last_of(first))
        return replace(self, first=first, chosen=chosen)

    def with_stride(self, step: int) -> "SheetFrames":
        """A coarser or a finer sheet around the chosen frame."""
        number = min(max(STRIDES.index(self.stride) + step, 0), len(STRIDES) - 1)
        return SheetFrames.around(self.chosen, self.length, STRIDES[number], self.rows)

    def with_rows(self, rows: int) -> "SheetFrames":
        """A sheet with another number of rows around the chosen frame."""
        return SheetFrames.around(self.chosen, self.length, self.stride, rows)

    def _last_of(self, first: int) -> int:
        return range(first, min(first + self.cells * self.stride, self.length), self.stride)[-1]
