"""Recordings in which one thing is different, as real tools leave it: what is read from them."""

from tests.mutations import (  # noqa: F401
    episode_lists,
    images,
    info,
    places,
    rows,
    streams,
    tasks,
    timing,
)
from tests.mutations.mutation import ALL, Mutation

__all__ = ["ALL", "Mutation"]
