"""The results of a finished training: figures, curves, episodes, mistakes, and what to do next."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from labeler.contracts.checkpoint import CARD, read_hil_serl_config
from labeler.contracts.classifier_releases import RELEASES, ReleaseName
from labeler.contracts.report import RunReport, read_report
from labeler.contracts.reported_rule import RuleOutcome
from labeler.errors import LabelerError
from labeler.labels.wording import share_text
from labeler.runs.record import Run
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.controls import push_button, quiet_label
from labeler.ui.kit.cures import as_line
from labeler.ui.kit.processes import Tool
from labeler.ui.kit.side_panel import Trouble
from labeler.ui.training.outcome.confusion import ConfusionMatrix
from labeler.ui.training.outcome.episode_table import EpisodeTable
from labeler.ui.training.outcome.mistakes import MistakeStrip
from labeler.ui.training.outcome.record_next import RecordNextList
from labeler.ui.training.outcome.rule_grid import RuleGrid
from labeler.ui.training.outcome.threshold_curves import ThresholdCurves
from labeler.ui.training.suggestions.suggesting import Suggesting

_FIGURES, _LEAST_FIGURES = 275, 230  # pixels
_SIZES = (_FIGURES, 330, 330)  # pixels of the columns
_THREE_COLUMNS = 1030  # pixels of width that they need beside each other, all tabs in sight
_NO_THRESHOLD = "The threshold is in the report, which cannot be read"
_Written = tuple[Path, int, int]
"""A file, the time of its last change in nanoseconds, and its bytes."""


class ResultsView(QWidget):
    """Shows the report of one run; `place` gives where its classifier predicts."""

    watch_wanted = Signal(object)
    """Run: its classifier is to be watched."""

    def __init__(self, desk: Desk, curves: ThresholdCurves, place: Callable[[], str]) -> None:
        super().__init__()
        self._desk = desk
        self._run: Run | None = None
        self._shown: _Written | None = None
        self.report: RunReport | None = None
        self.trouble = Trouble()
        self.tool = Tool(self)
        self._suggesting = Suggesting(desk, self.tool, place)
        self.headline = QLabel()
        self.headline.setWordWrap(True)
        self.headline.setProperty("strong", True)
        self.warnings = quiet_label()
        self.warnings.setProperty("warning", True)
        self.figures = quiet_label()
        self.decision = quiet_label()
        self.confusion = ConfusionMatrix()
        self.curves = curves
        self.columns = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        self.tabs = QTabWidget()
        self.episodes = EpisodeTable()
        self.mistakes = MistakeStrip(desk)
        self.record_next = RecordNextList()
        self.rules = RuleGrid()
        self.use_button = push_button("Use as suggestions", primary=True)
        self.watch_button = push_button("Watch…")
        self.watch_button.setToolTip("See it predict an episode, a video or a camera")
        self.export_button = self._export_button()
        self.copy_button = push_button("Copy HIL-SERL config")
        self.folder_button = push_button("Open folder")
        self._bind()
        self._place()

    def show_run(self, run: Run) -> None:
        """Show the report of a run as it is now on the disk.

        Where it cannot be read, why stands in the place of everything that a report says.
        """
        self._run, written = run, _written(run.report)
        if self.report is None or written != self._shown:
            self._shown = written
            self._read(run)
        self._show_headline(run)

    def _read(self, run: Run) -> None:
        try:
            self.report = read_report(run.report)
        except LabelerError as error:
            self.report = None
            self.trouble.explain(error)
        else:
            self.trouble.clear()
            self._fill(self.report)
        readable = self.report is not None
        self.columns.setVisible(readable)
        self.use_button.setEnabled(readable)
        self.use_button.setToolTip("" if readable else _NO_THRESHOLD)

    def _fill(self, report: RunReport) -> None:
        self.warnings.setText("\n".join(report.warnings))
        self.warnings.setVisible(bool(report.warnings))
        self.decision.setText("\n\n".join(_decision(report)))
        self.episodes.show_episodes(report.episodes)
        self.mistakes.show_mistakes(report.mistakes)
        self.record_next.show_groups(report.record_next)
        self.rules.show_report(report)
        self.curves.show_report(report)

    def _show_headline(self, run: Run) -> None:
        """What the report says first, after the name that the run was given."""
        if self.report is not None:
            name = f"{run.record.name}: " if run.record.name else ""
            self.headline.setText(f"{name}{self.report.headline}")

    def close_workers(self) -> None:
        """End what is at work."""
        self.tool.close()
        self.mistakes.close_images()

    def export(self, folder: Path, release: ReleaseName) -> None:
        """Write the checkpoint for a release of LeRobot, in the background."""
        if self._run is None or self.tool.running:
            return
        self._desk.say("Writing the checkpoint…")
        arguments = ["export", str(self._run.checkpoint), f"--out={folder}"]
        self.tool.start(
            [*arguments, f"--export-for={release}"],
            lambda failure: self._desk.say(
                as_line(failure) if failure else f"The checkpoint is written to {folder}."
            ),
        )

    def use(self) -> None:
        """Use the run's probabilities as suggestions, with the threshold as it was dragged."""
        if self._run is not None and self.report is not None:
            try:
                self._suggesting.use(self._run, self.curves.threshold)
            except LabelerError as error:
                self._desk.say(as_line(error))

    def copy(self) -> None:
        """Put the HIL-SERL block of the checkpoint's card on the clipboard."""
        if self._run is None:
            return
        try:
            text = read_hil_serl_config(self._run.checkpoint / CARD)
        except LabelerError as error:
            self._desk.say(as_line(error))
            return
        QGuiApplication.clipboard().setText(text)
        self._desk.say("The lines for the HIL-SERL configuration are on the clipboard.")

    def _show_threshold(self, threshold: float) -> None:
        if self.report is None:
            return
        counts = self.report.confusion_at(threshold)
        chosen = threshold == self.report.threshold.threshold
        why = (
            self.report.threshold.sentence
            if chosen
            else "Chosen by hand; the checkpoint keeps its own threshold."
        )
        self.figures.setText(
            f"{self.report.basis.replace('_', '-').capitalize()} frames at threshold "
            f"{threshold:.3g}: accuracy "
            f"{share_text(counts.accuracy)}, precision {_share(counts.precision)}, recall "
            f"{_share(counts.recall)}. {why}"
        )
        self.confusion.show_counts(counts)

    def _open(self, episode: int, frame: int | None = None) -> None:
        self._desk.show_episode(episode, frame)

    def _choose_folder(self, release: ReleaseName) -> None:
        name = f"{self._desk.session.dataset.name}-classifier-{release}"
        chosen, _ = QFileDialog.getSaveFileName(self, "Folder for the checkpoint", name)
        if chosen:
            self.export(Path(chosen), release)

    def _open_folder(self) -> None:
        if self._run is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._run.output)))

    def _bind(self) -> None:
        self.curves.moved.connect(self._show_threshold)
        self.episodes.opened.connect(self._open)
        self.mistakes.opened.connect(self._open)
        self.record_next.opened.connect(self._open)
        self.rules.opened.connect(self._open)
        self.use_button.clicked.connect(self.use)
        self.watch_button.clicked.connect(lambda: self.watch_wanted.emit(self._run))
        self.copy_button.clicked.connect(self.copy)
        self.folder_button.clicked.connect(self._open_folder)

    def _export_button(self) -> QToolButton:
        button = QToolButton()
        button.setText("Export checkpoint for ▾")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        for release in RELEASES:
            menu.addAction(f"{release.title}…", partial(self._choose_folder, release.name))
        button.setMenu(menu)
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where three columns have no room, the curves are a tab beside the lists."""
        super().resizeEvent(event)
        narrow = self.width() < _THREE_COLUMNS
        at = self.tabs.indexOf(self.curves)
        if narrow and at < 0:
            self.tabs.insertTab(0, self.curves, "Curves")
            self.columns.setSizes([_LEAST_FIGURES, self.width() - _LEAST_FIGURES])
        elif not narrow and at >= 0:
            self.tabs.removeTab(at)
            self.columns.insertWidget(1, self.curves)
            self.curves.show()
            self.columns.setSizes(_SIZES)

    def _place(self) -> None:
        splitter = self.columns
        splitter.addWidget(self._figures_column())
        splitter.addWidget(self.curves)
        tabs = self.tabs
        tabs.setDocumentMode(True)
        tabs.setUsesScrollButtons(False)
        tabs.setElideMode(Qt.TextElideMode.ElideRight)
        tabs.addTab(self.mistakes, "Worst mistakes")
        tabs.addTab(self.episodes, "Episodes")
        tabs.addTab(self.record_next, "Record next")
        rules = QScrollArea(widgetResizable=True)
        rules.setFrameShape(QScrollArea.Shape.NoFrame)
        rules.setWidget(self.rules)
        tabs.addTab(rules, "Threshold × hold")
        for number in range(tabs.count()):
            tabs.setTabToolTip(number, tabs.tabText(number))  # for a name that has no room
        splitter.addWidget(tabs)
        splitter.setSizes(_SIZES)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(6)
        layout.addWidget(self.trouble, 1, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(splitter, 1)
        line = QHBoxLayout()
        for button in (
            self.use_button, self.watch_button, self.export_button, self.copy_button,
            self.folder_button,
        ):  # fmt: skip
            line.addWidget(button)
        line.addStretch(1)
        layout.addLayout(line)

    def _figures_column(self) -> QWidget:
        column = QFrame()
        column.setProperty("panel", True)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 6, 0)
        layout.setSpacing(6)
        for part in (self.headline, self.confusion, self.figures, self.decision, self.warnings):
            layout.addWidget(part)
        layout.addStretch(1)
        area = QScrollArea(widgetResizable=True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(column)
        area.setMinimumWidth(_LEAST_FIGURES)
        return area


def _written(path: Path) -> _Written | None:
    """Which state of a file this is; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return path, found.st_mtime_ns, found.st_size


def _decision(report: RunReport) -> list[str]:
    """The decision rule with what it does to episodes, and gates that would improve it."""
    if (rule := report.rule) is None:
        return []
    figures = rule.figures.sentences or (_counts(rule.figures),)
    told = ["\n".join([f"Decision rule: {rule.text}.", *figures])]
    told += [f"A gate would help: {one.gate} ({one.sentence})." for one in report.gates]
    if report.gates:
        told.append("To take one, add it to train.gates in the settings and train again.")
    return told


def _counts(found: RuleOutcome) -> str:
    """What the report of an older version says of episodes, without intervals."""
    never, early, missed = found.false_never, found.false_early, found.missed
    late = found.delay_seconds.median
    false = f"{never.count} of {never.of}" if never.of else "unknown, since there are none,"
    delay = "" if late is None else f", median delay {late:.2f} s"
    return (
        f"Falsely successful: {false} without success, {early.count} of {early.of} too early; "
        f"missed {missed.count} of {missed.of}{delay}."
    )


def _share(value: float | None) -> str:
    return "undefined" if value is None else share_text(value)
