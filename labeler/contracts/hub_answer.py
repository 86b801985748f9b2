"""What the command that compares a folder with the Hub prints as JSON, and the window reads."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, ValidationError

from labeler.cures import Retry
from labeler.errors import LabelerError

Moment = Annotated[datetime, PlainSerializer(datetime.isoformat, return_type=str)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class Here(_Part):
    """The folder."""

    codebase_version: str
    episodes: int
    frames: int
    changed: Moment
    problems: list[str] = Field(default_factory=list)


class There(_Part):
    """The dataset on the Hub."""

    codebase_version: str
    episodes: int
    frames: int
    changed: Moment | None
    commit: str
    private: bool
    refs: list[str] = Field(default_factory=list)
    same_source: bool
    """Whether both are labelled copies of the same recording."""


class Files(_Part):
    """Names of files by how they compare."""

    same: list[str]
    changed: list[str]
    only_here: list[str]
    only_there: list[str]


class ReleaseForecast(_Part):
    """What one generation of LeRobot would do; `harm` if it replaces files of the folder."""

    generation: str
    sentence: str
    harm: bool


class HubAnswer(_Part):
    """The comparison of a folder with a dataset on the Hub."""

    format: Literal["labeler-hub-status"] = "labeler-hub-status"
    version: Literal[1] = 1
    root: str
    here: Here
    there: There | None
    files: Files
    lerobot_home: str
    lerobot: list[ReleaseForecast]


def read_answer(text: str) -> HubAnswer:
    """The answer in what the command printed.

    Raises:
        LabelerError: it is none.
    """
    try:
        return HubAnswer.model_validate_json(text)
    except ValidationError as error:
        raise LabelerError(
            "The comparison printed something that this window does not understand.",
            Retry(),
        ) from error
