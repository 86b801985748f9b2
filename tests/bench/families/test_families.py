"""The protocol is what it says; what recipes are worth on it is for people to read."""

import subprocess
import sys

import numpy as np
import pytest

from classifier.data import LabelledFrames
from tests.bench.families.__main__ import figures
from tests.bench.families.protocol import CHOOSING, FAMILIES, JUDGED, REPORTING
from tests.bench.processes import ROOT

_LENGTH = 30


def test_every_family_is_in_one_half():
    assert not CHOOSING.keys() & REPORTING.keys()
    assert len(FAMILIES) == len(CHOOSING) + len(REPORTING) >= 12
    assert abs(len(CHOOSING) - len(REPORTING)) <= 1


@pytest.mark.parametrize("name", FAMILIES)
def test_an_episode_is_the_same_each_time_and_like_no_other(name):
    make = FAMILIES[name]
    episode, again = make(0, 3, _LENGTH), make(0, 3, _LENGTH)
    shown = np.stack(list(episode.images))
    assert shown.shape == (_LENGTH, 128, 128, 3) and shown.dtype == np.uint8
    assert (shown == np.stack(list(again.images))).all()
    assert (episode.success == again.success).all()
    for other in (make(1, 3, _LENGTH), make(0, JUDGED, _LENGTH)):
        assert (next(iter(other.images)) != shown[0]).any()


@pytest.mark.parametrize("name", FAMILIES)
def test_every_dataset_has_both_classes(name):
    for dataset in range(3):
        success = [FAMILIES[name](dataset, index, 60).success for index in range(10)]
        assert 0.02 < np.concatenate(success).mean() < 0.97


def test_shares_of_success_go_from_a_tenth_to_nine_tenths():
    shares = []
    for dataset in range(5):
        success = [REPORTING["shares"](dataset, index, 60).success for index in range(20)]
        shares.append(float(np.concatenate(success).mean()))
    assert min(shares) < 0.2 and max(shares) > 0.8


def test_the_benchmark_tells_a_line_for_each_dataset_and_number_of_episodes(tmp_path):
    few = ("shares", "--datasets", "1", "--frames", "12", "--train", "3", "4", "--test", "2")
    command = [sys.executable, "-m", "tests.bench.families", *few, "--features", str(tmp_path)]
    printed, again = (
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        for _ in range(2)
    )
    head, three, four = printed.splitlines()
    assert three.startswith("shares, 1, 3: ") and four.startswith("shares, 1, 4: ")
    assert three.count("±") == four.count("±") == head.count("|") + 1
    assert again == printed, "frames that were kept are those that were encoded"
    assert len(list(tmp_path.iterdir())) == 4 + 4 + 2, "frames, changed ones, those to judge by"


def test_the_standard_error_is_that_of_episodes():
    numbers = np.repeat([0, 1, 2, 3], 10)
    truth = LabelledFrames(numbers, np.tile(np.arange(10), 4), np.zeros(40, dtype=np.int64))
    logits = np.where(numbers == 0, 1.0, -1.0)  # one episode is all wrong, three are right
    told = figures(logits, truth)
    assert told.startswith("75.0% ± 25.0% (")
