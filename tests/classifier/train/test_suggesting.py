"""Episodes without a label are judged, too, and come after those judged out of fold."""

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from classifier.checkpoint import load_checkpoint
from classifier.probabilities import predictions
from labeler.contracts.scores import recording_in_metadata
from labeler.dataset import open_dataset
from labeler.dataset.fingerprint import fingerprint
from tests.classifier.runs import LENGTHS, small, trained


def test_every_frame_of_the_recording_is_judged(recording: Path, tmp_path: Path) -> None:
    labels = tmp_path / "labels.json"
    labels.write_text(json.dumps({"0": 6, "1": 5, "3": 6, "4": None}))
    told = {"train__labels": str(labels), "train__suggest": True, "steps": 4}
    result, _ = trained(small(recording, tmp_path / "run", train__folds=2, **told))
    table = pq.read_table(result.folder / "probabilities.parquet")
    places = list(zip(table["episode"].to_pylist(), table["frame"].to_pylist(), strict=True))
    assert places == [(e, f) for e, length in enumerate(LENGTHS) for f in range(length)]
    folds = np.array(table["fold"]).reshape(6, 12)
    assert (folds[[2, 5]] == -1).all()
    assert (folds[[0, 1, 3, 4]] >= 0).all()
    distance = np.array(table["distance"].to_pylist(), dtype=float).reshape(6, 12)
    assert np.isnan(distance[[0, 1, 3, 4]]).all() and (distance[[2, 5]] > 0).all()
    model = load_checkpoint(result.folder / "checkpoints" / "best").model
    with open_dataset(recording) as dataset:
        for episode, expected in predictions(model, dataset, [2, 5]):
            found = np.array(table["probability"]).reshape(6, 12)[episode]
            np.testing.assert_allclose(found, expected, atol=1e-3)
    with open_dataset(recording) as dataset:
        own = fingerprint(dataset)
    bound = recording_in_metadata(pq.read_schema(result.folder / "probabilities.parquet").metadata)
    assert bound is not None
    assert (bound.fingerprint, bound.lengths) == (own, LENGTHS)
    alone, _ = trained(small(recording, tmp_path / "alone", **told))
    table = pq.read_table(alone.folder / "probabilities.parquet")
    assert set(table["episode"].to_pylist()) == {2, 5}
