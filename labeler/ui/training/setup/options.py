"""The settings of the training to come: those that were given, over LeRobot's defaults."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from PySide6.QtCore import QObject, Signal

from classifier.config import (
    WITHOUT_EFFECT,
    Override,
    Settings,
    TrainConfig,
    apply_overrides,
    read_settings,
    settings_of,
)
from labeler.errors import LabelerError
from labeler.ui.kit.cures import as_line

_OURS = {
    "output_dir", "resume", "job_name", "wandb", "checkpoint_path", "dataset.root", "train.labels",
    "dataset.repo_id", "train.frames_from", "train.episodes_from", "reward_model.type",
    "reward_model.name", "reward_model.num_classes", "reward_model.repo_id",
    "reward_model.private", "reward_model.tags", "reward_model.license", "rabc_progress_path",
    "rabc_kappa", "rabc_epsilon", "rabc_head_mode", "reward_model.input_features",
    "reward_model.output_features", "reward_model.num_cameras",
}  # fmt: skip
"""Decided by the window and the recording, or about uploads and policies."""


@dataclass(frozen=True)
class Option:
    """One setting: its dotted name, its default as JSON, and what it does."""

    path: str
    default: str
    text: str


def options() -> list[Option]:
    """Every setting that has an effect and is not decided by the window."""
    return [
        option
        for option in _options(TrainConfig)
        if option.path not in WITHOUT_EFFECT
        and option.path not in _OURS
        and option.path.split(".")[0] not in _OURS
    ]


def _options(record: type[BaseModel], above: str = "") -> Iterator[Option]:
    for name, field in record.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _options(kind, f"{above}{name}.")
            continue
        default = field.get_default(call_default_factory=True)
        words = " ".join((field.description or "").split())
        yield Option(f"{above}{name}", json.dumps(default, default=_plain), words)


class Given(QObject):
    """Settings by dotted name that are not left at their default; the form shows these."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.values: dict[str, Any] = {}
        self._defaults = {option.path: json.loads(option.default) for option in options()}

    def get(self, path: str) -> Any:  # noqa: ANN401 - whatever JSON can say
        """Value of a setting."""
        return self.values.get(path, self._defaults.get(path))

    def put(self, path: str, value: object) -> None:
        """Give a setting a value; its default takes it back."""
        if value == self.get(path):
            return
        if value == self._defaults.get(path, ...):
            self.values.pop(path, None)
        else:
            self.values[path] = value
        self.changed.emit()

    def settings(self) -> Settings:
        """The settings, checked.

        Raises:
            UsageError: a value does not fit.
        """
        overrides = [Override(tuple(path.split(".")), value) for path, value in self.values.items()]
        return settings_of(apply_overrides({}, overrides), "This form")

    def problem(self) -> tuple[str, str]:
        """What does not fit, and the setting that it is about; empty if all is well."""
        try:
            self.settings()
        except LabelerError as error:
            return as_line(error), error.setting
        return "", ""

    def recall(self, values: Mapping[str, object]) -> None:
        """Take settings of an earlier training, if all of them still fit."""
        before = self.values
        self.values = {
            name: value
            for name, value in values.items()
            if name in self._defaults and value != self._defaults[name]
        }
        if self.problem()[0]:
            self.values = before
        self.changed.emit()

    def load(self, path: Path) -> None:
        """Take the settings of LeRobot's JSON.

        Raises:
            UsageError: it cannot be read or does not fit.
        """
        config = read_settings(path).config
        told = dict(_flat(config.model_dump(mode="json"), TrainConfig))
        self.values = {
            name: value
            for name, value in told.items()
            if name in self._defaults and value != self._defaults[name]
        }
        self.changed.emit()


def _flat(
    values: Mapping[str, Any], record: type[BaseModel], above: str = ""
) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        kind = record.model_fields[name].annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _flat(value, kind, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _plain(value: object) -> Any:  # noqa: ANN401 - records inside free-form groups
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else str(value)
