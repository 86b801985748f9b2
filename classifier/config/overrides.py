"""Settings on the command line: `--reward_model.dropout_rate=0.3`, as LeRobot takes them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from classifier.config.groups import DEFAULTS, GROUPS
from classifier.config.keys import OTHER_NAMES, section, unknown
from classifier.config.train_config import TrainConfig
from labeler.cures import GiveGroupWhole, WriteValue
from labeler.errors import UsageError

_SOURCE = "The command line"


@dataclass(frozen=True)
class Override:
    """One setting with its new value."""

    path: tuple[str, ...]
    value: Any

    def __str__(self) -> str:
        """The setting as it is typed."""
        value = self.value if isinstance(self.value, str) else json.dumps(self.value)
        return f"--{'.'.join(self.path)}={value}"


def split_overrides(
    arguments: Sequence[str], options: Iterable[str] = ()
) -> tuple[list[Override], list[str]]:
    """Settings among the arguments of a command, and the other arguments in their order.

    A setting is `--name=value` or `--name value`, or `--name` alone for one that is true or false,
    where name is dotted or a top-level key. `options` are the command's own names, left alone.

    Raises:
        UsageError: a dotted name that does not exist, or a setting without a value.
    """
    own, overrides, rest = set(options), [], []
    waiting = list(arguments)
    while waiting:
        argument = waiting.pop(0)
        name, equals, text = argument.removeprefix("--").partition("=")
        if argument == "--":
            rest += [argument, *waiting]
            break
        if not argument.startswith("--") or name in own or not _is_setting(name):
            rest.append(argument)
            continue
        path, flag = _resolve(name)
        if equals:
            value = parse_value(text)
        elif waiting and _is_value(waiting[0], flag):
            value = parse_value(waiting.pop(0))
        elif flag:
            value = True
        else:
            raise UsageError(f"The setting {name} has no value.", WriteValue(name))
        overrides.append(Override(path, value))
    return overrides, rest


def apply_overrides(values: Mapping[str, Any], overrides: Iterable[Override]) -> dict[str, Any]:
    """Settings as read from a file with those of the command line put over them."""
    result = dict(values)
    for override in overrides:
        _put(result, override.path, override.value, top=True)
    return result


def _put(values: dict[str, Any], path: tuple[str, ...], value: object, top: bool = False) -> None:
    key = path[0]
    if top and key not in values:  # the file may use the section's other name
        key = next((other for other, name in OTHER_NAMES.items() if name == key), key)
        key = key if key in values else path[0]
    if len(path) == 1:
        values[key] = value
        return
    inner = values.get(key)
    values[key] = dict(inner) if isinstance(inner, Mapping) else {}
    _put(values[key], path[1:], value)


def parse_value(text: str) -> object:
    """Value of an argument: JSON where it is JSON, `True`, `False` and `None` too, else text."""
    words = {"true": True, "false": False, "none": None, "null": None}
    if text.lower() in words:
        return words[text.lower()]
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _is_value(text: str, flag: bool) -> bool:
    return isinstance(parse_value(text), bool) if flag else not text.startswith("--")


def _is_setting(name: str) -> bool:
    first = name.split(".")[0]
    return "." in name or first in TrainConfig.model_fields or first in OTHER_NAMES


def _resolve(name: str) -> tuple[tuple[str, ...], bool]:
    """Path of a setting as it is known here, and whether it is true or false."""
    first, *others = name.split(".")
    path = (OTHER_NAMES.get(first, first), *others)
    record: type[BaseModel] | None = TrainConfig
    if len(path) > 1 and first in GROUPS:
        if name not in DEFAULTS:
            raise unknown(name, _SOURCE)
        return path, isinstance(DEFAULTS[name], bool)
    for depth, key in enumerate(path):
        if record is None:  # below a free-form group, whose keys may have dots of their own
            group = ".".join(path[:depth])
            raise UsageError(
                f"{name} names a part of {group}.", GiveGroupWhole(group, setting=group)
            )
        if key not in record.model_fields:
            raise unknown(name, _SOURCE)
        field = record.model_fields[key]
        record = section(record, key)
    return path, field.annotation in (bool, bool | None)
