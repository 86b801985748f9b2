"""How the window was left: size, place, widths and open panels, for each layout of screens."""

from pathlib import Path
from typing import Annotated

from platformdirs import user_state_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from labeler.storage.program.settings_file import (
    DamagedSettingsError,
    read_settings,
    set_aside,
    write_settings,
)

_MOST = 12  # layouts of screens that are kept
_Pixels = Annotated[int, Field(ge=0, le=100_000)]
_Place = Annotated[int, Field(ge=-100_000, le=100_000)]


class WindowLayout(BaseModel):
    """What one layout of screens is remembered for, in device-independent pixels.

    Attributes:
        place: left, top, width and height of the window where it is not maximised.
        maximised: whether it was.
        sides: widths of the queue and of the label panel; None while they are the usual ones.
        dock: height of the training dock; None while it is the usual one.
        open: ids of commands whose panels were open.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    place: tuple[_Place, _Place, _Pixels, _Pixels]
    maximised: bool = False
    sides: tuple[_Pixels, _Pixels] | None = None
    dock: _Pixels | None = None
    open: tuple[str, ...] = ()


def layouts_file() -> Path:
    """Where the layouts lie."""
    return user_state_path("labeler", appauthor=False) / "window.json"


def read_layout(screens: str) -> WindowLayout | None:
    """How the window was left on these screens; None if it never was, or cannot be read."""
    try:
        return WindowLayout.model_validate(_layouts().get(screens))
    except (DamagedSettingsError, ValidationError):
        return None


def write_layout(screens: str, layout: WindowLayout) -> None:
    """Keep how the window is left on these screens; other layouts stay.

    Raises:
        StorageError: it could not be written; the old ones are still there.
    """
    try:
        kept = _layouts()
    except DamagedSettingsError:
        set_aside(layouts_file())
        kept = {}
    kept.pop(screens, None)
    rest = dict(list(kept.items())[-(_MOST - 1) :])
    write_settings(layouts_file(), {**rest, screens: layout.model_dump(mode="json")})


def _layouts() -> dict[str, object]:
    found = read_settings(layouts_file())
    return found if isinstance(found, dict) else {}
