"""Places of a recording as they are typed: `53`, `e12`, `12:53`, `5.3s`."""

import re
from dataclasses import dataclass

from labeler.errors import UsageError

_FORMS = (
    (re.compile(r"(?P<frame>\d+)"), "frame"),
    (re.compile(r"(?:e\s*(?P<e>\d+)|(?P<n>\d+)\s*:)"), "episode"),
    (re.compile(r"e?\s*(?P<e>\d+)\s*:\s*(?P<frame>\d+)"), "both"),
    (re.compile(r"(?P<time>\d+(?:[.,]\d+)?|[.,]\d+)\s*s"), "time"),
)
EXAMPLES = "53 frame · e12 episode · 12:53 episode and frame · 5.3s time"


@dataclass(frozen=True, slots=True)
class Target:
    """Where to go; None: the episode that is shown, or the edge of the episode."""

    episode: int | None
    frame: int | None
    seconds: float | None = None


def read_place(text: str) -> Target:
    """What was meant.

    Raises:
        UsageError: it has none of the forms.
    """
    typed = text.strip().lower()
    for form, kind in _FORMS:
        found = form.fullmatch(typed)
        if found is None:
            continue
        parts = found.groupdict()
        episode = parts.get("e") or parts.get("n")
        frame = parts.get("frame")
        if kind == "time":
            return Target(None, None, float(parts["time"].replace(",", ".")))
        return Target(int(episode) if episode else None, int(frame) if frame else None)
    raise UsageError(f"“{text.strip()}” is no place.", f"Type {EXAMPLES}.")
