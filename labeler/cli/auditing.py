"""The sample of `labeler audit`, and the answers that it gets."""

from dataclasses import dataclass
from pathlib import Path

from labeler.console.named_labels import NamedLabels, read_own_of
from labeler.console.output import note, say
from labeler.console.outputs import output_file
from labeler.dataset import Dataset, open_dataset
from labeler.errors import LabelError, UsageError
from labeler.labels import DatasetLabels, State
from labeler.labels.document import to_text
from labeler.review.audit import (
    Audit,
    audit_figures,
    blank_answers,
    draw_sample,
    sample_mark,
    sampled_episodes,
    strata_of,
)
from labeler.review.score_files import read_scores
from labeler.storage.labels.label_files import check_label_place, write_label_file
from labeler.storage.labels.open_label_file import JOURNAL


@dataclass(frozen=True, slots=True)
class AuditQuestion:
    """What is audited, and how."""

    root: Path
    named: NamedLabels
    episodes: int
    seed: int
    scores: Path | None
    within: int
    answers: Path

    @property
    def labels(self) -> Path | None:
        """The label file that is audited, if it is one."""
        return self.named.file

    @property
    def mark(self) -> str:
        """How the sample is marked in the answers."""
        return sample_mark(self.episodes, self.seed)


def prepare_sample(question: AuditQuestion) -> bool:
    """Draw the sample into a new file of answers; whether a window is to be opened for them.

    A file that is there already is left as it is: it holds this sample, or the answers of somebody
    who labelled without one.

    Raises:
        LabelError: the answers are of another recording, or nothing is labelled yet.
        UsageError: the file of answers is that of the labels, or holds another sample.
        RefusedError: the file of answers may not be written there.
    """
    place, labels = question.answers, question.labels
    if labels is not None and place.exists() and labels.expanduser().samefile(place):
        raise UsageError(
            f"{place} holds the labels that are to be audited.",
            "Give another file for the answers with --answers.",
        )
    with open_dataset(question.root) as dataset:
        check_label_place(place, dataset.root)
        if place.exists():
            answers = _answers(dataset, question)
            sampled = sampled_episodes(answers.touched)
            return any(answers[episode].state is State.UNLABELED for episode in sampled)
        known = _labels(dataset, question)
        sample = _draw(dataset, known, question)
        with output_file(place, "labeler audit") as new:
            text = to_text(blank_answers(known, sample, question.mark))
            write_label_file(new, text, dataset.root)
    say(f"Sample drawn into {place}")
    return True


def audit(question: AuditQuestion) -> Audit:
    """Compare the labels with the answers that there are by now.

    Raises:
        LabelError: labels or answers cannot be understood, or are of another recording.
    """
    with open_dataset(question.root) as dataset:
        known, answers = _labels(dataset, question), _answers(dataset, question)
        sample = tuple(sampled_episodes(answers.touched)) or _draw(dataset, known, question)
    journal = question.answers.with_name(f"{question.answers.name}{JOURNAL}")
    if journal.exists():
        note("A window has the answers open; its latest ones may not be in the file yet.")
    wanted = min(question.episodes, sum(label.decided for label in known))
    if len(sample) < wanted:
        note(f"The sample has lost episodes: {len(sample)} of {wanted} are still flagged.")
    return audit_figures(known, answers, sample, question.within, question.seed)


def _draw(dataset: Dataset, labels: DatasetLabels, question: AuditQuestion) -> tuple[int, ...]:
    scores = None
    if question.scores is not None:
        lengths = dataset.lengths.tolist()
        scores = read_scores(question.scores, lengths, labels.identity.fingerprint)
    strata = strata_of(labels, dataset.layout.all_tasks(), scores)
    return draw_sample(strata, question.episodes, question.seed)


def _labels(dataset: Dataset, question: AuditQuestion) -> DatasetLabels:
    found = question.named.read(dataset)
    if not any(label.decided for label in found):
        raise LabelError(
            "No episode is labelled, so there is nothing to audit.",
            "Label some episodes first, or give a label file.",
        )
    return found


def _answers(dataset: Dataset, question: AuditQuestion) -> DatasetLabels:
    """The auditor's labels.

    Raises:
        UsageError: they belong to another sample.
    """
    answers = read_own_of(dataset, question.answers)
    others = set(sampled_episodes(answers.touched).values()) - {question.mark}
    if others:
        raise UsageError(
            f"{question.answers} holds the sample of another audit ({', '.join(sorted(others))}).",
            "Continue it with its --episodes and --seed, or give another file with --answers.",
        )
    return answers
