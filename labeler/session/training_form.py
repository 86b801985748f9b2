"""What the form of a training was given last, for each recording."""

from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_state_path

from labeler.storage.program.settings_file import (
    DamagedSettingsError,
    read_settings,
    set_aside,
    write_settings,
)

_MOST = 40  # recordings that are kept
_OF_RECORDING = ("train.cameras",)
"""Settings that mean something on their own recording only."""
_NEVER = ("dataset.crop_params_dict",)
"""Crops are in the label file."""


def training_forms_file() -> Path:
    """Where they lie."""
    return user_state_path("labeler", appauthor=False) / "training.json"


def remembered_settings(root: Path) -> dict[str, object]:
    """Settings by dotted name of the last training on a recording.

    Of a recording that nothing was trained on, those of the last training at all, but for what
    belongs to its recording. Empty where nothing is known, or the file cannot be read.
    """
    try:
        kept = _kept()
    except DamagedSettingsError:
        return {}
    if (own := kept.get(_key(root))) is not None:
        return own
    last = next(reversed(kept.values()), {})
    return {name: value for name, value in last.items() if name not in _OF_RECORDING}


def remember_settings(root: Path, values: Mapping[str, object]) -> None:
    """Keep what the form was given for a recording; other recordings stay.

    Raises:
        StorageError: it could not be written; the old ones are still there.
    """
    try:
        kept = _kept()
    except DamagedSettingsError:
        set_aside(training_forms_file())
        kept = {}
    kept.pop(_key(root), None)
    own = {name: value for name, value in values.items() if name not in _NEVER}
    rest = dict(list(kept.items())[-(_MOST - 1) :])
    write_settings(training_forms_file(), {**rest, _key(root): own})


def _key(root: Path) -> str:
    return str(root.resolve())


def _kept() -> dict[str, dict[str, object]]:
    found = read_settings(training_forms_file())
    if not isinstance(found, dict):
        return {}
    return {root: values for root, values in found.items() if isinstance(values, dict)}
