"""What `labeler hub status --json` prints, as far as the window shows it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from labeler.cures import Retry
from labeler.errors import LabelerError


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Here(_Part):
    """The folder."""

    codebase_version: str
    episodes: int
    frames: int
    changed: datetime
    problems: list[str] = Field(default_factory=list)


class There(_Part):
    """The dataset on the Hub."""

    codebase_version: str
    episodes: int
    frames: int
    changed: datetime | None
    commit: str
    private: bool
    same_source: bool


class Files(_Part):
    """Names of files by how they compare."""

    same: list[str]
    changed: list[str]
    only_here: list[str]
    only_there: list[str]


class Told(_Part):
    """What one generation of LeRobot would do; `harm` if it replaces files of the folder."""

    generation: str
    sentence: str
    harm: bool


class Answer(_Part):
    """The comparison of a folder with a dataset on the Hub."""

    root: str
    here: Here
    there: There | None
    files: Files
    lerobot_home: str
    lerobot: list[Told]


def read_answer(text: str) -> Answer:
    """The answer in what the command printed.

    Raises:
        LabelerError: it is none.
    """
    try:
        return Answer.model_validate_json(text)
    except ValidationError as error:
        raise LabelerError(
            "The comparison printed something that this window does not understand.",
            Retry(),
        ) from error
