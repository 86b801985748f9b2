"""A sweep: a training configuration with the section `sweep`, which says what varies in it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from classifier.config.files import read_configuration
from classifier.config.keys import OTHER_NAMES
from classifier.config.overrides import Override, apply_overrides
from classifier.config.reading import Settings, settings_of, usage_error
from classifier.config.record import Record
from classifier.config.train_config import Count
from labeler.cures import Advice
from labeler.errors import UsageError

_SECTION = "sweep"
_OWN = {"seed": "sweep.seeds", "train.folds": "sweep.folds"}
"""Settings that a sweep varies by itself, and what says how."""


class SweepSection(Record):
    """What varies; exactly one of `grid` and `settings` is given."""

    grid: dict[str, list[Any]] = Field(default_factory=dict)
    """Setting -> its values; every combination is tried."""
    settings: list[dict[str, Any]] = Field(default_factory=list)
    """Settings that are tried together, one object for each."""
    seeds: tuple[Count, ...] = ()
    """Each deals the episodes into other folds; empty for the configuration's own."""
    folds: Annotated[int, Field(ge=2)] = 5
    """Rounds of cross-validation by episode for each setting and seed."""


@dataclass(frozen=True)
class SweepSetting:
    """What one setting of a sweep changes, by dotted key, and the run of each seed."""

    given: Mapping[str, object]
    runs: tuple[Settings, ...]


@dataclass(frozen=True)
class SettingsSweep:
    """Settings that are compared on the same folds."""

    settings: tuple[SweepSetting, ...]
    seeds: tuple[int, ...]
    folds: int

    @property
    def trainings(self) -> int:
        """How many there are in all."""
        return len(self.settings) * len(self.seeds) * self.folds

    @property
    def plan(self) -> dict[str, object]:
        """What varies, as JSON values."""
        settings = [dict(setting.given) for setting in self.settings]
        return {"settings": settings, "seeds": list(self.seeds), "folds": self.folds}


def read_sweep(path: Path, own: Mapping[str, object]) -> SettingsSweep:
    """The sweep that a JSON, YAML or TOML file describes; `own` are settings of every training.

    Raises:
        UsageError: the file cannot be understood, has no section `sweep`, or a setting in it does
            not exist or has a value that does not fit.
    """
    values, source = read_configuration(path)
    if not isinstance(section := values.pop(_SECTION, None), dict):
        raise UsageError(
            f"{source} has no section {_SECTION!r}.",
            f'Add what is to vary: "{_SECTION}": {{"grid": {{"train.method": ["convex", '
            '"network"]}}.',
        )
    try:
        told = SweepSection.model_validate_json(json.dumps(section), strict=True)
    except ValidationError as error:
        raise usage_error(error, f"{source}, {_SECTION}") from error
    if bool(told.grid) == bool(told.settings):
        raise UsageError(
            f"{source}: {_SECTION} needs either a grid or settings.",
            "Give lists of values under grid, or a list of objects under settings.",
        )
    values |= _with(values, own)
    combinations = list(_combinations(told))
    _require_each_once(source, "seeds", told.seeds)
    _require_each_once(source, "grid" if told.grid else "settings", combinations)
    varied = [_setting(values, source, given, told) for given in combinations]
    return SettingsSweep(tuple(varied), _seeds(varied), told.folds)


def _require_each_once(source: str, name: str, given: Sequence[object]) -> None:
    """Refuse what would be trained twice and count as two."""
    for number, one in enumerate(given):
        if one in given[:number]:
            raise UsageError(
                f"{source}: {_SECTION}.{name} has {json.dumps(one)} twice.", "Name each once."
            )


def _combinations(told: SweepSection) -> Iterator[dict[str, Any]]:
    yield from told.settings
    if told.grid:
        for combination in product(*told.grid.values()):
            yield dict(zip(told.grid, combination, strict=True))


def _setting(
    values: Mapping[str, Any], source: str, given: dict[str, Any], told: SweepSection
) -> SweepSetting:
    for name, place in _OWN.items():
        if name in given:
            raise UsageError(
                f"{source}: {name} is among the settings of the {_SECTION}.",
                Advice(f"Set it in {place}, for all settings alike.", setting=name),
            )
    own: dict[str, Any] = {
        "train.folds": told.folds,
        "train.suggest": False,
        "train.suggestions_only": False,
        "resume": False,
        "output_dir": None,
    }
    changed = _with(values, given | own)
    seeds = told.seeds or (settings_of(changed, source).config.seed,)
    runs = [settings_of(_with(changed, {"seed": seed}), source) for seed in seeds]
    return SweepSetting(given, tuple(runs))


def _with(values: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    paths = [(name.split("."), value) for name, value in given.items()]
    return apply_overrides(
        values,
        [Override((OTHER_NAMES.get(path[0], path[0]), *path[1:]), v) for path, v in paths],
    )


def _seeds(varied: list[SweepSetting]) -> tuple[int, ...]:
    return tuple(run.config.seed for run in varied[0].runs)
