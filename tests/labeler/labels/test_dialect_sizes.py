"""Label files of any size and kind: what reading costs, and what is refused before it costs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from labeler.errors import LabelFileError
from labeler.labels.dialects import dialect_of, read_labels
from labeler.labels.dialects.reading import largest_for

REPOSITORY = Path(__file__).resolve().parents[3]
# Peak memory of reading a file, which is the same on any machine.
COST = """
import sys, tracemalloc
from pathlib import Path
import pydantic, labeler.labels.document_reader
from labeler.errors import LabelError
from labeler.labels.dialects import read_labels
from labeler.labels import strict_json
path, episodes = Path(sys.argv[1]), int(sys.argv[2])
lengths = (100,) * episodes
tracemalloc.start()
try:
    read_labels(path, lengths)
    said = ""
except LabelError as error:
    said = error.message
print(tracemalloc.get_traced_memory()[1])
print(said)
"""


def cost(path: Path, episodes: int) -> tuple[int, str]:
    """Peak of the memory that reading took, in bytes, and what was said."""
    command = [sys.executable, "-c", COST, str(path), str(episodes)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    peak, said = done.stdout.split("\n", 1)
    return int(peak), said.strip()


def cutoffs(count: int) -> str:
    return "{\n" + ",\n".join(f'"{number}": 53' for number in range(count)) + "\n}\n"


def test_a_file_too_large_for_the_dataset_is_refused_unread(tmp_path):
    path = tmp_path / "labels.json"
    path.write_text(cutoffs(500_000))
    peak, said = cost(path, 13)
    assert peak < path.stat().st_size / 10
    assert "far more than labels of this dataset need" in said


FORMS = {
    "json": ('{"%d": 53', ', "%d": 53', "}"),
    "python": ("{%d: 53", ", %d: 53", "}"),
    "ranges": ('{"0": {"ranges": [[%d, 5]', ", [%d, 5]", "]}}"),
    "list": ('{"0": {"exclude": [%d', ", %d", "]}}"),
    "csv": ("episode,success_start\n%d,3", "\n%d,3", "\n"),
    "text": ("%d: 3-", "\n%d: 3-", "\n"),
}


@pytest.mark.parametrize("form", FORMS)
def test_entries_that_cannot_belong_to_the_dataset_cost_little(tmp_path, form):
    """Each file has the size that talkative labels of the dataset may have, in short entries."""
    first, more, end = FORMS[form]
    path, episodes = tmp_path / "labels", 40
    count = largest_for((100,) * episodes) // len(more % 10**6) - 100
    path.write_text(first % 0 + "".join(more % number for number in range(1, count)) + end)
    peak, said = cost(path, episodes)
    assert said
    assert peak < 4 * path.stat().st_size
    assert "more than 40 episodes" in said or "far more entries" in said


def test_long_notes_are_no_entries(tmp_path):
    """Marks and quotes inside of texts do not count, whatever is in them."""
    path = tmp_path / "labels.json"
    note = ",:" * 20_000 + "\\" + '"' + "'" * 7
    line = {"length": 100, "state": "never", "note": note}
    document = {"format": "labeler-labels", "version": 1, "episodes": {"0": line}}
    path.write_text(json.dumps(document))
    assert read_labels(path, (100,)).labels[0].note == note


def test_an_open_quote_is_passed_once(tmp_path):
    path = tmp_path / "labels.json"
    path.write_text('{"0": ' + "," * 20_000 + '"' + '\\"' * 500_000)
    cost(path, 13)


def test_python_dicts_cost_not_much_more_than_json(tmp_path):
    plain, python = tmp_path / "labels.json", tmp_path / "labels.txt"
    plain.write_text(cutoffs(20_000))
    python.write_text("{" + ", ".join(f"{number}: None" for number in range(20_000)) + "}")
    (of_json, said), (of_python, also_said) = cost(plain, 20_000), cost(python, 20_000)
    assert said == also_said == ""
    assert of_python < 2 * of_json


def test_memory_grows_with_the_file(tmp_path):
    peaks = []
    for count in (10_000, 40_000):
        path = tmp_path / f"{count}.json"
        path.write_text(cutoffs(count))
        peaks.append(cost(path, count)[0] / path.stat().st_size)
    assert peaks[1] < 1.2 * peaks[0]


@pytest.mark.parametrize(
    "line", ["# dataset path: a" + " " * 200_000 + "b\n0: 3-", "0: 1-" + " " * 200_000 + "x"]
)
def test_long_runs_of_blanks_are_read_in_one_pass(tmp_path, line):
    """Patterns with two runs of blanks side by side took hours for this."""
    path = tmp_path / "labels.txt"
    path.write_text(line)
    cost(path, 13)


def test_whatever_a_dataset_may_need_fits():
    lengths = (300,) * 20
    notes = "x" * 60_000
    ranges = ",\n".join(f"{' ' * 40}{frame}" for frame in range(300))
    line = f'"0": {{"length": 300, "note": "{notes}", "success": [{ranges}]}},\n'
    assert len(line) * len(lengths) < largest_for(lengths)


@pytest.mark.parametrize("ask", [dialect_of, lambda path: read_labels(path, (100,))])
def test_pipes_and_devices_are_refused(tmp_path, ask):
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero"), Path("/dev/null")):
        with pytest.raises(LabelFileError, match="This is not a file"):
            ask(path)


@pytest.mark.parametrize(
    ("text", "cutoff"),
    [
        ("{0: 53, }", 53),
        ("{'0': 53.,}  # cutoffs", 53),
        ("{\n# from my notebook\n0: None}", None),
        ("{0: {'success_start': 53}}", 53),
        ("{0: {'ranges': ((53, None),)}}", 53),
    ],
)
def test_python_dicts_are_read(tmp_path, text, cutoff):
    path = tmp_path / "labels.txt"
    path.write_text(text)
    label = read_labels(path, (100,)).labels[0]
    assert label.decided and label.cutoff == cutoff


@pytest.mark.parametrize("text", ["{0: f'{1}'}", "{0: print()}", "{0: 1_0}", "{0: 'a' 'b'}", "{0"])
def test_what_python_would_compute_is_not(tmp_path, text):
    path = tmp_path / "labels.txt"
    path.write_text(text)
    with pytest.raises(LabelFileError, match="not valid JSON"):
        read_labels(path, (100,))
