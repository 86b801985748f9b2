"""Every command of the window with its text and its keys; menus and the palette list these."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
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


_FILE, _LABEL, _MOVE, _PLAY, _TRAIN, _VIEW = "File", "Label", "Go", "Play", "Train", "View"
COMMANDS = (
    Command("file.open", "Open recording…", _FILE, ("Ctrl+O",)),
    Command("file.open_collection", "Open collection…", _FILE),
    Command("file.open_labels", "Open label file…", _FILE),
    Command("file.start", "Start page", _FILE, ("Ctrl+Home",)),
    Command("file.import", "Import labels…", _FILE, ("Ctrl+I",)),
    Command("file.export", "Export labels…", _FILE, ("Ctrl+E",)),
    Command("file.compare", "Compare with labels…", _FILE),
    Command("file.scores", "Open probabilities…", _FILE),
    Command("file.write", "Write labels…", _FILE, ("Ctrl+Shift+S",)),
    Command("file.update", "Update copy", _FILE, ("Ctrl+S",)),
    Command("file.hub", "Compare with the Hub…", _FILE),
    Command("file.settings", "Settings", _FILE, ("Ctrl+,",)),
    Command("file.quit", "Quit", _FILE, ("Ctrl+Q",)),
    Command("label.success", "Success from here, next", _LABEL, ("S",)),
    Command("label.success_stay", "Success from here, stay", _LABEL, ("Shift+S",)),
    Command("label.never", "Never succeeds, next", _LABEL, ("X",)),
    Command("label.never_stay", "Never succeeds, stay", _LABEL, ("Shift+X",)),
    Command("label.accept", "Accept suggestion, next", _LABEL, ("Return", "Enter")),
    Command("label.accept_stay", "Accept suggestion, stay", _LABEL, ("Shift+Return",)),
    Command("label.skip", "Skip for now", _LABEL, ("D",)),
    Command("label.range", "Start or end of a success range", _LABEL, ("R",)),
    Command("label.exclude", "Exclude frames…", _LABEL, ("E",)),
    Command("label.exclude_head", "Exclude everything before here", _LABEL),
    Command("label.exclude_tail", "Exclude from here to the end", _LABEL),
    Command("label.exclude_range", "Exclude from the mark to here", _LABEL),
    Command("label.include", "Include all frames again", _LABEL),
    Command("label.flag", "Flag", _LABEL, ("F",)),
    Command("label.note", "Note", _LABEL, ("N",)),
    Command("label.clear", "Clear label", _LABEL, ("Backspace",)),
    Command("label.nudge_back", "Move edge one frame back", _LABEL, ("Alt+Left",), True),
    Command("label.nudge_on", "Move edge one frame on", _LABEL, ("Alt+Right",), True),
    Command("edit.undo", "Undo", _LABEL, ("Ctrl+Z",), True),
    Command("edit.redo", "Redo", _LABEL, ("Ctrl+Shift+Z", "Ctrl+Y"), True),
    Command("go.next_frame", "Next frame", _MOVE, ("Right", "."), True),
    Command("go.previous_frame", "Previous frame", _MOVE, ("Left", ","), True),
    Command("go.on_10", "10 frames on", _MOVE, ("Shift+Right",), True),
    Command("go.back_10", "10 frames back", _MOVE, ("Shift+Left",), True),
    Command("go.on_second", "1 second on", _MOVE, ("Ctrl+Right",), True),
    Command("go.back_second", "1 second back", _MOVE, ("Ctrl+Left",), True),
    Command("go.first", "First frame", _MOVE, ("Home",)),
    Command("go.last", "Last frame", _MOVE, ("End",)),
    Command("go.next_episode", "Next episode", _MOVE, ("Down",), True),
    Command("go.previous_episode", "Previous episode", _MOVE, ("Up",), True),
    Command("go.next_undecided", "Next episode without a decision", _MOVE, ("U",)),
    Command("review.next", "Next label to look at", _MOVE, ("Shift+U",)),
    Command("go.edge", "Edge of the label", _MOVE, ("[",)),
    Command("go.suggestion", "Suggestion", _MOVE, ("]",)),
    Command("go.to", "Go to frame or episode…", _MOVE, ("G",)),
    Command("play.toggle", "Play or pause", _PLAY, ("Space",)),
    Command("play.slower", "Slower, then backwards", _PLAY, ("J",)),
    Command("play.pause", "Pause", _PLAY, ("K",)),
    Command("play.faster", "Faster", _PLAY, ("L",)),
    Command("play.loop", "Loop around the edge", _PLAY, ("B",)),
    Command("play.every_frame", "Play every frame, not true time", _PLAY, checkable=True),
    Command("train.new", "Train classifier…", _TRAIN),
    Command("train.show", "Training panel", _TRAIN, ("Ctrl+Shift+T",)),
    Command("train.watch", "Watch a classifier…", _TRAIN),
    Command("train.continuous", "Refresh suggestions while labelling", _TRAIN, checkable=True),
    Command("view.sheet", "Contact sheet around the edge", _VIEW, ("C",)),
    Command("view.camera", "Next camera large", _VIEW, ("V",)),
    Command("view.side_by_side", "Cameras side by side", _VIEW, ("Shift+V",)),
    Command("view.crop", "Crop…", _VIEW),
    Command("view.zoom_in", "Zoom timeline in", _VIEW, ("+", "="), True),
    Command("view.zoom_out", "Zoom timeline out", _VIEW, ("-",), True),
    Command("view.zoom_all", "Whole episode on the timeline", _VIEW, ("0",)),
    Command("view.fit", "Whole image", _VIEW, ("Ctrl+0",)),
    Command("review.balance", "Balance of a collection", _VIEW),
    Command("review.statistics", "Statistics: speed and agreement", _VIEW),
    Command("view.suggestions", "Show suggestions", _VIEW),
    Command("view.theme", "Dark or light", _VIEW, ("Ctrl+T",)),
    Command("view.palette", "Command palette", _VIEW, ("Ctrl+K",)),
    Command("view.keys", "Keys", _VIEW, ("?", "F1")),
)
BY_ID = {command.id: command for command in COMMANDS}
GROUPS = tuple(dict.fromkeys(command.group for command in COMMANDS))
