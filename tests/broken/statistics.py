"""Broken statistics."""

import json
from pathlib import Path

from tests.broken.breakage import VERSIONS, Found, breakage
from tests.broken.edit import cut, edit_json, edit_lines

WITH_TOTALS = ("v2.0", "v3.0")
V21 = ("v2.1",)
ERROR, REPORTED = Found.ERROR, Found.REPORTED


def stats(root: Path) -> Path:
    path = root / "meta/stats.json"
    return path if path.exists() else root / "meta/episodes_stats.jsonl"


@breakage(REPORTED, "stats.json is missing", versions=WITH_TOTALS, quick=True)
def statistics_missing(root: Path):
    stats(root).unlink()


@breakage(ERROR, "episodes_stats.jsonl is missing", versions=V21, quick=True)
def statistics_of_episodes_missing(root: Path):
    stats(root).unlink()


@breakage(ERROR, "is not valid JSON", quick=True)
def statistics_truncated(root: Path):
    cut(stats(root))


@breakage(ERROR, "does not hold a JSON object", versions=WITH_TOTALS, quick=True)
def statistics_are_a_list(root: Path):
    edit_json(stats(root), lambda document: [document])


@breakage(REPORTED, "has statistics of 2 of 3 episodes", versions=V21, quick=True)
def statistics_of_an_episode_missing(root: Path):
    edit_lines(stats(root), lambda records: records[:-1])


@breakage(ERROR, "episodes_stats.jsonl", versions=V21, quick=True)
def statistics_of_an_episode_twice(root: Path):
    edit_lines(stats(root), lambda records: [*records, records[0]])


for odd in ([], "none", None, 5):

    def _stats_of_line(root: Path, odd=odd) -> None:
        edit_lines(stats(root), lambda records: [r | {"stats": odd} for r in records])

    name = f"statistics of an episode are {odd!r}"
    breakage(ERROR, "episodes_stats.jsonl", versions=V21, quick=True, name=name)(_stats_of_line)

for odd in ("x", None, -1, 99):

    def _number_of_line(root: Path, odd=odd) -> None:
        edit_lines(
            stats(root), lambda records: [*records[:-1], records[-1] | {"episode_index": odd}]
        )

    name = f"statistics are those of episode {odd!r}"
    breakage(ERROR, "episodes_stats.jsonl", versions=V21, quick=True, name=name)(_number_of_line)

_ODD = (
    [],
    "none",
    None,
    5,
    {},
    {"mean": "x"},
    {"mean": [[1], [2, 3]]},
    {"count": [0]},
    {"mean": [1.0], "std": [1.0], "min": [0.0], "max": [1.0], "count": [0]},
    {"mean": [1] * 6, "std": [1] * 6, "min": [0] * 6, "max": [1] * 6, "count": [10**400]},
)
for odd in _ODD:

    def _stats_of_column(root: Path, odd=odd) -> None:
        if stats(root).suffix == ".json":
            edit_json(stats(root), lambda document: document | {"action": odd})
        else:
            edit_lines(
                stats(root),
                lambda records: [r | {"stats": r["stats"] | {"action": odd}} for r in records],
            )

    name = f"statistics of a column are {json.dumps(odd)[:40]}"
    breakage(REPORTED, "stat", versions=VERSIONS, name=name)(_stats_of_column)


@breakage(REPORTED, "no statistics of action")
def statistics_of_a_column_missing(root: Path):
    def change(document):
        (document.get("stats") or document).pop("action")

    if stats(root).suffix == ".json":
        edit_json(stats(root), change)
    else:
        edit_lines(stats(root), lambda records: [change(r) for r in records] and None)


@breakage(REPORTED, "statistics of action do not agree")
def statistics_stale(root: Path):
    def change(document):
        part = (document.get("stats") or document)["action"]
        part["mean"] = [x + 3 for x in part["mean"]]

    if stats(root).suffix == ".json":
        edit_json(stats(root), change)
    else:
        edit_lines(stats(root), lambda records: [change(r) for r in records] and None)


@breakage(Found.FINE, "Nothing odd", versions=("v2.1",))
def old_statistics_beside_those_of_episodes(root: Path):
    (root / "meta/stats.json").write_text("{}")


@breakage(ERROR, "is not valid JSON", versions=("v2.1",), quick=True)
def old_statistics_broken(root: Path):
    (root / "meta/stats.json").write_text("{")
