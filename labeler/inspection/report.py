"""The report on a dataset."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from labeler.dataset import REWARD, Camera, Column, Dataset
from labeler.dataset.completeness import download_triggers, ignored_counts, stray_data_files
from labeler.dataset.consistency import task_numbers, unreadable_metadata
from labeler.dataset.files import facts, links_out, walk
from labeler.dataset.steady import read_steadily
from labeler.dataset.success_columns import SuccessColumn, success_columns
from labeler.errors import DamagedDatasetError
from labeler.file_kind import not_a_file
from labeler.inspection.images import image_oddities
from labeler.inspection.metadata import metadata_oddities
from labeler.inspection.oddity import Oddity, Severity
from labeler.inspection.rows import RowFacts, read_rows
from labeler.inspection.statistics import lacking_episodes, statistics_oddities
from labeler.inspection.videos import video_oddities
from labeler.inspection.wholeness import lacks
from labeler.labels.wording import episodes_text, plural


@dataclass(frozen=True)
class Labelled:
    """What the `next.reward` column of a dataset says."""

    success_frames: int
    frames: int
    never: tuple[int, ...]
    """Episodes without a success frame."""
    always: tuple[int, ...]
    """Episodes with success in every frame."""
    binary: bool
    """Whether every value is 0 or 1."""


@dataclass(frozen=True)
class InspectionReport:
    """What a dataset holds; `size` in bytes."""

    root: str
    codebase_version: str
    robot: str | None
    fps: float
    cameras: tuple[Camera, ...]
    columns: tuple[Column, ...]
    episodes: int
    frames: int
    lengths: dict[str, float]
    tasks: tuple[str, ...]
    labels: Labelled | None
    """None without a `next.reward` column, or where rows were not read."""
    success_columns: tuple[SuccessColumn, ...]
    """Columns that may say success, by their names."""
    files: int
    links: int
    size: int
    oddities: tuple[Oddity, ...]

    @property
    def usable(self) -> bool:
        """Whether nothing stands in the way of a copy."""
        return all(oddity.severity is not Severity.ERROR for oddity in self.oddities)


def inspect_dataset(
    dataset: Dataset,
    *,
    quick: bool = False,
    begin: Callable[[str, int], None] = lambda what, total: None,
    advance: Callable[[int], None] = lambda count: None,
) -> InspectionReport:
    """Read everything there is to know; `quick` leaves rows and videos unread.

    `begin` is told what is read and how much of it there is, `advance` how much was done.
    """

    def read() -> InspectionReport:
        with dataset.reopen() as reader:
            return _report(reader, quick, begin, advance)

    return read_steadily(dataset.root, read)


def _report(
    dataset: Dataset, quick: bool, begin: Callable[[str, int], None], advance: Callable[[int], None]
) -> InspectionReport:
    files = [file for file in walk(dataset.root) if not not_a_file(dataset.root / file)]
    found = [facts(dataset.root, file) for file in files]
    oddities = [*_of_files(dataset), *metadata_oddities(dataset)]
    rows = RowFacts()
    if not quick:
        begin("Reading rows (bytes)", _row_bytes(dataset))
        rows = read_rows(dataset, advance)
        oddities += rows.oddities
        oddities += [*statistics_oddities(dataset, rows.extents), *image_oddities(dataset)]
        begin("Reading videos", _video_count(dataset))
        oddities += video_oddities(dataset, lambda: advance(1), thorough=True)
        oddities += _not_whole(dataset, oddities)
    return InspectionReport(
        root=dataset.whereabouts,
        codebase_version=str(dataset.version),
        robot=dataset.info.robot_type,
        fps=dataset.fps,
        cameras=dataset.cameras,
        columns=dataset.columns,
        episodes=len(dataset),
        frames=dataset.total_frames,
        lengths=_lengths(dataset.lengths),
        tasks=_tasks(dataset),
        labels=_label_facts(dataset, rows) if dataset.has_column(REWARD) and not quick else None,
        success_columns=success_columns(dataset),
        files=len(files),
        links=sum(fact.linked for fact in found),
        size=sum(fact.size for fact in found),
        oddities=tuple(oddities),
    )


def _not_whole(dataset: Dataset, oddities: list[Oddity]) -> Iterator[Oddity]:
    """Which episodes lack what, where anything is damaged and others are whole."""
    if all(oddity.severity is not Severity.ERROR for oddity in oddities):
        return
    by_episode: dict[int, list[str]] = {}
    for lack in lacks(dataset, thorough=True):
        by_episode.setdefault(lack.episode, []).append(lack.sentence)
    if not 0 < len(by_episode) < len(dataset):
        return
    count = len(dataset) - len(by_episode)
    sentence = (
        f"{count} of {plural(len(dataset), 'episode')} {'is' if count == 1 else 'are'} whole "
        "and can be copied; not whole: "
        f"{episodes_text(by_episode)}."
    )
    yield Oddity(Severity.NOTE, "", sentence)
    for episode, sentences in by_episode.items():
        yield Oddity(Severity.NOTE, "", f"Episode {episode} is not whole: {' '.join(sentences)}")


def _of_files(dataset: Dataset) -> Iterator[Oddity]:
    problems = [*download_triggers(dataset), *unreadable_metadata(dataset)]
    for problem in problems:
        yield Oddity(Severity.ERROR, problem.file, problem.sentence)
    told = {problem.file for problem in problems}
    for file in walk(dataset.root):
        if file not in told and (what := not_a_file(dataset.root / file)):
            yield Oddity(Severity.ERROR, file, f"{file} {what}.")
    yield from _of_links(dataset)
    yield from lacking_episodes(dataset)
    stats = dataset.root / "meta/stats.json"
    if dataset.info.format.totals_used and not_a_file(stats) == "is missing":
        sentence = "meta/stats.json is missing; LeRobot cannot normalise what it trains on."
        yield Oddity(Severity.WARNING, "meta/stats.json", sentence)
    yield from _of_counts(dataset)
    for file in stray_data_files(dataset):
        yield Oddity(
            Severity.WARNING, file, f"{file} belongs to no episode; LeRobot reads it as rows."
        )
    expected = np.cumsum(dataset.lengths) - dataset.lengths
    if not np.array_equal(dataset.layout.first_indices, expected):
        yield Oddity(Severity.WARNING, "meta/episodes", "The global index has gaps.")
    for suffix in ("_old", "_v30"):
        sibling = dataset.root.with_name(dataset.root.name + suffix)
        if sibling.exists():
            yield Oddity(
                Severity.NOTE,
                "",
                f"{sibling.name} lies beside it: LeRobot's edit and conversion tools delete a "
                "folder of that name.",
            )


def _of_links(dataset: Dataset) -> Iterator[Oddity]:
    """Links that lead out of the folder: what a copy takes from there, and what it leaves."""
    found = links_out(dataset.root)
    for link in found:
        if not link.followed:
            sentence = (
                f"{link.name} leads out of the recording, to {link.target}; a copy is made "
                "without what lies there."
            )
            yield Oddity(Severity.WARNING, link.name, sentence)
    own = [link for link in found if link.followed]
    if own:
        more = f" and {len(own) - 1} more lead" if len(own) > 1 else " leads"
        sentence = (
            f"{own[0].name}{more} out of the recording, to {own[0].target}"
            f"{' and elsewhere' if len(own) > 1 else ''}; a copy takes the dataset's own files "
            "from there."
        )
        yield Oddity(Severity.NOTE, own[0].name, sentence)


def _of_counts(dataset: Dataset) -> Iterator[Oddity]:
    """Counts that LeRobot does not act on."""
    for problem in ignored_counts(dataset):
        sentence = f"{problem.sentence} LeRobot reads all the same; a copy has the right number."
        yield Oddity(Severity.WARNING, problem.file, sentence)
    declared = dataset.info.total_videos if dataset.info.format.counts_files else None
    if declared is not None and declared != _video_count(dataset):
        yield Oddity(
            Severity.WARNING,
            "meta/info.json",
            f"meta/info.json counts {plural(declared, 'video')}, there should be "
            f"{_video_count(dataset)}.",
        )
    try:
        tasks = len(task_numbers(dataset))
    except DamagedDatasetError:
        return  # reported with the metadata
    if dataset.info.total_tasks not in (None, tasks):
        sentence = (
            f"meta/info.json counts {plural(dataset.info.total_tasks or 0, 'task')}, "
            f"there {'is' if tasks == 1 else 'are'} {tasks}."
        )
        yield Oddity(Severity.WARNING, "meta/info.json", sentence)


def _row_bytes(dataset: Dataset) -> int:
    paths = (dataset.root / file for file in dataset.layout.data_files())
    return sum(path.stat().st_size for path in paths if path.is_file())


def _video_count(dataset: Dataset) -> int:
    keys = [camera.key for camera in dataset.cameras if camera.kind == "video"]
    return sum(len(dataset.layout.video_files(key)) for key in keys)


def _lengths(lengths: np.ndarray) -> dict[str, float]:
    return {
        "min": int(lengths.min()),
        "median": float(np.median(lengths)),
        "max": int(lengths.max()),
        "mean": round(float(lengths.mean()), 2),
    }


def _tasks(dataset: Dataset) -> tuple[str, ...]:
    tasks: dict[str, None] = {}
    for episode in range(len(dataset)):
        tasks.update(dict.fromkeys(dataset.layout.tasks(episode)))
    return tuple(tasks)


def _label_facts(dataset: Dataset, rows: RowFacts) -> Labelled:
    counts = rows.successes
    return Labelled(
        success_frames=sum(counts.values()),
        frames=int(sum(dataset.lengths[episode] for episode in counts)),
        never=tuple(e for e, ones in counts.items() if not ones),
        always=tuple(e for e, ones in counts.items() if ones == dataset.lengths[e]),
        binary=rows.rewards_binary,
    )
