"""What `labeler open` asks the window for."""

from pathlib import Path

from click.testing import Result
from typer.testing import CliRunner

from labeler.cli.program import app
from labeler.cli.window import Window
from labeler.dataset.labels_of import ColumnReading

Asked = tuple[Path | None, Path | None, ColumnReading | None]


def run(*arguments: object) -> tuple[Result, list[Asked]]:
    """`labeler open` with these arguments, and what the window was asked for."""
    asked: list[Asked] = []

    def open_window(root: Path | None, labels: Path | None, column: ColumnReading | None) -> int:
        asked.append((root, labels, column))
        return 0

    window = Window(open_window, lambda: True)
    return CliRunner().invoke(app, ["open", *map(str, arguments)], obj=window), asked


def ask(*arguments: object) -> Asked:
    done, asked = run(*arguments)
    assert done.exit_code == 0, done.output
    return asked[0]


def refusal(*arguments: object) -> str:
    done, asked = run(*arguments)
    assert not asked
    assert done.exit_code == 2
    return done.output


def test_a_column_is_named_with_its_rule_and_threshold(tmp_path: Path) -> None:
    assert ask(tmp_path) == (tmp_path, None, None)
    reading = ColumnReading("next.success")
    assert ask(tmp_path, "--labels-from", "next.success") == (tmp_path, None, reading)
    given = ask(
        tmp_path, "--labels-from", "reward", "--labels-rule", "any", "--reward-above", "-0.5",
        "--labels", "anna.json",
    )  # fmt: skip
    assert given == (tmp_path, Path("anna.json"), ColumnReading("reward", "any", -0.5))


def test_a_column_needs_a_recording_and_a_rule_its_column(tmp_path: Path) -> None:
    collection = tmp_path / "collection.json"
    collection.write_text("{}")
    assert "A column is one of a recording" in refusal("--labels-from", "x")
    given = ask(collection, "--labels-from", "x")
    assert given == (collection, None, ColumnReading("x")), "each recording may have it"
    for rule in (["--labels-rule", "last"], ["--reward-above", "1"]):
        assert "A rule needs its column" in refusal(tmp_path, *rule)
