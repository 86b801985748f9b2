"""Where frames are encoded and predicted, and what the command that looks there prints as JSON."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from labeler.cures import Retry
from labeler.errors import LabelerError

LOCAL, DASK = "local", "dask"
"""Threads of the command itself; workers that it starts on this machine."""

JOB_FILES = (".yaml", ".yml")
"""Endings of files that describe jobs of a queue; what a scheduler writes of itself is JSON."""


_AS_SENT = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class Node(BaseModel):
    """A machine of a cluster.

    workers, cores: that take work, and threads that they have together
    cpus: that the machine has
    gpus: names of those that its workers see
    problem: why it would be refused; empty if it is ready as far as is known
    """

    model_config = _AS_SENT

    host: str
    workers: int
    cores: int
    cpus: int
    gpus: list[str]
    problem: str = ""


class ClusterAnswer(BaseModel):
    """What a place has to work with.

    summary: a sentence; nodes: empty where they are known only once a queue starts its jobs
    """

    model_config = _AS_SENT

    format: Literal["labeler-nodes"] = "labeler-nodes"
    version: Literal[1] = 1
    place: str
    summary: str
    nodes: list[Node]

    @property
    def problem(self) -> str:
        """What stands in the way of the first node that has a problem; empty if none has."""
        return next((f"{one.host} {one.problem}" for one in self.nodes if one.problem), "")


def read_nodes(text: str) -> ClusterAnswer:
    """The answer in what the command printed.

    Raises:
        LabelerError: it is none.
    """
    try:
        return ClusterAnswer.model_validate_json(text)
    except ValidationError as error:
        raise LabelerError(
            "What the training program said of the cluster cannot be understood.", Retry()
        ) from error
