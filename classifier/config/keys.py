"""Which keys there are, and which one a misspelt key was meant to be."""

import difflib
from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from classifier.config.groups import DEFAULTS, GROUPS, unknown_keys
from classifier.config.refusals import of_others
from classifier.config.train_config import TrainConfig
from labeler.cures import Advice, LeaveOutSetting
from labeler.errors import UsageError

OTHER_NAMES = {"policy": "reward_model"}
"""Sections that have another name in other releases of LeRobot."""


_ELSEWHERE = 0.85
"""Likeness that a key of another section needs: `dataset.task` is no misspelt `tags`."""


def section(record: type[BaseModel], key: str) -> type[BaseModel] | None:
    """Type of the record that a key holds; None for a plain value or a free-form group."""
    held = record.model_fields[key].annotation
    return held if isinstance(held, type) and issubclass(held, BaseModel) else None


def setting_keys(record: type[BaseModel] = TrainConfig, above: str = "") -> Iterator[str]:
    """Dotted paths of every setting."""
    for key in record.model_fields:
        path = f"{above}{key}"
        inner = section(record, key)
        if inner is None:
            yield path
        else:
            yield from setting_keys(inner, f"{path}.")


def require_known(
    values: Mapping[str, object],
    source: str,
    record: type[BaseModel] = TrainConfig,
    above: str = "",
) -> None:
    """Refuse keys that do not exist.

    Raises:
        UsageError: a key is unknown; the nearest known one is named.
    """
    for key, value in values.items():
        name = OTHER_NAMES.get(key, key) if record is TrainConfig else key
        if name not in record.model_fields:
            raise unknown(f"{above}{key}", source)
        inner = section(record, name)
        if inner is not None and isinstance(value, Mapping):
            require_known(value, source, inner, f"{above}{key}.")
        elif record is TrainConfig and name in GROUPS:
            for path in unknown_keys(value, GROUPS[name], name):
                raise unknown(path, source)


def unknown(path: str, source: str) -> UsageError:
    """The error for a key that does not exist, naming the nearest one that does."""
    *sections, name = path.split(".")
    first = ".".join([OTHER_NAMES.get(part, part) for part in sections[:1]] + sections[1:])
    if (other := of_others(f"{first}.{name}" if first else name, source)) is not None:
        return other
    message = f"{source} has a key {path!r} that does not exist."
    near = nearest(name, sections)
    if near is None:
        return UsageError(message, LeaveOutSetting(setting=path))
    return UsageError(
        message, Advice(f"Did you mean {near!r}? Correct the key or remove it.", setting=path)
    )


def nearest(name: str, sections: list[str]) -> str | None:
    """The known key that is most like a misspelt one: in its own section first, then elsewhere."""
    given = ".".join(sections)
    first = ".".join([OTHER_NAMES.get(part, part) for part in sections[:1]] + sections[1:])
    paths = [*setting_keys(), *DEFAULTS, *TrainConfig.model_fields, *OTHER_NAMES]
    here = [path for path in paths if path.rpartition(".")[0] == first]
    for candidates, likeness in ((here, 0.6), (paths, _ELSEWHERE)):
        by_name = {path.rpartition(".")[2]: path for path in reversed(candidates)}
        if found := difflib.get_close_matches(name, by_name, n=1, cutoff=likeness):
            path = by_name[found[0]]
            return f"{given}.{found[0]}" if sections and candidates is here else path
    return None
