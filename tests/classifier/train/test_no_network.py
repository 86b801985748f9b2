"""Training and judging reach for no network unless the command names an encoder of the Hub."""

from pathlib import Path

from classifier.checkpoint import load_checkpoint
from classifier.probabilities import predictions
from labeler.dataset import open_dataset
from tests.classifier.runs import small, trained
from tests.network import refused


def test_no_attempt(recording: Path, tmp_path: Path) -> None:
    with refused() as attempts:
        result, _ = trained(small(recording, tmp_path / "run", steps=4))
        model = load_checkpoint(result.folder / "checkpoints" / "best").model
        with open_dataset(recording) as dataset:
            assert len(list(predictions(model, dataset, [0, 1]))) == 2
    assert attempts == []
