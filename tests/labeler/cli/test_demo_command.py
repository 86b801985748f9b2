"""`labeler demo` opens the window where there is a screen, and labels by itself elsewhere."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from labeler.cli import Window
from labeler.cli.program import app
from labeler.demo.recording import DemoStory


def demo(folder: Path, *flags: str, screen: bool) -> tuple[str, list[Path | None]]:
    """Run the command; what it printed, and the roots on which the window was opened."""
    opened: list[Path | None] = []

    def open_window(root: Path | None, labels: Path | None, column: object) -> int:
        opened.append(root)
        return 0

    window = Window(open_window, lambda: screen)
    arguments = ["demo", "--out", str(folder), "--no-train", *flags]
    done = CliRunner().invoke(app, arguments, obj=window)
    assert done.exit_code == 0, done.output
    assert (folder / "pick_lift_v3.0" / "meta" / "info.json").is_file()
    return done.output, opened


@pytest.mark.parametrize("headless", [False, True])
def test_the_window_opens_on_a_screen(
    headless: bool, tmp_path: Path, short_demo: list[DemoStory]
) -> None:
    _, opened = demo(tmp_path, *(["--headless"] if headless else []), screen=True)
    assert opened == ([] if headless else [tmp_path / "pick_lift_v3.0"])
    assert (tmp_path / "pick_lift_v3.0_labeled").exists() == headless


def test_all_of_it_is_labelled_without_a_screen(tmp_path: Path) -> None:
    output, opened = demo(tmp_path, screen=False)
    assert opened == []
    assert "584 success, 416 failure of 1,000 frames" in output
    assert (tmp_path / "pick_lift_v3.0_labeled").exists()
