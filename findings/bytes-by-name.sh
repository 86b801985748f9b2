#!/usr/bin/env bash
# What:     one state dict is saved with `torch.save` as a.pt, again as a.pt, and as b.pt.
# Versions: torch 2.7.1.
# Expected: three equal files: what is saved is the same, and a file does not contain its own name.
# Seen:     the two named a.pt are equal, b.pt is not: a checkpoint is a zip archive whose folder is
#           named after the file. The digest of a checkpoint depends on what it was called when it was
#           saved, and renaming the file does not change that back. Through an open file, or BytesIO,
#           the folder is called "archive" and the bytes are the same.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment torch==2.7.1 numpy==2.5.5

cd "$work" && "$python" - <<'PY'
import zipfile
from hashlib import sha256
from pathlib import Path

import torch

WEIGHTS = {"weight": torch.zeros(8, 8)}


def saved(name: str) -> str:
    torch.save(WEIGHTS, name)
    return sha256(Path(name).read_bytes()).hexdigest()[:12]


def saved_open(name: str) -> str:
    with open(name, "wb") as file:
        torch.save(WEIGHTS, file)
    return sha256(Path(name).read_bytes()).hexdigest()[:12]


by_name = [saved("a.pt"), saved("a.pt"), saved("b.pt")]
folders = [zipfile.ZipFile(name).namelist()[0] for name in ("a.pt", "b.pt")]
opened = [saved_open("c.pt"), saved_open("d.pt")]
print("by name:", by_name, folders)
print("open files:", opened)
assert by_name[0] == by_name[1] != by_name[2]
assert [name.split("/")[0] for name in folders] == ["a", "b"]
assert opened[0] == opened[1]
PY
