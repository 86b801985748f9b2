"""Every command on every broken recording: one clear sentence, a cure, nothing written."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from tests.broken import ALL, Breakage, Found, info
from tests.snapshot import snapshot

_TURNS = [{"v2.0", "v3.0"}, {"v2.1", "v3.0"}]
"""v2.0 and v2.1 differ in their statistics only, so they take turns where there are both."""
CASES = [
    (breakage, version)
    for number, breakage in enumerate(ALL.values())
    for version in breakage.versions
    if len(breakage.versions) == 1 or version in _TURNS[number % 2]
]
COPIES = [
    (breakage, breakage.versions[number % len(breakage.versions)])
    for number, breakage in enumerate(ALL.values())
    if breakage.damage.__module__ != info.__name__ or number % 5 == 0
]
"""A copy with a broken `info.json` is refused by what refuses a recording with one."""
SAYS_NOTHING = {
    "a folder links to the root": ("v2.0", "v2.1", "v3.0"),
    "rows without schema metadata": ("v2.0", "v2.1"),
}
"""What check does not see, in which formats: every value is still the same. Rows of v3.0 that are
written again have other row groups, too."""
"""What no reader of a copy can come across."""


def named(case: object) -> str:
    return case.name if isinstance(case, Breakage) else str(case)


@pytest.mark.parametrize(("breakage", "version"), CASES, ids=named)
def test_commands_on_a_broken_recording(
    breakage: Breakage,
    version: str,
    recording: Callable[[str], Path],
    labels: Path,
    run: Callable[..., Result],
    tmp_path: Path,
) -> None:
    root = recording(version)
    place = breakage.damage(root) or root
    before = snapshot(tmp_path / "in")
    copy = tmp_path / "out" / "copy"

    report = run("inspect", place)
    assert report.exit_code == (3 if breakage.found in (Found.REFUSED, Found.ERROR) else 0)
    assert breakage.says in said(report, breakage)
    assert ("Nothing odd" in report.output) == (breakage.found is Found.FINE)
    quick = run("inspect", place, "--quick")
    assert quick.exit_code in (0, report.exit_code)
    if breakage.quick:
        assert quick.exit_code == report.exit_code
        assert breakage.says in said(quick, breakage)
    assert run("inspect", place, "--json").exit_code == report.exit_code

    dry = run("apply", place, "--labels", labels, "--out", copy, "--dry-run")
    assert not (tmp_path / "out").exists()
    done = run("apply", place, "--labels", labels, "--out", copy)
    assert done.exit_code == dry.exit_code
    if breakage.found in (Found.REFUSED, Found.ERROR):
        assert done.exit_code in (3, 4)
        assert_two_sentences(done)
        assert not copy.parent.exists() or not list(copy.parent.iterdir())
    else:
        assert done.exit_code == 0, done.output
        checked = run("check", copy, "--against", place)
        assert checked.exit_code == 0, checked.output

    assert run("export", place).exit_code in (0, 3, 4)
    assert run("check", place).exit_code == 6
    assert snapshot(tmp_path / "in") == before


@pytest.mark.parametrize(("breakage", "version"), COPIES, ids=named)
def test_check_of_a_broken_copy(
    breakage: Breakage,
    version: str,
    copies: Callable[[str], tuple[Path, Path]],
    labels: Path,
    run: Callable[..., Result],
    tmp_path: Path,
) -> None:
    source, copy = copies(version)
    place = breakage.damage(copy) or copy
    before = snapshot(tmp_path / "in")

    checked = run("check", place, "--against", source)
    if version in SAYS_NOTHING.get(breakage.name, ()):
        assert checked.exit_code == 0, checked.output
    else:
        assert checked.exit_code == 6, checked.output
    assert snapshot(tmp_path / "in") == before

    again = run("apply", source, "--labels", labels, "--out", place)
    assert again.exit_code in (0, 3, 5, 6)
    assert not [path.name for path in (tmp_path / "in").iterdir() if "partial" in path.name]


def said(result: Result, breakage: Breakage) -> str:
    """Lines about what is wrong; everything where nothing is."""
    if breakage.found in (Found.FINE, Found.REFUSED):
        return result.output
    begin = ("error ", "warning ", "note ")
    return "\n".join(line for line in result.stdout.splitlines() if line.startswith(begin))


def assert_two_sentences(result: Result) -> None:
    """What happened, and what to do, without a word of Python."""
    happened, *cure = result.stderr.strip().splitlines()
    assert happened.startswith("labeler: ")
    assert happened.endswith(".")
    assert cure
    assert cure[-1].endswith((".", "?"))
    for jargon in ("Error", "Exception", "NoneType", "object at", "<class", "Errno", "dtype("):
        assert jargon not in result.stderr
