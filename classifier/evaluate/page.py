"""The report as one HTML file that needs nothing else: no network, no script."""

from base64 import b64encode
from html import escape

from pydantic_core import to_json

from classifier.evaluate.charts import charts
from classifier.evaluate.evaluation import GROUPS, Evaluation
from classifier.evaluate.report import MistakeImages, ReportContent
from classifier.evaluate.strips import strips
from classifier.evaluate.stylesheet import STYLESHEET
from classifier.evaluate.tables import (
    confusion_table,
    episode_table,
    gate_table,
    group_table,
    key_figures,
    rule_table,
)
from classifier.evaluate.verdict import headline, warnings
from classifier.evaluate.wording import number, percent, quantity
from labeler.labels.wording import exact_text

_TYPES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def report_html(report: ReportContent) -> str:
    """The whole page.

    Raises:
        ValueError: an image is neither PNG nor JPEG.
    """
    sections = (_opening, _figures, _decision, _episodes, _mistakes, _record_next, _curves, _origin)
    return page(headline(report), *(section(report) for section in sections))


def page(title: str, *parts: str) -> str:
    """A whole page of parts that are HTML already."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLESHEET}</style>\n</head>\n"
        f"<body>\n<main>\n{_join(list(parts))}\n</main>\n"
        "</body>\n</html>\n"
    )


def _join(parts: list[str]) -> str:
    return "\n".join(part for part in parts if part)


def _section(title: str, *parts: str) -> str:
    return f"<section>\n<h2>{escape(title)}</h2>\n{_join(list(parts))}\n</section>"


def _opening(report: ReportContent) -> str:
    found = "".join(f"<li>{escape(sentence)}</li>" for sentence in warnings(report))
    careful = f'<aside class="warnings" aria-label="Warnings"><ul>{found}</ul></aside>'
    return _join(
        [
            "<header>",
            f'<p class="origin">Reward classifier trained on {escape(report.dataset.name)}</p>',
            f"<h1>{escape(headline(report))}</h1>",
            "</header>",
            _next(report),
            careful if found else "",
            key_figures(report.evaluation),
        ]
    )


def _next(report: ReportContent) -> str:
    """When it was trained, what the figures are of, and what to do with the classifier."""
    data, evaluation = report.dataset, report.evaluation
    threshold = exact_text(evaluation.threshold.threshold)
    steps = (
        "Look at the mistakes below: a label may be wrong. Correct it and train again.",
        "Watch the classifier on episodes that it was not trained on.",
        f"Fill the checkpoint into the robot's HIL-SERL configuration, with the threshold "
        f"{threshold} and its crops: its README.md has the lines, and Labeler fills them in.",
    )
    listed = "".join(f"<li>{escape(step)}</li>" for step in steps)
    return (
        f"<p>Written {report.time:%Y-%m-%d %H:%M %Z}, from {quantity(data.episodes, 'episode')}. "
        f"The figures are of {escape(GROUPS[evaluation.basis])}.</p>\n"
        f"<p>What to do next:</p>\n<ol>{listed}</ol>"
    )


def _figures(report: ReportContent) -> str:
    evaluation = report.evaluation
    confusion = confusion_table(evaluation.groups()[evaluation.basis].confusion)
    threshold = evaluation.threshold
    return _section(
        f"Figures at threshold {exact_text(threshold.threshold)}",
        group_table(evaluation.groups()),
        '<div class="beside under">',
        f"<div><h3>Confusion matrix, {GROUPS[evaluation.basis]}</h3>{confusion}</div>",
        f"<div><h3>Threshold</h3><p>{escape(threshold.sentence)}</p>"
        f"<p>Chosen on {GROUPS[evaluation.basis]}. A frame is a success if its probability is "
        "above the threshold; false positives are what a policy learns to exploit.</p>"
        f"{_calibration(report)}</div>",
        "</div>",
    )


def _calibration(report: ReportContent) -> str:
    found = report.calibration
    if found is None:
        return ""
    said = f"Expected calibration error {number(found.error)}, Brier score {number(found.brier)}"
    if found.temperature == 1 and found.bias == 0:
        why = "; a calibration would not improve them on other episodes."
    else:
        why = (
            f" (before calibration {number(found.error_before)} and "
            f"{number(found.brier_before)}). Logits are divided by {number(found.temperature)} and "
            f"{number(found.bias)} is added; the last layer of the checkpoint does so."
        )
    return f"<h3>Calibration</h3><p>{escape(said + why)}</p>"


def _decision(report: ReportContent) -> str:
    chosen = report.evaluation.rule
    if chosen is None:
        return ""
    return _section(
        "Decision on the robot",
        f"<p><b>Success: {escape(chosen.rule.text)}.</b> {escape(chosen.sentence)} HIL-SERL ends "
        "an episode at its first success, so what counts is the episode.</p>",
        rule_table(report.evaluation),
        _gates(report.evaluation),
    )


def _gates(evaluation: Evaluation) -> str:
    if not evaluation.proposals:
        return ""
    return (
        "<h3>Gates that would help</h3><p>The robot's state separates what the rule gets wrong. "
        "None of these gates is part of the rule: name those that you want in train.gates and "
        "train again. Their bounds were found on the episodes that they are measured on, so take "
        "a gate only if its condition has to hold whenever the task is done.</p>"
        f"{gate_table(evaluation.proposals)}"
    )


_EPISODES = {
    "held_out": "Held-out episodes",
    "out_of_fold": "Episodes, each held out in turn",
    "frame_split": "Episodes, frames that were split off",
    "training": "Episodes trained on",
}


def _episodes(report: ReportContent) -> str:
    evaluation = report.evaluation
    threshold = evaluation.threshold.threshold
    return _section(
        _EPISODES[evaluation.basis],
        episode_table(evaluation.episodes),
        _LEGEND,
        strips(evaluation.scored, evaluation.episodes, threshold),
    )


def _key(inner: str, text: str) -> str:
    return f'<li><svg viewBox="0 0 20 12" aria-hidden="true">{inner}</svg>{text}</li>'


_BAR = '<rect width="20" height="12" class="{}"/>'
_RULE = '<line x1="0" x2="20" y1="6" y2="6" class="{}"/>'
_LEGEND = (
    '<ul class="legend">'
    + _key(_RULE.format("probability"), "probability of success, 0 to 1")
    + _key(_RULE.format("threshold"), "threshold")
    + _key(_BAR.format("success"), "labelled success")
    + _key(_BAR.format("positive"), "false positive")
    + _key(_BAR.format("missed"), "miss")
    + "</ul>"
)


def _mistakes(report: ReportContent) -> str:
    if not report.mistakes:
        return ""
    figures = "\n".join(_mistake(one) for one in report.mistakes)
    advice = (
        "The mistakes that the classifier is most certain of, one of each run of frames first. "
        "Check the label; if it is right, record more episodes that look like this."
    )
    return _section(
        "Worst mistakes", f"<p>{advice}</p>", f'<div class="images">\n{figures}\n</div>'
    )


def _record_next(report: ReportContent) -> str:
    if not report.record_next:
        return ""
    groups = [
        f"<h3>{escape(one.group.sentence)}</h3>\n<p>{_episode_list(one.group.episodes)}</p>\n"
        f'<div class="images">\n{_join([_example(image) for image in one.examples])}\n</div>'
        for one in report.record_next
    ]
    advice = (
        "False positives and undecided frames, those together that look alike. Take this list to "
        "the robot: episodes that look like these teach it most."
    )
    return _section("Record these next", f"<p>{advice}</p>", *groups)


def _example(example: MistakeImages) -> str:
    frame = example.mistake
    place = f"Episode {frame.episode}, frame {frame.frame}"
    images = "".join(_image(data, f"{place}, {key}") for key, data in example.images.items())
    label = "success" if frame.label else "failure"
    return (
        f"<figure>{images}<figcaption><b>{place}</b><br><span>labelled {label}, probability "
        f"{number(frame.probability)}</span></figcaption></figure>"
    )


def _mistake(worst: MistakeImages) -> str:
    mistake = worst.mistake
    kind, label = ("miss", "success") if mistake.label else ("false positive", "failure")
    place = f"Episode {mistake.episode}, frame {mistake.frame}"
    images = "".join(_image(data, f"{place}, {key}") for key, data in worst.images.items())
    return (
        f"<figure>{images}<figcaption><b>{place}</b><br><span>{kind}: labelled {label}, "
        f"probability {number(mistake.probability)}</span></figcaption></figure>"
    )


def _image(data: bytes, description: str) -> str:
    kinds = [kind for start, kind in _TYPES.items() if data.startswith(start)]
    if not kinds:
        raise ValueError(f"the image of {description} is neither PNG nor JPEG")
    text = b64encode(data).decode("ascii")
    return f'<img src="data:{kinds[0]};base64,{text}" alt="{escape(description)}">'


def _curves(report: ReportContent) -> str:
    figures = "\n".join(
        f"<figure><figcaption>{escape(title)}</figcaption>{drawing}</figure>"
        for title, drawing in charts(report).items()
    )
    return _section("Curves", f'<div class="beside charts">\n{figures}\n</div>') if figures else ""


def _origin(report: ReportContent) -> str:
    facts = "".join(f"<dt>{escape(t)}</dt><dd>{escape(v)}</dd>" for t, v in _facts(report).items())
    config = to_json(report.config, indent=2, inf_nan_mode="null").decode()
    return _section(
        "Data and settings",
        f'<dl class="facts">{facts}</dl>',
        f"<details><summary>All settings</summary><pre>{escape(config)}</pre></details>",
    )


def _facts(report: ReportContent) -> dict[str, str]:
    dataset, encoder, split = report.dataset, report.encoder, report.split
    labelled = dataset.success + dataset.failure
    share = percent(dataset.success / labelled) if labelled else percent(None)
    left = dataset.frames - labelled
    facts = {
        "Dataset": dataset.name,
        "Fingerprint": dataset.fingerprint,
        "Size": f"{quantity(dataset.episodes, 'episode')}, {quantity(dataset.frames, 'frame')}",
        "Labels": f"{dataset.success:,} success ({share}), {dataset.failure:,} failure, "
        f"{left:,} excluded or unlabelled",
        "Trained on": _episode_list(split.training),
        "Held out": _episode_list(split.held_out),
        "Split": split.note,
        "Encoder": encoder.name,
        "Encoder's SHA-256": encoder.sha256,
        "Written": f"{report.time:%Y-%m-%d %H:%M %Z} by {report.tool}",
    }
    return {term: value for term, value in facts.items() if value}


def _episode_list(episodes: tuple[int, ...]) -> str:
    """`3 episodes: 0, 4, 7`."""
    names = ", ".join(map(str, sorted(episodes)))
    return f"{quantity(len(episodes), 'episode')}: {names}" if episodes else "no episode"
