"""Scores of frames that lie beside a recording, numbered as its frames are."""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from labeler.dataset import Dataset
from labeler.dataset.completeness import stray_data_files
from labeler.errors import DamagedDatasetError
from labeler.parquet.reading import schema_of
from labeler.storage.record.transaction import FOLDER


def frame_scores(source: Dataset, files: Iterable[str]) -> Iterator[str]:
    """Those of `files` that are no rows and have some for frames, as LeRobot's reward models do.

    They lie beside the recording (0.6.1, rewards/sarm/compute_rabc_weights.py), and training
    weights frames by them (utils/sample_weighting.py): where episodes get other numbers, other
    frames than those meant.
    """
    own = {*source.files(), *source.layout.metadata_files(), *stray_data_files(source)}
    for file in files:
        if file in own or file.startswith(f"{FOLDER}/") or not file.endswith(".parquet"):
            continue
        if _has_numbers(source.root / file):
            yield file


def _has_numbers(path: Path) -> bool:
    try:
        return {"episode_index", "frame_index"} <= set(schema_of(path).names)
    except DamagedDatasetError:
        return False


def left_out_sentence(files: Collection[str], written: str) -> str:
    """That scores stay behind, of what is written, and what to do."""
    one = len(files) == 1
    return (
        f"{', '.join(files)} {'has' if one else 'have'} scores of frames by their numbers in the "
        f"recording, and {'is' if one else 'are'} left out of {written}: compute the scores again "
        f"for {written}."
    )
