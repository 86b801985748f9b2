"""What `labeler inspect` prints for people and for programs."""

import json

import pytest
from jsonschema import validate

from tests.broken import ALL, VERSIONS
from tests.broken.edit import data, edit_column
from tests.snapshot import snapshot

NUMBER = {"type": "number"}
COUNT = {"type": "integer", "minimum": 0}
TEXT = {"type": "string"}
LIST = {"type": "array", "items": COUNT}


def record(**properties):
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


SCHEMA = record(
    format={"const": "labeler-report"},
    version={"const": 1},
    root=TEXT,
    codebase_version={"enum": list(VERSIONS)},
    robot={"type": ["string", "null"]},
    fps=NUMBER,
    cameras={
        "type": "array",
        "items": record(
            key=TEXT, kind={"enum": ["video", "image"]}, height=COUNT, width=COUNT, codec=TEXT,
            cut_before={"anyOf": [{"type": "null"}, LIST]}, is_depth={"type": "boolean"},
        ),
    },
    columns={
        "type": "array",
        "items": record(
            name=TEXT, dtype=TEXT, shape=LIST, names={"type": "array", "items": TEXT}
        ),
    },
    episodes=COUNT,
    frames=COUNT,
    lengths=record(min=COUNT, median=NUMBER, max=COUNT, mean=NUMBER),
    tasks={"type": "array", "items": TEXT},
    labels={
        "anyOf": [
            {"type": "null"},
            record(
                success_frames=COUNT, frames=COUNT, never=LIST, always=LIST,
                binary={"type": "boolean"},
            ),
        ]
    },
    success_columns={
        "type": "array", "items": record(name=TEXT, per={"enum": ["frame", "episode"]}),
    },
    files=COUNT,
    links=COUNT,
    size=COUNT,
    window_labels={"type": ["string", "null"]},
    oddities={
        "type": "array",
        "items": record(
            severity={"enum": ["error", "warning", "note"]}, file=TEXT, sentence=TEXT
        ),
    },
)  # fmt: skip


@pytest.mark.parametrize("version", VERSIONS)
def test_json_for_programs(recording, run, version):
    root = recording(version)
    report = json.loads(run("inspect", root, "--json").stdout)
    validate(report, SCHEMA)
    assert report["codebase_version"] == version
    assert report["labels"] == {
        "success_frames": 3, "frames": 12, "never": [], "always": [], "binary": True,
    }  # fmt: skip
    assert report["oddities"] == []
    assert report["size"] == sum(p.stat().st_size for p in root.rglob("*") if p.is_file())
    quick = json.loads(run("inspect", root, "--json", "--quick").stdout)
    assert quick == report | {"labels": None}


ODD = (
    "NaN in next.reward",
    "states not a number",
    "video missing",
    "camera with strange facts",
    "a folder links to the root",
    "statistics stale",
)


@pytest.mark.parametrize("name", ODD)
def test_json_stays_json_when_something_is_odd(recording, run, name):
    root = recording("v3.0")
    ALL[name].damage(root)
    text = run("inspect", root, "--json").stdout

    def forbidden(constant):
        raise AssertionError(f"{constant} is not JSON")

    validate(json.loads(text, parse_constant=forbidden), SCHEMA)


def test_text_for_people(recording, run):
    root = recording("v3.0")
    edit_column(data(root), "next.reward", lambda old: [0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1, 1])
    text = " ".join(run("inspect", root).stdout.split())
    for words in (
        "LeRobot v3.0",
        "so101_follower",
        "12 in 3 episodes at 10 fps",
        "3 to 5, median 4",
        "action [6]",
        "success in 6 of 12 frames (50.0%), never in 1 episode, always in 1 episode",
        "observation.images.gripper",
        "32×32",
        "h264",
        "statistics of next.reward do not agree",
    ):
        assert words in text
    assert "labels not read" in " ".join(run("inspect", root, "--quick").stdout.split())


def test_nothing_of_a_name_is_taken_for_markup(recording, labels, run):
    root = recording("v3.0", name="[bold]x[/] [/y]")
    assert "[bold]x[/] [/y]" in run("inspect", root).stdout.replace("\n", "")
    (root / "data/chunk-000/[red]a.parquet").write_bytes(b"")
    assert "[red]a.parquet belongs to no episode" in run("inspect", root).stdout
    refused = run("apply", root, "--labels", labels)
    assert "[bold]x[/] [/y" in refused.stderr.replace("\n", "")
    assert "for a pattern" in refused.stderr
    copy = root.parents[2] / "copy"
    done = run("apply", root, "--labels", labels, "--out", copy)
    assert "[red]a.parquet belongs to no episode" in done.stderr
    assert str(copy) in run("check", copy).stdout


def test_siblings_that_lerobots_tools_delete(recording, run):
    root = recording("v3.0")
    (root.parent / "recording_old").mkdir()
    report = run("inspect", root)
    assert report.exit_code == 0
    assert "recording_old lies beside it" in report.stdout


def test_inspect_writes_nothing(recording, run, tmp_path):
    root = recording("v2.1")
    before = snapshot(tmp_path / "in")
    run("inspect", root)
    run("inspect", root, "--json", "--quick")
    assert snapshot(tmp_path / "in") == before
