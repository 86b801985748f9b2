"""What the simulated operator presses, and which errors are made; the figures are for people."""

import json
import os
import subprocess
import sys

from labeler.labels import EpisodeLabel, FrameRange
from labeler.labels.episode import never, with_cutoff, with_success
from labeler.review.suggestion import Suggestion, SuggestionKind
from tests.bench.processes import ROOT
from tests.bench.review.in_window import HINTS
from tests.bench.review.operator import keys_by_hand, keys_with, with_errors
from tests.bench.review.recordings import VARIANTS, write_variant

BLANK = EpisodeLabel(100)


def test_keys_are_the_fewest() -> None:
    assert keys_by_hand(with_cutoff(BLANK, 43)) == 4 + 3 + 1
    assert keys_by_hand(with_cutoff(BLANK, 49)) == 5 + 1 + 1
    assert keys_by_hand(never(BLANK)) == 2
    ranges = with_success(BLANK, (FrameRange(10, 21), FrameRange(40, 51)))
    assert keys_by_hand(ranges) == (1 + 1 + 1 + 1) + (2 + 1) + (1 + 1) + 1


def test_a_good_suggestion_is_one_key() -> None:
    def at(cutoff: int) -> Suggestion:
        return Suggestion(SuggestionKind.CUTOFF, (FrameRange(cutoff, 100),))

    assert keys_with(at(45), with_cutoff(BLANK, 43)) == 1
    assert keys_with(at(48), with_cutoff(BLANK, 43)) == 2 + 1
    assert keys_with(at(48), never(BLANK)) == 1
    assert keys_with(None, never(BLANK)) == 2
    assert keys_with(Suggestion(SuggestionKind.NEVER), with_cutoff(BLANK, 43)) == 8


def test_errors_are_errors() -> None:
    truth = {e: with_cutoff(BLANK, 40) if e % 3 else never(BLANK) for e in range(100)}
    for seed in range(5):
        labels, wrong = with_errors(truth, 0.05, seed)
        assert len(wrong) == 5
        assert {e for e in truth if labels[e] != truth[e]} == wrong


def test_both_variants_have_episodes_of_every_kind(tmp_path) -> None:
    found = {variant: write_variant(variant, tmp_path / variant, 8) for variant in VARIANTS}
    for truth in found.values():
        assert {label.state for label in truth.values()} == {"success", "never"}
    assert any(len(label.success) == 2 for label in found["hard"].values())


def test_in_the_window_every_label_is_what_the_operator_knows(tmp_path) -> None:
    told = tmp_path / "figures.json"
    command = [sys.executable, "-m", "tests.bench.review.in_window", "--hints-only"]
    options = ["--variant=hard", "--episodes=8", f"--work={tmp_path}", f"--json={told}"]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([*command, *options], cwd=ROOT, env=environment, check=True)
    phase = json.loads(told.read_text())[HINTS]
    assert len(phase["keys"]) == 8
    assert all(0 <= distance <= 2 for distance in phase["distances"])
    assert sum(phase["accepted"]) >= 2
    pairs = zip(phase["keys"], phase["accepted"], strict=True)
    assert {keys for keys, accepted in pairs if accepted} == {2}, "a look at the hint, then yes"
