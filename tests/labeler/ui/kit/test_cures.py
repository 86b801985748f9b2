"""What would help, from an error in another program to a button of the window."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from labeler import cures
from labeler.contracts.complaints import errors_as_data
from labeler.cures import Advice, Cure
from labeler.runs.failure import Failure, complaint
from labeler.ui.exchange.counting import CountingQuestion
from labeler.ui.kit.cures import ACTIONS, Action, actions, words
from labeler.ui.kit.side_panel import Trouble
from labeler.ui.training.failed import FailureCard
from tests.labeler.ui.conftest import OpenWindow
from tests.test_cures import every_cure

PROGRAM = """
import sys
import {program} as program
from labeler.errors import HubError
from tests.test_cures import every_cure

def fail(number: int) -> None:
    raise HubError("Something happened.", every_cure()[number])

program.app.command("fail")(fail)
for number in range(len(every_cure())):
    try:
        program.app(["fail", str(number)], obj=None)
    except SystemExit as end:
        assert end.code == 8
    sys.stderr.write("next\\n")
"""
"""A command program with a command that fails in each way that there is."""


def handed_over(program: str) -> list[list[str]]:
    """What a program prints to stderr for each cure, in the order of `every_cure`."""
    with errors_as_data():
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM.format(program=program)],
            capture_output=True, text=True, check=True, cwd=Path(__file__).parents[4],
        )  # fmt: skip
    return [text.splitlines() for text in done.stderr.split("next\n")[:-1]]


def texts(widget: QWidget) -> list[str]:
    labels = [label.text() for label in widget.findChildren(QLabel)]
    buttons = [button.text() for button in widget.findChildren(QAbstractButton)]
    return [*labels, *buttons]


@pytest.mark.parametrize("program", ["labeler.cli.program", "classifier.cli.program"])
def test_the_window_words_every_cure_of_a_program_that_it_starts(program: str, qapp) -> None:
    printed = handed_over(program)
    assert len(printed) == len(every_cure())
    trouble = Trouble(dict.fromkeys(Action, lambda: None))
    for cure, lines in zip(every_cure(), printed, strict=True):
        assert complaint(lines) == Failure("Something happened.", (cure,), cure.setting)
        failure = complaint(lines)
        assert failure is not None
        trouble.explain(failure)
        assert trouble.cure.text().replace("\u200b", "") == words([cure])
        assert not [text for text in texts(trouble) if "--" in text]


def test_without_being_asked_a_program_prints_no_data(monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-P", "-m", "labeler", "check", "/nowhere"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode and "{" not in done.stderr
    with errors_as_data():
        told = subprocess.run(command, capture_output=True, text=True, check=False)
    event = json.loads(told.stderr.splitlines()[-1])
    assert event["event"] == "failed" and event["cures"]


def test_a_cure_of_a_newer_program_is_left_out() -> None:
    known = {"cure": "CheckRevision", "setting": ""}
    odd = [{"cure": "Dance"}, {"cure": "Advice", "words": 3}, 7, known]
    line = json.dumps({"version": 1, "event": "failed", "message": "No.", "cures": odd})
    assert complaint([line]) == Failure("No.", (cures.CheckRevision(),))


def test_a_cure_leads_to_an_action_or_can_only_be_told() -> None:
    for cure in every_cure():
        found = actions([cure])
        assert set(found) <= set(Action) and set(found.values()) <= {cure}
        assert (type(cure) in ACTIONS) <= bool(found)
    assert set(ACTIONS.values()) == set(Action), "an action that no cure asks for"
    assert actions([Advice("Use fewer.", setting="train.folds")]) == {
        Action.CHANGE_SETTING: Advice("Use fewer.", setting="train.folds")
    }


def troubles(window: QWidget) -> Iterator[Trouble]:
    yield from window.findChildren(Trouble)


def test_every_action_is_offered_somewhere_and_shown_where_it_is(
    open_window: OpenWindow, root: Path, qtbot: QtBot
) -> None:
    window = open_window(root)
    page = window.page
    assert page is not None and page.single is not None
    panels = page.panels
    shown = (
        panels.write_panel, panels.import_panel, panels.export_panel, panels.compare_panel,
        page.single.hub_panel, page.single.watch_panel, FailureCard(),
    )  # fmt: skip
    guard = page.inspector.guard
    offered = {one for one in Action if one.value == guard.elsewhere.text()}
    for panel in shown:
        if panel.findChildren(CountingQuestion):
            offered.add(CountingQuestion.action)
        for trouble in troubles(panel):
            offered |= set(trouble.offers)
            for cure in every_cure():
                _raise_in(trouble, cure)
    assert offered == set(Action)


def _raise_in(trouble: Trouble, cure: Cure) -> None:
    """Show a cure where a panel shows its errors: words, and the buttons of what it offers."""
    trouble.explain(Failure("Something happened.", (cure,), cure.setting))
    expected = set(actions([cure])) & set(trouble.offers)
    assert {one for one, button in trouble.buttons.items() if not button.isHidden()} == expected
    assert not [text for text in texts(trouble) if "--" in text]
    trouble.clear()


@pytest.mark.parametrize("planted", ["if 'crop' in str(error):", "if failure.hint == AGAIN:"])
def test_a_look_at_the_words_of_an_error_is_found(planted: str) -> None:
    assert looks(planted)


def test_the_window_never_looks_at_the_words_of_an_error() -> None:
    import labeler.ui

    folder = Path(labeler.ui.__file__).parent
    found = {
        str(path.relative_to(folder)): lines
        for path in folder.rglob("*.py")
        if path.name != "screen.py"  # where Qt itself fails to load: its errors have only words
        and (lines := [line for line in path.read_text().splitlines() if looks(line)])
    }
    assert found == {}


LOOKS: tuple[Callable[[str], bool], ...] = (
    lambda line: " in str(error" in line,
    lambda line: ".hint ==" in line or "in error.hint" in line,
    lambda line: ".message ==" in line or "in error.message" in line,
    lambda line: "in as_line(" in line or "in words(" in line,
)


def looks(line: str) -> bool:
    """Whether a line of source decides something by the words of an error."""
    return any(one(line) for one in LOOKS)
