"""Reports and cards that cannot be read are said to be so, with a cure."""

import json
from pathlib import Path

import pytest

from labeler.contracts.checkpoint import hil_serl_section, read_hil_serl_config
from labeler.contracts.report import FILE, Confusion, read_report
from labeler.errors import LabelerError


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 1}', "[" * 10_000])
def test_a_damaged_report_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(LabelerError, match="is damaged") as caught:
        read_report(tmp_path / FILE)
    assert caught.value.cures


def test_a_newer_report_and_none_are_named(tmp_path: Path) -> None:
    with pytest.raises(LabelerError, match="cannot be read: No such file"):
        read_report(tmp_path / FILE)
    (tmp_path / FILE).write_text('{"version": 9}')
    with pytest.raises(LabelerError, match="newer version"):
        read_report(tmp_path / FILE)


def test_what_is_pasted_is_what_the_card_has(tmp_path: Path) -> None:
    values = {"env": {"processor": {"success_threshold": 0.5, "text": "## ``` {"}}}
    card = tmp_path / "README.md"
    card.write_text(f"# Reward classifier\n\n{hil_serl_section(values)}", encoding="utf-8")
    assert json.loads(read_hil_serl_config(card)) == values


@pytest.mark.parametrize("text", ["", "# Reward classifier\n", "## HIL-SERL\n\n```json\n{}"])
def test_a_card_without_the_lines_is_named(tmp_path: Path, text: str) -> None:
    card = tmp_path / "README.md"
    card.write_text(text)
    with pytest.raises(LabelerError, match="no block"):
        read_hil_serl_config(card)


def test_a_card_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(LabelerError, match="cannot be read"):
        read_hil_serl_config(tmp_path / "README.md")


def test_shares_of_no_frame() -> None:
    nothing = Confusion(0, 0, 0, 0)
    assert (nothing.accuracy, nothing.precision, nothing.recall, nothing.f1) == (
        0,
        None,
        None,
        None,
    )
    assert Confusion(tn=1, fp=2, fn=3, tp=4).precision == pytest.approx(2 / 3)
