"""The whole loop on a real (virtual) screen: label four, train, accept the rest, write, check."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from labeler.contracts.events import Finished, HeldOutEvaluation, parse
from labeler.demo import true_labels
from labeler.labels import State
from tests.screen.demo import EPISODES, assert_checked, go, label, program, states, write
from tests.screen.display import MISSING, Display, virtual_display, wait_until

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")
BY_HAND = (0, 1, 2, 10)
PLOTS = np.s_[480:780, 360:1270]
"""Where the dock draws curves in a window of 1280x800."""
LANES = np.s_[340:412, 250:1014]
"""What is under the filmstrip while the dock is open."""
CURVE = np.array([0x5A, 0xA9, 0xFF])  # the accent colour, in which held-out curves are drawn
PICTURES = os.environ.get("LABELER_SCREENSHOTS")


def test_four_labels_train_a_classifier_that_suggests_the_rest(
    recording: Path, tmp_path: Path
) -> None:
    labels, home = tmp_path / "demo.labels.json", tmp_path / "home"
    copy = recording.with_name("pick_lift_labeled")
    settings = home / "config" / "labeler" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"theme": "dark"}')
    with virtual_display(home) as display, program(display, recording, labels):
        label_by_hand(display, labels)
        train(display, home)
        wait_for_suggestions(display, home)
        accept_the_rest(display, labels)
        keep(display, "accepted")
        write(display, copy)
    assert_good(labels)
    assert_checked(recording, copy)


def label_by_hand(display: Display, labels: Path) -> None:
    for episode in BY_HAND:
        go(display, f"e{episode}")
        label(display, episode)
    wait_until(lambda: len(decided(labels)) == len(BY_HAND), "four labels in the file")


def train(display: Display, home: Path) -> None:
    """Ask for a training with the random encoder and watch its curves."""
    before = display.picture()
    display.keys("ctrl+k")
    wait_until(lambda: (display.picture() != before).mean() > 0.5, "the palette, all else in shade")
    display.type("train classifier")
    before = display.picture()
    display.keys("Return")
    display.settle(before)  # the palette goes, and the dock is empty while it is loaded
    wait_until(lambda: form_is_open(display), "the form in the dock")
    display.settle(before)  # it takes the focus, at the first camera
    keep(display, "form")
    before = display.picture()
    display.keys("Tab", "Tab", "Down", "Down")  # the other camera; the kind of encoder: random
    display.settle(before)  # what a folder needs goes, on a busy machine not at once
    display.keys(*["Tab"] * 7, "Return")  # image size, epochs … device, where; start
    wait_until(lambda: bool(events(home)), "a training that has begun")
    before = curve_pixels(display)

    def grown() -> bool:
        now = curve_pixels(display)
        return now > before + 100 or (count(home, Finished) == 1 and now > 100)

    wait_until(lambda: count(home, HeldOutEvaluation) >= 3, "three judgements")
    wait_until(grown, "curves that grow, or have grown before anybody looked")
    keep(display, "training")
    wait_until(lambda: count(home, Finished) == 1, "the end of the training")


def form_is_open(display: Display) -> bool:
    """While the dock is loaded, nothing is drawn there."""
    dock = display.picture()[PLOTS]
    return bool((dock != dock[0, 0]).any(axis=-1).mean() > 0.02)


def wait_for_suggestions(display: Display, home: Path) -> None:
    """They come by themselves: a lane of probabilities moves what is under the label's band."""
    before = display.picture()[LANES]
    wait_until(lambda: bool(suggestions(home)), "probabilities of all episodes")
    wait_until(lambda: (display.picture()[LANES] != before).mean() > 0.02, "their lane")
    keep(display, "results")
    before = display.picture()
    display.keys("ctrl+shift+t")  # closes the dock
    display.settle(before)


def accept_the_rest(display: Display, labels: Path) -> None:
    display.keys("u")
    for _ in range(EPISODES - len(BY_HAND)):
        before = len(decided(labels))
        display.keys("Return")
        wait_until(lambda before=before: len(decided(labels)) > before, "one label more")


def assert_good(labels: Path) -> None:
    """Every label is there; what was accepted says so, and most of it is close to the truth."""
    found = json.loads(labels.read_text())["episodes"]
    assert len(found) == EPISODES
    accepted = {int(e) for e, one in found.items() if one.get("origin") == "accepted suggestion"}
    assert accepted == set(range(EPISODES)) - set(BY_HAND)
    close = 0
    for episode in accepted:
        truth, (state, ranges) = true_labels()[episode], states(labels)[episode]
        if truth.state is State.NEVER:
            close += state == "never"
        elif ranges:
            close += abs(ranges[0][0] - truth.success[0].start) <= 5
    assert close >= len(accepted) - 3, found


def decided(labels: Path) -> list[str]:
    return [state for state, _ in states(labels) if state in ("success", "never")]


def events(home: Path) -> list[object]:
    lines = [
        line
        for file in (home / "data" / "labeler" / "trainings").glob("*/*/events.jsonl")
        for line in file.read_text().splitlines()
    ]
    return [event for line in lines if (event := parse(line)) is not None]


def count(home: Path, kind: type) -> int:
    return sum(isinstance(event, kind) for event in events(home))


def suggestions(home: Path) -> list[Path]:
    place = home / "data" / "labeler" / "trainings"
    return list(place.glob("*/suggestions/*/run/probabilities.parquet"))


def curve_pixels(display: Display) -> int:
    """Pixels in the colour of the curves, where the curves are."""
    part = display.picture()[PLOTS].astype(int)
    return int((np.abs(part - CURVE).max(axis=-1) < 40).sum())


def keep(display: Display, name: str) -> None:
    """Keep what is on the screen, if anybody wants to see it."""
    if PICTURES:
        Image.fromarray(display.picture()).save(Path(PICTURES) / f"{name}.png")
