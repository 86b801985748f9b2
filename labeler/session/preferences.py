"""What the user prefers, kept between sessions."""

from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_config_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from labeler.storage.program.settings_file import (
    DamagedSettingsError,
    read_settings,
    set_aside,
    write_settings,
)


class Preferences(BaseModel):
    """Settings of the window; every one has a default.

    Attributes:
        theme: `system` follows the desktop.
        auto_advance: whether a decision leads to the next episode.
        every_frame: whether playing shows every frame, or keeps true time and drops some.
        author: stamped on decisions.
        continuous: whether suggestions are refreshed while labelling goes on.
        look_at_hints: whether a hint from signals is shown at its edge before it is accepted.
        blind_every: one episode of so many is labelled without help, to measure it; 0 for none.
        loop_seconds: how far a loop reaches on both sides of an edge, in seconds.
        loop_at: where an episode opens with such a loop: at no edge, at a suggested one, or at the
            edge of a label, too.
        memory_mb: memory for decoded frames in MB (10^6 bytes); None for the default.
        keys: key sequences per action, for actions whose keys are not the default ones.
        flag_reasons: reasons offered for a flag.
        notice: what was wrong with the settings file; empty if nothing, never written.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    theme: Literal["system", "dark", "light"] = "system"
    auto_advance: bool = True
    every_frame: bool = False
    author: str = ""
    continuous: bool = True
    look_at_hints: bool = True
    blind_every: Annotated[int, Field(ge=0, le=1000)] = 10
    loop_seconds: Annotated[float, Field(gt=0, le=60)] = 0.5
    loop_at: Literal["off", "suggestions", "edges"] = "suggestions"
    memory_mb: Annotated[int | None, Field(ge=16)] = None
    keys: dict[str, list[str]] = Field(default_factory=dict)
    flag_reasons: tuple[str, ...] = (
        "occluded", "bad data", "ambiguous", "wrong task", "success lost again",
    )  # fmt: skip
    notice: str = Field(default="", exclude=True)


def settings_file() -> Path:
    """Where the preferences lie."""
    return user_config_path("labeler", appauthor=False) / "settings.json"


def read_preferences() -> Preferences:
    """The preferences; defaults, and a sentence in `notice`, for what cannot be read.

    Single values that are wrong give way to their defaults. A file that is not understood as a
    whole is kept aside.
    """
    file = settings_file()
    try:
        content = read_settings(file)
    except DamagedSettingsError as error:
        return _defaults(file, error.reason)
    if content is None:
        return Preferences()
    if not isinstance(content, dict):
        return _defaults(file, "it holds no settings")
    content.pop("notice", None)
    return _without_wrong(file, content)


def write_preferences(preferences: Preferences) -> None:
    """Keep the preferences; values at their default are left out, those of newer versions stay.

    Raises:
        StorageError: they could not be written; the old ones are still there.
    """
    file = settings_file()
    try:
        old = read_settings(file)
    except DamagedSettingsError:
        old = None
    unknown = {
        key: value
        for key, value in (old.items() if isinstance(old, dict) else ())
        if key not in Preferences.model_fields
    }
    write_settings(file, {**unknown, **preferences.model_dump(mode="json", exclude_defaults=True)})


def _without_wrong(file: Path, content: dict[str, Any]) -> Preferences:
    try:
        return Preferences.model_validate(content)
    except ValidationError as error:
        wrong = sorted({str(problem["loc"][0]) for problem in error.errors() if problem["loc"]})
    right = {key: value for key, value in content.items() if key not in wrong}
    names = ", ".join(wrong)
    kept = _keep(file)
    return Preferences.model_validate(
        {**right, "notice": f"In {file}, {names} cannot be used and is the default now.{kept}"}
    )


def _defaults(file: Path, reason: str) -> Preferences:
    return Preferences(
        notice=f"The settings in {file} cannot be read ({reason}); the defaults are used."
        f"{_keep(file)}"
    )


def _keep(file: Path) -> str:
    aside = set_aside(file)
    return f" The file is kept as {aside.name}." if aside else ""
