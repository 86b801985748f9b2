"""Every command of the window with its text, its keys and what it does: add one here.

The class of a command says what has to be there: nothing, the page of what is open, one recording
that is open by itself, or a suggestion.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from labeler.labels import EpisodeLabel
from labeler.ui.commands.reach import OneRecording, Page, WindowReach


@dataclass(frozen=True, slots=True)
class _Described:
    """One thing that can be asked for.

    keys: default key sequences as Qt writes them; repeat: whether a key held down repeats it;
    checkable: whether it is on or off
    """

    id: str
    text: str
    group: str
    keys: tuple[str, ...] = ()
    repeat: bool = False
    checkable: bool = False


@dataclass(frozen=True, slots=True)
class Command(_Described):
    """Of use at any time."""

    run: Callable[[WindowReach], object] = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class PageCommand(_Described):
    """Needs an open recording, or several, whose page is seen."""

    run: Callable[[Page], object] = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class SingleCommand(_Described):
    """Needs a recording that is open by itself; of several, the page says so."""

    run: Callable[[OneRecording], object] = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class SuggestionCommand(_Described):
    """Needs a suggestion for the episode shown; without one, the page says so."""

    run: Callable[[Page, EpisodeLabel], object] = field(kw_only=True)


AnyCommand = Command | PageCommand | SingleCommand | SuggestionCommand

_FILE, LABEL, _MOVE, _PLAY, _TRAIN, _VIEW = "File", "Label", "Go", "Play", "Train", "View"
# fmt: off
COMMANDS: tuple[AnyCommand, ...] = (
    Command("file.open", "Open recording…", _FILE, ("Ctrl+O",),
        run=lambda window: window.choose_recording()),
    Command("file.open_collection", "Open collection…", _FILE,
        run=lambda window: window.choose_collection()),
    Command("file.open_labels", "Open label file…", _FILE,
        run=lambda window: window.choose_labels()),
    Command("file.start", "Start page", _FILE, ("Ctrl+Home",),
        run=lambda window: window.show_start()),
    PageCommand("file.import", "Import labels…", _FILE, ("Ctrl+I",),
        run=lambda page: page.panels.choose_import()),
    PageCommand("file.export", "Export labels…", _FILE, ("Ctrl+E",),
        run=lambda page: page.panels.show_export()),
    SingleCommand("file.compare", "Compare with labels…", _FILE,
        run=lambda recording: recording.choose_comparison()),
    SingleCommand("file.scores", "Open probabilities…", _FILE,
        run=lambda recording: recording.choose_probabilities()),
    PageCommand("file.write", "Write labels…", _FILE, ("Ctrl+Shift+S",),
        run=lambda page: page.panels.writing.open()),
    PageCommand("file.update", "Update copy", _FILE, ("Ctrl+S",),
        run=lambda page: page.panels.writing.update()),
    SingleCommand("file.hub", "Compare with the Hub…", _FILE,
        run=lambda recording: recording.show_hub()),
    Command("file.settings", "Settings", _FILE, ("Ctrl+,",),
        run=lambda window: window.show_settings()),
    Command("file.quit", "Quit", _FILE, ("Ctrl+Q",), run=lambda window: window.close()),
    PageCommand("label.success", "Success from here, next", LABEL, ("S",),
        run=lambda page: page.deciding.success()),
    PageCommand("label.success_stay", "Success from here, stay", LABEL, ("Shift+S",),
        run=lambda page: page.deciding.success(stay=True)),
    PageCommand("label.never", "Never succeeds, next", LABEL, ("X",),
        run=lambda page: page.deciding.never()),
    PageCommand("label.never_stay", "Never succeeds, stay", LABEL, ("Shift+X",),
        run=lambda page: page.deciding.never(stay=True)),
    SuggestionCommand("label.accept", "Accept suggestion, next", LABEL, ("Return", "Enter"),
        run=lambda page, suggestion: page.deciding.accept(suggestion)),
    SuggestionCommand("label.accept_stay", "Accept suggestion, stay", LABEL, ("Shift+Return",),
        run=lambda page, suggestion: page.deciding.accept(suggestion, stay=True)),
    PageCommand("label.skip", "Skip for now", LABEL, ("D",),
        run=lambda page: page.deciding.skip()),
    PageCommand("label.range", "Start or end of a success range", LABEL, ("R",),
        run=lambda page: page.deciding.mark_range()),
    PageCommand("label.exclude", "Exclude frames…", LABEL, ("E",),
        run=lambda page: page.excluding.ask()),
    PageCommand("label.exclude_head", "Exclude everything before here", LABEL,
        run=lambda page: page.excluding.head()),
    PageCommand("label.exclude_tail", "Exclude from here to the end", LABEL,
        run=lambda page: page.excluding.tail()),
    PageCommand("label.exclude_range", "Exclude from the mark to here", LABEL,
        run=lambda page: page.excluding.mark_or_exclude()),
    PageCommand("label.include", "Include all frames again", LABEL,
        run=lambda page: page.deciding.include_all()),
    PageCommand("label.flag", "Flag", LABEL, ("F",), run=lambda page: page.deciding.toggle_flag()),
    PageCommand("label.note", "Note", LABEL, ("N",), run=lambda page: page.write_note()),
    PageCommand("label.clear", "Clear label", LABEL, ("Backspace",),
        run=lambda page: page.deciding.clear()),
    PageCommand("label.nudge_back", "Move edge one frame back", LABEL, ("Alt+Left",), repeat=True,
        run=lambda page: page.deciding.nudge(-1)),
    PageCommand("label.nudge_on", "Move edge one frame forward", LABEL, ("Alt+Right",),
        repeat=True, run=lambda page: page.deciding.nudge(1)),
    PageCommand("edit.undo", "Undo", LABEL, ("Ctrl+Z",), repeat=True,
        run=lambda page: page.deciding.undo()),
    PageCommand("edit.redo", "Redo", LABEL, ("Ctrl+Shift+Z", "Ctrl+Y"), repeat=True,
        run=lambda page: page.deciding.redo()),
    PageCommand("go.next_frame", "Next frame", _MOVE, ("Right", "."), repeat=True,
        run=lambda page: page.step(1)),
    PageCommand("go.previous_frame", "Previous frame", _MOVE, ("Left", ","), repeat=True,
        run=lambda page: page.step(-1)),
    PageCommand("go.on_10", "10 frames forward", _MOVE, ("Shift+Right",), repeat=True,
        run=lambda page: page.desk.playhead.step(10)),
    PageCommand("go.back_10", "10 frames back", _MOVE, ("Shift+Left",), repeat=True,
        run=lambda page: page.desk.playhead.step(-10)),
    PageCommand("go.on_second", "1 second forward", _MOVE, ("Ctrl+Right",), repeat=True,
        run=lambda page: page.moving.seconds(1)),
    PageCommand("go.back_second", "1 second back", _MOVE, ("Ctrl+Left",), repeat=True,
        run=lambda page: page.moving.seconds(-1)),
    PageCommand("go.first", "First frame", _MOVE, ("Home",),
        run=lambda page: page.moving.to_start()),
    PageCommand("go.last", "Last frame", _MOVE, ("End",), run=lambda page: page.moving.to_end()),
    PageCommand("go.next_episode", "Next episode", _MOVE, ("Down",), repeat=True,
        run=lambda page: page.moving.episode(1)),
    PageCommand("go.previous_episode", "Previous episode", _MOVE, ("Up",), repeat=True,
        run=lambda page: page.moving.episode(-1)),
    PageCommand("go.next_undecided", "Next episode without a decision", _MOVE, ("U",),
        run=lambda page: page.moving.next_undecided()),
    PageCommand("review.next", "Next label to look at", _MOVE, ("Shift+U",),
        run=lambda page: page.desk.review.next()),
    PageCommand("go.edge", "Edge of the label", _MOVE, ("[",),
        run=lambda page: page.moving.to_edge()),
    PageCommand("go.suggestion", "Suggestion", _MOVE, ("]",),
        run=lambda page: page.moving.to_suggestion()),
    PageCommand("go.to", "Go to frame or episode…", _MOVE, ("G",),
        run=lambda page: page.ask_place()),
    PageCommand("play.toggle", "Play or pause", _PLAY, ("Space",),
        run=lambda page: page.desk.playhead.toggle()),
    PageCommand("play.slower", "Slower, then backwards", _PLAY, ("J",),
        run=lambda page: page.desk.playhead.shuttle(-1)),
    PageCommand("play.pause", "Pause", _PLAY, ("K",), run=lambda page: page.desk.playhead.pause()),
    PageCommand("play.faster", "Faster", _PLAY, ("L",),
        run=lambda page: page.desk.playhead.shuttle(1)),
    PageCommand("play.loop", "Loop around the edge", _PLAY, ("B",),
        run=lambda page: page.moving.loop()),
    Command("play.every_frame", "Play every frame, not in real time", _PLAY, checkable=True,
        run=lambda window: window.toggle_every_frame()),
    PageCommand("train.new", "Train classifier…", _TRAIN,
        run=lambda page: page.training.new_training()),
    PageCommand("train.show", "Training panel", _TRAIN, ("Ctrl+Shift+T",),
        run=lambda page: page.training.toggle()),
    SingleCommand("train.watch", "Watch a classifier…", _TRAIN,
        run=lambda recording: recording.show_watch()),
    Command("train.continuous", "Refresh suggestions while labelling", _TRAIN, checkable=True,
        run=lambda window: window.toggle_continuous()),
    PageCommand("view.sheet", "Contact sheet around the edge", _VIEW, ("C",),
        run=lambda page: page.sheet.toggle()),
    PageCommand("view.camera", "Next camera large", _VIEW, ("V",),
        run=lambda page: page.moving.camera()),
    PageCommand("view.side_by_side", "Cameras side by side", _VIEW, ("Shift+V",),
        run=lambda page: page.moving.side_by_side()),
    SingleCommand("view.crop", "Crop…", _VIEW, run=lambda recording: recording.show_crop()),
    PageCommand("view.zoom_in", "Zoom timeline in", _VIEW, ("+", "="), repeat=True,
        run=lambda page: page.timeline.zoom(1.5)),
    PageCommand("view.zoom_out", "Zoom timeline out", _VIEW, ("-",), repeat=True,
        run=lambda page: page.timeline.zoom(1 / 1.5)),
    PageCommand("view.zoom_all", "Whole episode on the timeline", _VIEW, ("0",),
        run=lambda page: page.timeline.zoom(0)),
    PageCommand("view.fit", "Whole image", _VIEW, ("Ctrl+0",), run=lambda page: page.stage.fit()),
    PageCommand("review.balance", "Balance of a collection", _VIEW,
        run=lambda page: page.panels.show_balance()),
    PageCommand("review.statistics", "Statistics: speed and agreement", _VIEW,
        run=lambda page: page.panels.show_statistics()),
    PageCommand("view.suggestions", "Show suggestions", _VIEW,
        run=lambda page: page.panels.probabilities.toggle()),
    Command("view.theme", "Dark or light", _VIEW, ("Ctrl+T",),
        run=lambda window: window.toggle_theme()),
    Command("view.palette", "Command palette", _VIEW, ("Ctrl+K",),
        run=lambda window: window.show_palette()),
    Command("view.keys", "Keys", _VIEW, ("?", "F1"), run=lambda window: window.show_keys()),
)
# fmt: on
BY_ID = {command.id: command for command in COMMANDS}
GROUPS = tuple(dict.fromkeys(command.group for command in COMMANDS))
