"""The menu bar: every command has one place in it; lines separate what belongs together."""

from PySide6.QtWidgets import QMainWindow, QMenu

from labeler.ui.commands.actions import Actions
from labeler.ui.commands.catalogue import BY_ID
from labeler.ui.kit.command_action import CommandMenu

MENUS: dict[str, tuple[tuple[str, ...], ...]] = {
    "&File": (
        ("file.open", "file.open_collection", "file.open_labels", "file.start"),
        ("file.import", "file.column", "file.export", "file.show_labels", "file.inspect",
         "file.compare", "file.scores"),
        ("file.write", "file.update", "file.hub"),
        ("file.settings",),
        ("file.quit",),
    ),
    "&Edit": (("edit.undo", "edit.redo"),),
    "&Label": (
        ("label.success", "label.never", "label.accept", "label.skip"),
        ("label.success_stay", "label.never_stay", "label.accept_stay"),
        ("label.range", "label.nudge_back", "label.nudge_on", "label.clear"),
        ("label.exclude", "label.exclude_head", "label.exclude_tail", "label.exclude_range",
         "label.include"),
        ("label.flag", "label.note"),
    ),
    "&Go": (
        ("go.next_episode", "go.previous_episode", "go.next_undecided", "review.next"),
        ("go.next_frame", "go.previous_frame", "go.on_10", "go.back_10", "go.on_second",
         "go.back_second", "go.first", "go.last"),
        ("go.edge", "go.suggestion", "go.to"),
    ),
    "&Play": (
        ("play.toggle", "play.pause", "play.slower", "play.faster"),
        ("play.loop", "play.every_frame"),
    ),
    "&Train": (
        ("train.new", "train.stop", "train.show"),
        ("train.watch", "train.continuous"),
    ),
    "&View": (
        ("view.sheet", "view.suggestions", "review.statistics", "review.balance"),
        ("view.camera", "view.side_by_side", "view.crop", "view.fit"),
        ("view.zoom_in", "view.zoom_out", "view.zoom_all"),
        ("view.part", "view.theme", "view.full_screen"),
    ),
    "&Help": (
        ("help.guide", "view.keys", "view.palette"),
        ("help.report", "help.about"),
    ),
}  # fmt: skip
"""Title with its mnemonic -> sections of command ids."""


RECENT = "Open rece&nt"
"""A menu in the menu *File*, which keeps its letter."""


def fill_menus(window: QMainWindow, actions: Actions) -> dict[str, QMenu]:
    """Make the menus of a window; they come back by their titles."""
    made: dict[str, QMenu] = {}
    for title, sections in MENUS.items():
        menu = CommandMenu(title, window)
        menu.setToolTipsVisible(True)
        names = [name for section in sections for name in section]
        texts = with_mnemonics([BY_ID[name].text for name in names], _letter(RECENT))
        for section in sections:
            if not menu.isEmpty():
                menu.addSeparator()
            for name in section:
                action = actions[name]
                action.setText(texts.pop(0))
                menu.addAction(action)
        window.menuBar().addMenu(menu)
        made[title.replace("&", "")] = menu
    return made


def with_mnemonics(texts: list[str], kept: str = "") -> list[str]:
    """The texts of a menu, with `&` before a letter of each that no other has, nor is `kept`.

    The first letter of a word is preferred; once all letters of a text are taken, it has none.
    """
    taken = set(kept)
    return [_with_mnemonic(text, taken) for text in texts]


def _with_mnemonic(text: str, taken: set[str]) -> str:
    starts = [i for i, letter in enumerate(text) if i == 0 or text[i - 1] == " "]
    for place in (*starts, *range(len(text))):
        letter = text[place].lower()
        if letter.isalnum() and letter not in taken:
            taken.add(letter)
            return f"{text[:place]}&{text[place:]}"
    return text


def _letter(text: str) -> str:
    """The letter of a text that has a mnemonic."""
    return text[text.index("&") + 1]
