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


def _commands() -> tuple[Command, ...]:
    file, label, move, play, train, view = "File", "Label", "Go", "Play", "Train", "View"
    return (
        Command("file.open", "Open recording…", file, ("Ctrl+O",)),
        Command("file.open_labels", "Open label file…", file),
        Command("file.start", "Start page", file, ("Ctrl+Home",)),
        Command("file.import", "Import labels…", file, ("Ctrl+I",)),
        Command("file.export", "Export labels…", file, ("Ctrl+E",)),
        Command("file.scores", "Open probabilities…", file),
        Command("file.write", "Write labels…", file, ("Ctrl+Shift+S",)),
        Command("file.update", "Update copy", file, ("Ctrl+S",)),
        Command("file.settings", "Settings", file, ("Ctrl+,",)),
        Command("file.quit", "Quit", file, ("Ctrl+Q",)),
        Command("label.success", "Success from here, next", label, ("S",)),
        Command("label.success_stay", "Success from here, stay", label, ("Shift+S",)),
        Command("label.never", "Never succeeds, next", label, ("X",)),
        Command("label.never_stay", "Never succeeds, stay", label, ("Shift+X",)),
        Command("label.accept", "Accept suggestion, next", label, ("Return", "Enter")),
        Command("label.accept_stay", "Accept suggestion, stay", label, ("Shift+Return",)),
        Command("label.skip", "Skip for now", label, ("D",)),
        Command("label.range", "Start or end of a success range", label, ("R",)),
        Command("label.exclude", "Exclude frames…", label, ("E",)),
        Command("label.exclude_head", "Exclude everything before here", label),
        Command("label.exclude_tail", "Exclude from here to the end", label),
        Command("label.exclude_range", "Exclude from the mark to here", label),
        Command("label.include", "Include all frames again", label),
        Command("label.flag", "Flag", label, ("F",)),
        Command("label.note", "Note", label, ("N",)),
        Command("label.clear", "Clear label", label, ("Backspace",)),
        Command("label.nudge_back", "Move edge one frame back", label, ("Alt+Left",), True),
        Command("label.nudge_on", "Move edge one frame on", label, ("Alt+Right",), True),
        Command("edit.undo", "Undo", label, ("Ctrl+Z",), True),
        Command("edit.redo", "Redo", label, ("Ctrl+Shift+Z", "Ctrl+Y"), True),
        Command("go.next_frame", "Next frame", move, ("Right", "."), True),
        Command("go.previous_frame", "Previous frame", move, ("Left", ","), True),
        Command("go.on_10", "10 frames on", move, ("Shift+Right",), True),
        Command("go.back_10", "10 frames back", move, ("Shift+Left",), True),
        Command("go.on_second", "1 second on", move, ("Ctrl+Right",), True),
        Command("go.back_second", "1 second back", move, ("Ctrl+Left",), True),
        Command("go.first", "First frame", move, ("Home",)),
        Command("go.last", "Last frame", move, ("End",)),
        Command("go.next_episode", "Next episode", move, ("Down",), True),
        Command("go.previous_episode", "Previous episode", move, ("Up",), True),
        Command("go.next_undecided", "Next episode without a decision", move, ("U",)),
        Command("review.next", "Next label to look at", move, ("Shift+U",)),
        Command("go.edge", "Edge of the label", move, ("[",)),
        Command("go.suggestion", "Suggestion", move, ("]",)),
        Command("go.to", "Go to frame or episode…", move, ("G",)),
        Command("play.toggle", "Play or pause", play, ("Space",)),
        Command("play.slower", "Slower, then backwards", play, ("J",)),
        Command("play.pause", "Pause", play, ("K",)),
        Command("play.faster", "Faster", play, ("L",)),
        Command("play.loop", "Loop around the edge", play, ("B",)),
        Command("play.every_frame", "Play every frame, not true time", play, checkable=True),
        Command("train.new", "Train classifier…", train),
        Command("train.show", "Training panel", train, ("Ctrl+Shift+T",)),
        Command("view.sheet", "Contact sheet around the edge", view, ("C",)),
        Command("view.camera", "Next camera large", view, ("V",)),
        Command("view.side_by_side", "Cameras side by side", view, ("Shift+V",)),
        Command("view.crop", "Crop overlay…", view),
        Command("view.zoom_in", "Zoom timeline in", view, ("+", "="), True),
        Command("view.zoom_out", "Zoom timeline out", view, ("-",), True),
        Command("view.zoom_all", "Whole episode on the timeline", view, ("0",)),
        Command("view.fit", "Whole picture", view, ("Ctrl+0",)),
        Command("review.statistics", "Speed and agreement", view),
        Command("view.suggestions", "Show suggestions", view),
        Command("view.theme", "Dark or light", view, ("Ctrl+T",)),
        Command("view.palette", "Command palette", view, ("Ctrl+K",)),
        Command("view.keys", "Keys", view, ("?", "F1")),
    )


COMMANDS = _commands()
BY_ID = {command.id: command for command in COMMANDS}
GROUPS = tuple(dict.fromkeys(command.group for command in COMMANDS))
