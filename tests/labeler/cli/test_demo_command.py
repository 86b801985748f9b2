"""`labeler demo` opens the window where there is a screen, and labels by itself elsewhere."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from labeler.cli import Window
from labeler.cli.program import app
from labeler.demo.recording import DemoStory


@pytest.mark.parametrize(
    ("screen", "flags", "opens"),
    [(True, [], True), (True, ["--headless"], False), (False, [], False)],
)
def test_the_window_opens_only_on_a_screen(
    screen: bool, flags: list[str], opens: bool, tmp_path: Path, short_demo: list[DemoStory]
) -> None:
    opened: list[Path | None] = []

    def open_window(root: Path | None, labels: Path | None, column: object) -> int:
        opened.append(root)
        return 0

    window = Window(open_window, lambda: screen)
    arguments = ["demo", "--out", str(tmp_path / "demo"), "--no-train", *flags]
    done = CliRunner().invoke(app, arguments, obj=window)
    assert done.exit_code == 0, done.output
    root = tmp_path / "demo" / "pick_lift_v3.0"
    assert opened == ([root] if opens else [])
    assert (root / "meta" / "info.json").is_file()
    assert root.with_name("pick_lift_v3.0_labeled").exists() != opens
