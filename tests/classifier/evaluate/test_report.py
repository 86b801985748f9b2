"""The report as JSON and as a page: same figures, nothing from elsewhere, nothing unescaped."""

import json
import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser

import numpy as np
import pytest

from classifier.cli.training import summary
from classifier.evaluate import (
    LikeImages,
    MistakeImages,
    ScoredFrames,
    evaluate,
    headline,
    report_html,
    run_report,
    warnings,
    worst_mistakes,
)
from classifier.evaluate.wording import number, percent, with_sign
from labeler.contracts.report import DatasetSummary, EncoderIdentity, HistoryPoint, LikeFrames
from labeler.errors import LabelerError, UsageError
from tests.classifier.evaluate.cases import one_episode, recording, report, scored

VOID = {"br", "img", "meta"}
NASTY = "</style><script>alert(1)</script> & \"quoted\" 'set'"


class Page(HTMLParser):
    """Tags, attributes and text of a page; complains about tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text += data

    def values(self, name: str) -> list[str]:
        return [value for _, attribute, value in self.attributes if attribute == name]


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(report_html(report()))


def test_the_page_has_the_figures_of_the_json(page: Page) -> None:
    values = json.loads(run_report(report()).text())
    assert values["headline"] in page.text
    for sentence in values["warnings"]:
        assert sentence in page.text
    for group in values["figures"].values():
        for name in ("accuracy", "precision", "recall", "f1"):
            assert percent(group[name]) in page.text
        for name in ("average_precision", "roc_auc"):
            assert number(group[name]) in page.text
    assert f"threshold {values['threshold']['threshold']}" in page.text
    for episode in values["episodes"]:
        assert f"Episode {episode['episode']}" in page.text
        assert f"({with_sign(episode['delay'])})" in page.text
    for mistake in values["mistakes"]:
        assert f"Episode {mistake['episode']}, frame {mistake['frame']}" in page.text
    assert values["dataset"]["fingerprint"] in page.text
    assert values["encoder"]["sha256"] in page.text
    assert '"learning_rate": 0.0001' in page.text


def test_the_page_begins_with_what_to_do_next(page: Page) -> None:
    opening = page.text.partition("Figures at threshold")[0]
    for part in ("Written 20", "The figures are of", "What to do next", "HIL-SERL configuration"):
        assert part in opening
    assert str(report().evaluation.threshold.threshold) in opening


def test_the_page_needs_nothing_else(page: Page) -> None:
    text = report_html(report())
    assert not re.search(r"https?:|//[a-z]+\.|@import|url\((?!#)", text)
    assert not {"script", "link", "iframe", "object"} & set(page.tags)
    assert all(source.startswith("data:image/png;base64,") for source in page.values("src"))
    assert all(target.startswith("#") for target in page.values("href"))


def test_ids_are_unique_and_references_lead_somewhere(page: Page) -> None:
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {target[1:] for target in page.values("href")} <= set(ids)
    clips = re.findall(r"url\(#([^)]+)\)", report_html(report()))
    assert clips and set(clips) <= set(ids)


def test_curves_strips_and_pictures_are_there(page: Page) -> None:
    labels = page.values("aria-label")
    for start in ("Loss on", "Share of", "Precision against", "Precision, recall and F1"):
        assert any(label.startswith(start) for label in labels), start
    assert "Probability of success in episode 7 by frame" in labels
    examples = sum(len(one.examples) for one in report().record_next)
    assert len(report().mistakes) == 8
    assert examples
    assert page.tags["img"] == 8 + examples


def test_frames_to_record_more_of_are_there_in_words(page: Page) -> None:
    groups = json.loads(run_report(report()).text())["record_next"]
    assert groups
    for group in groups:
        assert group["sentence"] in page.text
        for one in group["examples"]:
            assert f"Episode {one['episode']}, frame {one['frame']}" in page.text
    assert "Record these next" not in report_html(report(record_next=()))


def test_colors_come_from_the_page() -> None:
    drawings = re.findall(r"<svg.*?</svg>", report_html(report()), re.DOTALL)
    assert drawings
    for drawing in drawings:
        assert not re.search(r"#[0-9a-f]{6}", drawing)
        assert "font-family" not in drawing


def test_the_same_report_is_the_same_page() -> None:
    assert report_html(report()) == report_html(report())


def test_text_from_outside_is_escaped() -> None:
    mistake = worst_mistakes(recording((3,)), 0.5, 1)[0]
    nasty = report(
        dataset=DatasetSummary(NASTY, NASTY, 1, 1, 1, 0),
        encoder=EncoderIdentity(NASTY, NASTY, NASTY),
        config={NASTY: NASTY},
        tool=NASTY,
        mistakes=(MistakeImages(mistake, {NASTY: b"\xff\xd8\xff jpeg"}),),
        record_next=(LikeImages(LikeFrames("undecided", 1, (0,), NASTY, (mistake,)), ()),),
    )
    found = Page(report_html(nasty))
    assert "script" not in found.tags
    assert (
        found.text.count(NASTY) == 8
    )  # name twice, fingerprint, encoder twice, note, tool, like frames
    assert any(NASTY in text for text in found.values("alt"))
    assert [s for s in found.values("src") if s.startswith("data:image/jpeg;base64,")]


def test_another_kind_of_picture_is_refused() -> None:
    mistake = worst_mistakes(recording((3,)), 0.5, 1)[0]
    with pytest.raises(ValueError, match="neither PNG nor JPEG"):
        report_html(report(mistakes=(MistakeImages(mistake, {"side": b"GIF89a"}),)))


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


def test_json_has_no_pictures_and_no_nan() -> None:
    points = (HistoryPoint(1, 0.5, float("nan"), float("inf"), 0.5), HistoryPoint(2, 1, 0.1))
    content = report(history=points, config={"rate": float("nan"), "crop": (1, 2)})
    values = json.loads(run_report(content).text(), parse_constant=refuse)
    assert values["version"] == 1
    assert values["time"] == "2026-01-28T14:03:00+00:00"
    assert values["history"][0]["train_loss"] is None
    assert values["history"][0]["held_out_loss"] is None
    assert values["config"] == {"rate": None, "crop": [1, 2]}
    assert set(values["mistakes"][0]) == {"episode", "frame", "label", "probability"}
    report_html(report(history=points))


def test_the_headline_says_how_much_and_how_long() -> None:
    four = one_episode("....##", 0.1, 0.7, 0.1, 0.1, 0.8, 0.4)
    evaluation = evaluate(held_out=four, precision=0.6)
    assert headline(report(evaluation=evaluation)) == (
        "83.3% of frames of 1 held-out episode right; no false positive longer than 1 frame "
        "at threshold 0.25"
    )
    perfect = evaluate(held_out=scored((0, 0, 0, 0.1), (1, 0, 1, 0.9)))
    assert headline(report(evaluation=perfect)) == (
        "100.0% of frames of 2 held-out episodes right; no false positive at threshold 0.5"
    )
    lasting = evaluate(held_out=one_episode("....##", 0.6, 0.6, 0.6, 0.6, 0.1, 0.7), precision=0.3)
    assert "false positives last up to 4 frames" in headline(report(evaluation=lasting))


def test_nearly_all_is_not_called_all() -> None:
    assert percent(0.99999) == "99.9%"
    assert percent(0.29) == "29.0%"
    assert percent(1.0) == "100.0%"
    assert number(0.9996) == "0.999"


def test_programs_and_report_round_alike() -> None:
    labels = np.arange(3000) >= 1000
    wrong = labels.astype(np.float64)
    wrong[5] = 1.0  # one of 3,000 frames
    frames, episodes = np.arange(3000), np.zeros(3000, np.int64)
    one = ScoredFrames(episodes, frames, labels, wrong)
    evaluation = evaluate(held_out=one)
    assert headline(report(evaluation=evaluation)).startswith("99.9% of frames ")
    assert any("accuracy 99.9%," in line for line in summary(evaluation))


def careful(**groups: object) -> str:
    return "\n".join(warnings(report(evaluation=evaluate(**groups))))  # type: ignore[arg-type]


def test_few_episodes_are_warned_of() -> None:
    assert "Only 2 episodes were held out" in careful(held_out=recording((3, 7)))
    assert "Only 1 episode was held out" in careful(held_out=recording((3,)))
    assert not careful(held_out=recording((1, 3, 7)))


def test_the_leaky_figure_stands_beside_the_honest_one() -> None:
    honest, leaky = recording((1, 3, 7)), recording((1, 3, 7), noise=0.1)
    found = evaluate(held_out=honest, frame_split=leaky)
    assert found.held_out and found.frame_split
    both = (percent(found.held_out.accuracy), percent(found.frame_split.accuracy))
    sentence = "\n".join(warnings(report(evaluation=found)))
    assert "leaky" in sentence and all(text in sentence for text in both)
    assert found.basis == "held_out"
    assert list(found.groups()) == ["held_out", "frame_split"]
    assert "Frame split (leaky)" in Page(report_html(report(evaluation=found))).text


@pytest.mark.parametrize(
    "group, warning",
    [("training", "No frame was held out"), ("frame_split", "No episode was held out")],
)
def test_nothing_held_out_is_warned_of(group: str, warning: str) -> None:
    found = evaluate(**{group: recording((1, 3, 7))})  # type: ignore[arg-type]
    assert warning in "\n".join(warnings(report(evaluation=found)))
    Page(report_html(report(evaluation=found)))


@pytest.mark.parametrize("labels, missing", [("...", "success"), ("###", "failure")])
def test_one_class_still_makes_a_page(labels: str, missing: str) -> None:
    found = evaluate(held_out=one_episode(labels, 0.1, 0.6, 0.9))
    one = report(evaluation=found, mistakes=(), history=())
    assert f"nothing is known about {missing} frames" in "\n".join(warnings(one))
    assert "Curves" not in Page(report_html(one)).text


def test_a_target_out_of_reach_and_a_random_encoder_are_warned_of() -> None:
    found = evaluate(held_out=one_episode(".#.", 0.9, 0.5, 0.1))
    encoder = EncoderIdentity("random", "00", "The encoder is random.")
    first, *others = warnings(report(evaluation=found, encoder=encoder))
    assert first == "The encoder is random."
    assert any("No threshold reaches a precision of 0.98" in other for other in others)


def test_a_precision_that_costs_most_successes_is_warned_of() -> None:
    assert "only 33.3% of the success frames" in careful(
        held_out=one_episode(".###", 0.8, 0.9, 0.1, 0.1)
    )


def test_out_of_fold_frames_choose_the_threshold_where_no_episode_is_held_out() -> None:
    found = evaluate(out_of_fold=recording((1, 2, 3)), training=recording((1, 2, 3), noise=0))
    assert found.basis == "out_of_fold"
    assert len(found.episodes) == 3
    assert "each held out in turn" in headline(report(evaluation=found))


def test_of_many_episodes_those_with_most_mistakes_are_drawn() -> None:
    many = recording(tuple(range(25)))
    text = Page(report_html(report(evaluation=evaluate(held_out=many), mistakes=()))).text
    assert "The 20 of 25 episodes with most mistakes." in text
    assert len(re.findall(r"frame 0", text)) == 20


def test_excluded_frames_are_a_gap_in_the_strip() -> None:
    frames = recording((3,))
    gap = frames.select((frames.frames < 20) | (frames.frames > 30))
    text = report_html(report(evaluation=evaluate(held_out=gap), mistakes=()))
    assert text.count('class="probability"/>') == 3  # two parts, and the legend's
    assert '<rect x="31" y="0" width="69"' in text


def test_nothing_to_evaluate_is_an_error() -> None:
    with pytest.raises(UsageError):
        evaluate()
    with pytest.raises(LabelerError, match="no labelled frame"):
        evaluate(held_out=scored())


def test_what_is_slow_to_import_waits_until_it_is_used() -> None:
    code = (
        "import sys, classifier.evaluate;"
        "print({'torch', 'sklearn', 'matplotlib'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True)
    assert run.stdout.strip() == "set()"
