"""The table of all benchmarks; what it says is for people to judge."""

import json

import pytest

from tests.bench import every
from tests.bench.table import Line, growth, markdown


def test_growth_is_the_exponent_of_the_time_with_the_size():
    assert growth({size: 3e-6 * size**1.5 for size in (10, 1000, 10**5)}) == pytest.approx(1.5)
    assert growth({10: 1.0}) is None


def test_a_line_names_the_work_both_times_and_their_ratio():
    text = markdown([Line("opening", 0.25, "LeRobot", 0.5, 1.0), Line("export", 2e-4)])
    assert text.splitlines()[2:] == [
        "| opening | 250 ms | LeRobot | 500 ms | 0.5 | 1.00 |",
        "| export | 200 µs |  |  |  |  |",
    ]


def test_parts_are_measured_and_kept(tmp_path, capsys):
    table, figures = tmp_path / "table.md", tmp_path / "figures.json"
    sizes = ("--episodes", "20", "40", "--repetitions", "1", "--only", "start", "opening")
    every.main([*sizes, "--markdown", str(table), "--json", str(figures), "--work", str(tmp_path)])
    found = json.loads(figures.read_text())["lines"]
    assert all(line["own"] > 0 for line in found)
    assert {line["work"] for line in found} == {"`labeler --help`, CPU", "opening 40 episodes"}
    assert table.read_text() in capsys.readouterr().out
    assert sorted(tmp_path.iterdir()) == [figures, table]
