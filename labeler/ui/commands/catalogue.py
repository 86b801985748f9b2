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

    group: the menu that has it, see `labeler.ui.commands.menus`
    keys: default key sequences as Qt writes them; repeat: whether a key held down repeats it;
    checkable: whether it is on or off; panel: whether it opens a panel beside or below the images,
    which takes the focus where a key asked for it
    words: other words by which the palette finds it
    """

    id: str
    text: str
    group: str
    keys: tuple[str, ...] = ()
    repeat: bool = False
    checkable: bool = False
    panel: bool = False
    words: str = ""


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

_FILE, EDIT, LABEL, _MOVE, _PLAY = "File", "Edit", "Label", "Go", "Play"
_TRAIN, _VIEW, _HELP = "Train", "View", "Help"
# fmt: off
COMMANDS: tuple[AnyCommand, ...] = (
    Command("file.open", "Open recording…", _FILE, ("Ctrl+O",),
        words="dataset folder lerobot",
        run=lambda window: window.start.choose_folder()),
    Command("file.open_collection", "Open collection…", _FILE,
        words="several recordings datasets together",
        run=lambda window: window.start.choose_collection()),
    Command("file.open_labels", "Open label file…", _FILE,
        words="json csv annotations",
        run=lambda window: window.start.choose_labels()),
    Command("file.start", "Start page", _FILE, ("Ctrl+Home",),
        words="close recording home recent",
        run=lambda window: window.show_start()),
    PageCommand("file.import", "Import labels…", _FILE, ("Ctrl+I",), panel=True,
        words="json csv jsonl tsv cutoff annotations load",
        run=lambda page: page.panels.choose_import()),
    PageCommand("file.column", "Labels from a column…", _FILE, panel=True,
        words="next.reward next.success is_success outcome threshold import rewards",
        run=lambda page: page.panels.show_columns()),
    PageCommand("file.export", "Export labels…", _FILE, ("Ctrl+E",), panel=True,
        words="json csv jsonl tsv cutoff annotations save",
        run=lambda page: page.panels.show_export()),
    PageCommand("file.show_labels", "Show label file", _FILE, words="json open folder path",
        run=lambda page: page.panels.show_label_file()),
    PageCommand("file.inspect", "Dataset statistics", _FILE, panel=True,
        words="inspect columns cameras size tasks damage",
        run=lambda page: page.panels.show_inspection()),
    SingleCommand("file.compare", "Compare with labels…", _FILE, panel=True,
        words="agreement operators annotators diff",
        run=lambda recording: recording.choose_comparison()),
    SingleCommand("file.scores", "Open probabilities…", _FILE, panel=True,
        words="parquet predictions scores classifier",
        run=lambda recording: recording.choose_probabilities()),
    PageCommand("file.write", "Write labels…", _FILE, ("Ctrl+Shift+S",), panel=True,
        words="reward next.reward copy save dataset parquet merge",
        run=lambda page: page.panels.writing.open()),
    PageCommand("file.update", "Update copy", _FILE, ("Ctrl+S",), panel=True,
        words="reward save write",
        run=lambda page: page.panels.writing.update()),
    SingleCommand("file.hub", "Compare with the Hub…", _FILE, panel=True,
        words="hugging face huggingface download upload",
        run=lambda recording: recording.show_hub()),
    Command("file.settings", "Settings", _FILE, ("Ctrl+,",),
        words="preferences options configuration",
        run=lambda window: window.show_settings()),
    Command("file.quit", "Quit", _FILE, ("Ctrl+Q",), words="exit close",
        run=lambda window: window.close()),
    PageCommand("edit.undo", "Undo", EDIT, ("Ctrl+Z",), repeat=True,
        run=lambda page: page.deciding.undo()),
    PageCommand("edit.redo", "Redo", EDIT, ("Ctrl+Shift+Z", "Ctrl+Y"), repeat=True,
        run=lambda page: page.deciding.redo()),
    PageCommand("label.success", "Success from here, next", LABEL, ("S",),
        words="cutoff reward positive mark",
        run=lambda page: page.deciding.success()),
    PageCommand("label.success_stay", "Success from here, stay", LABEL, ("Shift+S",),
        words="cutoff reward positive mark",
        run=lambda page: page.deciding.success(stay=True)),
    PageCommand("label.never", "Never succeeds, next", LABEL, ("X",),
        words="failure negative reward 0 fail",
        run=lambda page: page.deciding.never()),
    PageCommand("label.never_stay", "Never succeeds, stay", LABEL, ("Shift+X",),
        words="failure negative reward 0 fail",
        run=lambda page: page.deciding.never(stay=True)),
    SuggestionCommand("label.accept", "Accept suggestion, next", LABEL, ("Return", "Enter"),
        words="prediction confirm take",
        run=lambda page, suggestion: page.deciding.accept(suggestion)),
    SuggestionCommand("label.accept_stay", "Accept suggestion, stay", LABEL, ("Shift+Return",),
        run=lambda page, suggestion: page.deciding.accept(suggestion, stay=True)),
    PageCommand("label.skip", "Skip for now", LABEL, ("D",),
        words="defer later postpone",
        run=lambda page: page.deciding.skip()),
    PageCommand("label.range", "Start or end of a success range", LABEL, ("R",),
        words="interval segment several",
        run=lambda page: page.deciding.mark_range()),
    PageCommand("label.exclude", "Exclude frames…", LABEL, ("E",),
        words="trim cut ignore",
        run=lambda page: page.excluding.ask()),
    PageCommand("label.exclude_head", "Exclude everything before here", LABEL,
        words="trim cut ignore start",
        run=lambda page: page.excluding.head()),
    PageCommand("label.exclude_tail", "Exclude from here to the end", LABEL,
        words="trim cut ignore end",
        run=lambda page: page.excluding.tail()),
    PageCommand("label.exclude_range", "Exclude from the mark to here", LABEL,
        words="trim cut ignore",
        run=lambda page: page.excluding.mark_or_exclude()),
    PageCommand("label.include", "Include all frames again", LABEL,
        run=lambda page: page.deciding.include_all()),
    PageCommand("label.flag", "Flag", LABEL, ("F",), words="bad data occluded ambiguous bookmark",
        run=lambda page: page.deciding.toggle_flag()),
    PageCommand("label.note", "Note", LABEL, ("N",), words="comment text remark",
        run=lambda page: page.write_note()),
    PageCommand("label.clear", "Clear label", LABEL, ("Backspace",),
        words="delete remove reset unlabeled",
        run=lambda page: page.deciding.clear()),
    PageCommand("label.nudge_back", "Move edge one frame back", LABEL, ("Alt+Left",), repeat=True,
        words="cutoff adjust shift",
        run=lambda page: page.deciding.nudge(-1)),
    PageCommand("label.nudge_on", "Move edge one frame forward", LABEL, ("Alt+Right",),
        repeat=True, words="cutoff adjust shift", run=lambda page: page.deciding.nudge(1)),
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
        words="cutoff boundary",
        run=lambda page: page.moving.to_edge()),
    PageCommand("go.suggestion", "Suggestion", _MOVE, ("]",),
        run=lambda page: page.moving.to_suggestion()),
    PageCommand("go.to", "Go to frame or episode…", _MOVE, ("G",),
        words="jump seek number",
        run=lambda page: page.ask_place()),
    PageCommand("play.toggle", "Play or pause", _PLAY, ("Space",),
        run=lambda page: page.desk.playhead.toggle()),
    PageCommand("play.slower", "Slower, then backwards", _PLAY, ("J",),
        run=lambda page: page.desk.playhead.shuttle(-1)),
    PageCommand("play.pause", "Pause", _PLAY, ("K",), run=lambda page: page.desk.playhead.pause()),
    PageCommand("play.faster", "Faster", _PLAY, ("L",),
        run=lambda page: page.desk.playhead.shuttle(1)),
    PageCommand("play.loop", "Loop around the edge", _PLAY, ("B",),
        words="repeat",
        run=lambda page: page.moving.loop()),
    Command("play.every_frame", "Play every frame, not in real time", _PLAY, checkable=True,
        run=lambda window: window.toggle_every_frame()),
    PageCommand("train.new", "Train classifier…", _TRAIN, panel=True,
        words="fit model learn reward",
        run=lambda page: page.training.new_training()),
    PageCommand("train.show", "Training panel", _TRAIN, ("Ctrl+Shift+T",), panel=True,
        words="dock runs results",
        run=lambda page: page.training.toggle()),
    SingleCommand("train.stop", "Stop training", _TRAIN, words="cancel end halt interrupt",
        run=lambda recording: recording.stop_training()),
    SingleCommand("train.watch", "Watch a classifier…", _TRAIN, panel=True,
        words="live camera robot",
        run=lambda recording: recording.show_watch()),
    Command("train.continuous", "Refresh suggestions while labelling", _TRAIN, checkable=True,
        words="background automatic",
        run=lambda window: window.toggle_continuous()),
    PageCommand("view.sheet", "Contact sheet around the edge", _VIEW, ("C",),
        words="thumbnails grid",
        run=lambda page: page.sheet.toggle()),
    PageCommand("view.camera", "Next camera large", _VIEW, ("V",),
        run=lambda page: page.moving.camera()),
    PageCommand("view.side_by_side", "Cameras side by side", _VIEW, ("Shift+V",),
        run=lambda page: page.moving.side_by_side()),
    SingleCommand("view.crop", "Crop…", _VIEW, panel=True, words="roi region image size",
        run=lambda recording: recording.show_crop()),
    PageCommand("view.zoom_in", "Zoom timeline in", _VIEW, ("+", "="), repeat=True,
        run=lambda page: page.timeline.zoom(1.5)),
    PageCommand("view.zoom_out", "Zoom timeline out", _VIEW, ("-",), repeat=True,
        run=lambda page: page.timeline.zoom(1 / 1.5)),
    PageCommand("view.zoom_all", "Whole episode on the timeline", _VIEW, ("0",),
        run=lambda page: page.timeline.zoom(0)),
    PageCommand("view.fit", "Whole image", _VIEW, ("Ctrl+0",), words="zoom reset",
        run=lambda page: page.stage.fit()),
    PageCommand("review.balance", "Balance of a collection", _VIEW, panel=True,
        words="share success failure",
        run=lambda page: page.panels.show_balance()),
    PageCommand("review.statistics", "Statistics: speed and agreement", _VIEW, panel=True,
        words="speed agreement blind seconds",
        run=lambda page: page.panels.show_statistics()),
    PageCommand("view.suggestions", "Show suggestions", _VIEW,
        words="predictions probabilities hide",
        run=lambda page: page.panels.probabilities.toggle()),
    PageCommand("view.part", "Next part of the window", _VIEW, ("F6",),
        words="focus pane panel keyboard",
        run=lambda page: page.focus_next_part()),
    Command("view.theme", "Dark or light", _VIEW, ("Ctrl+T",),
        words="colours night",
        run=lambda window: window.toggle_theme()),
    Command("view.full_screen", "Full screen", _VIEW, ("F11",), checkable=True,
        words="maximise window", run=lambda window: window.toggle_full_screen()),
    Command("help.guide", "Guide", _HELP, ("F1",), words="manual documentation how to",
        run=lambda window: window.help.show_guide()),
    Command("view.keys", "Keys", _HELP, ("?",), words="shortcuts keyboard",
        run=lambda window: window.help.show_keys()),
    Command("view.palette", "Command palette", _HELP, ("Ctrl+K",), words="search find",
        run=lambda window: window.show_palette()),
    Command("help.report", "Report a problem…", _HELP, words="bug crash log error",
        run=lambda window: window.help.show_report()),
    Command("help.about", "About Labeler", _HELP, words="version licence environment",
        run=lambda window: window.help.show_about()),
)
# fmt: on
BY_ID = {command.id: command for command in COMMANDS}
GROUPS = tuple(dict.fromkeys(command.group for command in COMMANDS))
