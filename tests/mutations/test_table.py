"""The table in the docs has every mutation, and counts them right."""

import pytest

from tests.mutations import ALL, table


@pytest.mark.parametrize(("release", "version"), [("0.3.3", "v2"), ("0.6.1", "v3")])
def test_the_table_is_complete(release: str, version: str) -> None:
    lines = table.documented_lines(release)
    wanted = [change for change in ALL.values() if change.base.startswith(version)]
    assert [line.place for line in lines] == [table.line_place(change) for change in wanted]
    assert table.documented(release).strip() == table.section(release, lines).strip()
