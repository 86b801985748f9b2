#!/usr/bin/env bash
# What:     without network, `snapshot_download(..., local_files_only=True)` is asked for a dataset
#           that was never downloaded, with `local_dir` a folder that holds something else.
# Versions: huggingface_hub 2.4.0.
# Expected: LocalEntryNotFoundError, as without `local_dir` and with a folder that does not exist.
# Seen:     the folder is returned as if it were the snapshot, with one line of warning, whatever
#           repository, revision and patterns were asked for; none of the files has to be there. One
#           unrelated file in it is enough.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment huggingface_hub==2.4.0

cd "$work" && "$python" - <<'PY'
from pathlib import Path

from huggingface_hub import snapshot_download
from huggingface_hub.errors import LocalEntryNotFoundError


def asked(folder: Path | None) -> str:
    try:
        return snapshot_download(
            "nobody/never-downloaded",
            repo_type="dataset",
            revision="v3.0",
            allow_patterns=["meta/info.json", "data/*"],
            local_dir=folder,
            local_files_only=True,
        )
    except LocalEntryNotFoundError as error:
        return type(error).__name__


other = Path("other").resolve()
other.mkdir()
(other / "shopping.txt").write_text("milk\n")
answers = {"no folder": asked(None), "a new folder": asked(Path("new")), "another's": asked(other)}
for name, answer in answers.items():
    print(f"{name}: {answer}")
assert answers["no folder"] == answers["a new folder"] == "LocalEntryNotFoundError"
assert Path(answers["another's"]) == other
assert [path.name for path in other.iterdir()] == ["shopping.txt"]
PY
