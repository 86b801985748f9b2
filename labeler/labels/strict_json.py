"""JSON without what Python's parser lets pass: repeated keys and bottomless nesting."""

import json
from collections import Counter

from labeler.errors import LabelFileError
from labeler.labels.wording import as_text, episode_text

Pairs = list[tuple[str, object]]


def parse_json(text: str) -> object:
    """Value of a JSON text; NaN and infinities come back as floats, to be refused by their place.

    Raises:
        LabelFileError: the text is not JSON, is nested too deeply, or an object repeats a key.
    """
    repeated: list[tuple[str, dict[str, object]]] = []

    def unique(pairs: Pairs) -> dict[str, object]:
        result = dict(pairs)
        if len(result) != len(pairs):
            repeated.append((_first_repeated(pairs), result))
        return result

    try:
        value: object = json.loads(text, object_pairs_hook=unique)
    except RecursionError as error:
        raise LabelFileError("The file is nested too deeply.", "Check the file.") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise LabelFileError(
            f"The file is not valid JSON: {error.msg} at {where}.", _MEND
        ) from error
    except ValueError as error:  # integers beyond Python's limit of digits
        raise LabelFileError("The file holds a number that is too large.", _MEND) from error
    if repeated:
        key, container = repeated[0]
        raise LabelFileError(
            f"{_place(value, container, key)}{as_text(key)} appears twice.", "Remove one."
        )
    return value


_MEND = "Fix the file there."


def _first_repeated(pairs: Pairs) -> str:
    counts = Counter(key for key, _ in pairs)
    return next(key for key, count in counts.items() if count > 1)


def _place(value: object, container: dict[str, object], key: str) -> str:
    """Where an object stands: the episode it describes, or the list of episodes itself."""
    if not isinstance(value, dict):
        return ""
    inner = value.get("episodes")
    for episodes in (value, inner if isinstance(inner, dict) else {}):
        if episodes is container:
            return "Episode " if key.strip().isdecimal() else ""
        for name, content in episodes.items():
            if content is container and name != "episodes":
                return f"{episode_text(name)}: "
    return ""
