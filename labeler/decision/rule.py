"""When a probability counts as success on the robot: threshold, hold, release and gates.

HIL-SERL ends an episode with reward 1 at the first frame that counts as success. One false frame is
enough, so everybody who uses it asks for more than one probability: several frames in a row, or a
state of the robot as well (`p > 0.85 and z > 0.04`, `p > 0.7 and gripper > 0.4` in the tasks of
HIL-SERL's authors).
"""

import json
import re
from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from labeler.errors import UsageError

Comparison = Literal["<", "<=", ">", ">="]
_GATE = re.compile(
    r"\s*(?P<column>[^\s\[\]<>=]+)\s*(?:\[\s*(?P<entry>[^\[\]<>=]+?)\s*\])?"
    r"\s*(?P<comparison><=|>=|<|>)\s*(?P<bound>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*"
)
_EXAMPLE = "observation.state[gripper.pos] < 30"
_COMPARE = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}


class Gate(BaseModel):
    """A condition on a column of the recording, such as `observation.state[gripper.pos] < 30`.

    It is closed where the value is not a number.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    column: str = Field(min_length=1)
    """A column of the frames, such as `observation.state`."""
    entry: str | None = None
    """Name of one entry of a vector as `names` in info.json has it, or its number from 0."""
    comparison: Comparison
    bound: float = Field(allow_inf_nan=False)

    @property
    def source(self) -> str:
        """What is compared: `observation.state[gripper.pos]`."""
        return self.column if self.entry is None else f"{self.column}[{self.entry}]"

    @property
    def text(self) -> str:
        """The gate as it is typed."""
        short = f"{self.bound:g}"
        exact = short if float(short) == self.bound else repr(self.bound)
        return f"{self.source} {self.comparison} {exact}"

    def is_open(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Where it holds among values, float64 (n,): bool (n,); nowhere for NaN."""
        with np.errstate(invalid="ignore"):
            found: NDArray[np.bool_] = _COMPARE[self.comparison](values, self.bound)
        return found


class Rule(BaseModel):
    """Success is decided after `hold` seconds in a row at or above `threshold`, all gates open.

    It is decided until the probability falls below `release`, or a gate closes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    threshold: float = Field(default=0.5, ge=0, le=1)
    hold: float = Field(default=0.0, ge=0, le=60, allow_inf_nan=False)
    """Seconds; 0 for one frame."""
    release: float | None = Field(default=None, ge=0, le=1)
    """Below this probability success ends again; None for `threshold`."""
    gates: tuple[Gate, ...] = ()

    @model_validator(mode="after")
    def _release_is_lower(self) -> "Rule":
        if self.release is not None and self.release > self.threshold:
            raise ValueError("release has to be at most threshold")
        return self

    def at(self, threshold: float) -> "Rule":
        """The same with another threshold in [0, 1], and a release that is no higher."""
        release = None if self.release is None else min(self.release, threshold)
        return self.model_copy(update={"threshold": threshold, "release": release})

    def is_open(self, values: Mapping[str, float] | None) -> bool:
        """Whether all gates hold for the values of one frame, by `Gate.source`.

        Without any values, no gate is looked at.
        """
        return values is None or all(
            bool(gate.is_open(np.array([values[gate.source]]))[0]) for gate in self.gates
        )

    def hold_frames(self, fps: float) -> int:
        """Consecutive frames that `hold` stands for, at least one.

        Raises:
            ValueError: `fps` is not positive.
        """
        if not fps > 0:
            raise ValueError(f"fps has to be positive, not {fps}")
        return max(1, round(self.hold * fps))

    @property
    def text(self) -> str:
        """The rule in words, as reports and commands print it."""
        parts = [f"probability ≥ {self.threshold:g}"]
        if self.hold:
            parts.append(f"for {self.hold:g} s")
        parts += [f"while {gate.text}" for gate in self.gates]
        if self.release is not None and self.release < self.threshold:
            parts.append(f"until it falls below {self.release:g}")
        return ", ".join(parts)


def read_gate(text: str) -> Gate:
    """A gate as somebody typed it: `COLUMN < NUMBER` or `COLUMN[ENTRY] < NUMBER`.

    Raises:
        UsageError: it has another form.
    """
    found = _GATE.fullmatch(text)
    try:
        if found is not None:
            return Gate.model_validate(found.groupdict())
    except ValidationError as error:
        raise UsageError(f"“{text}” is not a gate.", f"Write it as {_EXAMPLE}.") from error
    raise UsageError(f"“{text}” is not a gate.", f"Write it as {_EXAMPLE}.")


FORMAT, VERSION = "labeler-reward-rule", 1


def robot_rule_text(rule: Rule, entries: Mapping[str, int | None]) -> str:
    """The file's JSON text.

    The robot's observation has no names, so gates name an entry by its number in the vector:
    `entries` gives it by `Gate.source`, None for a column of one number.

    Raises:
        KeyError: `entries` lacks a gate's source.
    """
    values = {
        "format": FORMAT,
        "version": VERSION,
        "text": rule.text,
        "threshold": rule.threshold,
        "hold": rule.hold,
        "release": rule.release,
        "gates": [
            {
                "column": gate.column,
                "index": entries[gate.source],
                "comparison": gate.comparison,
                "bound": gate.bound,
            }
            for gate in rule.gates
        ],
    }
    return json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
