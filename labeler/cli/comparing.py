"""Reading what `labeler compare` compares, and saying what it found."""

from pathlib import Path

from rich.table import Table

from labeler.console.named_labels import read_own_of
from labeler.console.output import note, results, say
from labeler.cures import LeaveOutCounting
from labeler.dataset import open_dataset
from labeler.errors import UsageError
from labeler.labels import DatasetLabels, State
from labeler.labels.dialects import Dialect, dialect_of, read_labels, read_own
from labeler.labels.document import fields_of
from labeler.labels.wording import decimals_text, plural, share_text
from labeler.review.comparison import LabelComparison, LabelDifference
from labeler.review.merging import MergedLabels

_MOST = 60
Names = tuple[str, str]


def read_pair(
    first: Path,
    second: Path,
    root: Path | None,
    frames_from: int | None = None,
    episodes_from: int | None = None,
) -> tuple[DatasetLabels, DatasetLabels, Path | None]:
    """Labels of two files, and the folder of the recording if there is one.

    What is counted from where holds for files of other formats than Labeler's own.

    Raises:
        UsageError: no file names the episodes, and there is no recording.
        LabelError: a file cannot be understood, or belongs to another recording.
    """
    own = [dialect_of(file) is Dialect.LABELER for file in (first, second)]
    counted = frames_from, episodes_from
    if all(own) and counted != (None, None):
        raise UsageError("Both files always count from 0.", LeaveOutCounting())
    if root is not None:
        with open_dataset(root) as dataset:
            one, other = (
                read_own_of(dataset, file, *((None, None) if is_own else counted))
                for file, is_own in zip((first, second), own, strict=True)
            )
            return one, other, dataset.root
    if not any(own):
        raise UsageError(
            "Neither file says how long the episodes are.", "Give the recording's ROOT, too."
        )
    known = read_own(first if own[0] else second)
    told = [
        known if file == (first if own[0] else second) else _like(file, known, is_own, counted)
        for file, is_own in zip((first, second), own, strict=True)
    ]
    return told[0], told[1], None


def _like(
    file: Path, known: DatasetLabels, own: bool, counted: tuple[int | None, int | None]
) -> DatasetLabels:
    if own:
        return read_own(file)
    imported = read_labels(
        file, list(known.lengths), first_frame=counted[0], first_episode=counted[1]
    )
    for sentence in imported.notes:
        note(sentence)
    return imported.labels


def print_comparison(comparison: LabelComparison, names: Names) -> None:
    """Figures, then the disagreements as a table."""
    frames = comparison.frames
    say(
        f"{plural(comparison.episodes, 'episode')}, {plural(frames.total, 'frame')} labelled "
        "by both"
    )
    if frames.agreement is not None:
        kappa = "not defined" if frames.kappa is None else decimals_text(frames.kappa)
        say(f"Frames labelled alike: {share_text(frames.agreement)}, Cohen's kappa {kappa}")
    if (apart := comparison.cutoff_difference) is not None:
        many = len(comparison.cutoffs)
        say(
            f"Cutoffs of {plural(many, 'episode')}: median {apart[0]:g}, 90% {apart[1]:g} "
            "frames apart"
        )
    if comparison.states_agreed is not None:
        say(f"States agree in {share_text(comparison.states_agreed)} of episodes labelled by both")
    if comparison.one_sided:
        say(f"Labelled by only one operator: {plural(len(comparison.one_sided), 'episode')}")
    print_differences(comparison.differences, names)


def print_differences(differences: tuple[LabelDifference, ...], names: Names) -> None:
    """Episodes that two label differently, as a table."""
    if not differences:
        say("No disagreements.")
        return
    say(f"Disagreements: {len(differences)}")
    table = Table("episode", "frames", "", box=None, padding=(0, 2))
    for column in table.columns[:2]:
        column.justify = "right"
    for found in differences[:_MOST]:
        table.add_row(str(found.episode), f"{found.frames:,}", found.words(names))
    if len(differences) > _MOST:
        table.add_row("…", "", f"{len(differences) - _MOST} more; --json has all")
    results.print(table, markup=False)


def printable(
    comparison: LabelComparison, names: Names, merged: MergedLabels | None
) -> dict[str, object]:
    """The same for programs."""
    frames, apart = comparison.frames, comparison.cutoff_difference
    values: dict[str, object] = {
        "format": "labeler-comparison",
        "version": 1,
        "files": list(names),
        "episodes": comparison.episodes,
        "frames": {
            "judged": frames.total,
            "both_success": frames.both,
            "only_first_success": frames.only_first,
            "only_second_success": frames.only_second,
            "both_failure": frames.neither,
            "agreed": frames.agreement,
            "kappa": frames.kappa,
        },
        "cutoffs": {
            "episodes": len(comparison.cutoffs),
            "median": apart and apart[0],
            "p90": apart and apart[1],
        },
        "states": _states(comparison),
        "one_sided": list(comparison.one_sided),
        "disagreements": [_printable(found, names) for found in comparison.differences],
    }
    if merged is not None:
        values["merged"] = {
            "agreed": merged.agreed,
            "one_sided": merged.one_sided,
            "resolved": list(merged.resolved),
            "flagged": list(merged.flagged),
        }
    return values


def _states(comparison: LabelComparison) -> dict[str, object]:
    pairs = [
        {"first": one.value, "second": other.value, "episodes": comparison.states[one, other]}
        for one in State
        for other in State
        if comparison.states.get((one, other))
    ]
    return {"agreed": comparison.states_agreed, "pairs": pairs}


def _printable(found: LabelDifference, names: Names) -> dict[str, object]:
    return {
        "episode": found.episode,
        "frames": found.frames,
        "first": fields_of(found.first),
        "second": fields_of(found.second),
        "words": found.words(names),
    }
