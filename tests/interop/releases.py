"""The LeRobot releases that the interop tests run, and where their environments are."""

import os
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENVIRONMENTS = Path(
    os.environ.get("LABELER_INTEROP_ENVS") or HERE.parents[1] / ".interop" / "environments"
)


@dataclass(frozen=True)
class Release:
    """One LeRobot release and the `codebase_version` that it writes."""

    name: str
    codebase_version: str

    @property
    def python(self) -> Path:
        """Interpreter of the environment that scripts/interop builds."""
        return ENVIRONMENTS / self.name / "bin" / "python"

    @property
    def v3(self) -> bool:
        """Whether many episodes share a file and LeRobot brings tools for editing datasets."""
        return self.codebase_version == "v3.0"

    def missing(self) -> str:
        """Why this release cannot run here; empty if it can."""
        return "" if self.python.exists() else f"no LeRobot {self.name} (run scripts/interop)"


RELEASES = [Release("0.3.3", "v2.1"), Release("0.4.4", "v3.0"), Release("0.6.1", "v3.0")]
