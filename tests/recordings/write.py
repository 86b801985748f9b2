"""Record the datasets of this folder again with real LeRobot releases.

    python -m tests.recordings.write [NAME ...]

Needs the environments of `scripts/interop prepare`. What is there already is replaced. The result
differs in bytes from run to run (time stamps in containers), not in values.
"""

import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.interop.lerobot_process import LerobotProcess
from tests.interop.releases import RELEASES

HERE = Path(__file__).resolve().parent
_SMALL = {"lengths": [8, 5, 11], "size": 64}


@dataclass(frozen=True)
class Recipe:
    """How one dataset is made: options of `write_recording.write`, and what comes after.

    resumed: lengths of the episodes that are recorded after it was opened again
    merged: options of a second recording that LeRobot's own tool merges with the first
    """

    release: str
    options: dict[str, Any] = field(default_factory=dict)
    resumed: tuple[int, ...] = ()
    merged: dict[str, Any] | None = None
    older: bool = False


RECIPES = {
    "v2.0-video": Recipe("0.3.3", {}, older=True),
    "v2.1-video": Recipe("0.3.3", {}),
    "v2.1-two-cameras-reward": Recipe("0.3.3", {"cameras": 2, "reward": True}),
    "v2.1-image": Recipe("0.3.3", {"camera": "image", "size": 32}),
    "v2.1-resumed": Recipe("0.3.3", {"lengths": [6, 4]}, resumed=(7,)),
    "v3.0-044-video": Recipe("0.4.4", {"reward": True}),
    "v3.0-044-h264-two-cameras": Recipe("0.4.4", {"codec": "h264", "cameras": 2}),
    "v3.0-044-image-files": Recipe(
        "0.4.4",
        {"camera": "image", "reward": True, "size": 32, "file_limit": 0.001},
    ),
    "v3.0-061-video": Recipe("0.6.1", {}),
    "v3.0-061-two-cameras-files": Recipe("0.6.1", {"cameras": 2, "file_limit": 0.002}),
    "v3.0-061-h264-reward": Recipe("0.6.1", {"codec": "h264", "reward": True}),
    "v3.0-061-image": Recipe("0.6.1", {"camera": "image", "size": 32}),
    "v3.0-061-resumed": Recipe("0.6.1", {"lengths": [6, 4]}, resumed=(7,)),
    "v3.0-061-merged": Recipe("0.6.1", {"lengths": [6, 4]}, merged={"lengths": [5, 7], "first": 2}),
}


def write(name: str, process: LerobotProcess, scratch: Path) -> None:
    """Make one dataset below `scratch` and move it here."""
    recipe, root = RECIPES[name], scratch / name
    options = _SMALL | recipe.options
    process.ask("write", root=root, **options)
    for number, length in enumerate(recipe.resumed):
        episode = len(options["lengths"]) + number
        process.ask("record_more", root=root, episode=episode, length=length, size=options["size"])
    if recipe.merged is not None:
        second, merged = scratch / "second", scratch / "merged"
        process.ask("write", root=second, **(_SMALL | recipe.merged))
        process.ask("merge", roots=[root, second], out=merged)
        root = merged
    if recipe.older:
        process.ask("to_v20", root=root)
    images = root / "images"
    if images.is_dir():  # 0.3.3 leaves the PNGs that it has put into the parquet files
        shutil.rmtree(images)
    shutil.rmtree(HERE / name, ignore_errors=True)
    shutil.copytree(root, HERE / name)


def main() -> None:
    """Make the datasets named on the command line, or all."""
    wanted = sys.argv[1:] or list(RECIPES)
    for release in RELEASES:
        names = [name for name in wanted if RECIPES[name].release == release.name]
        if names:
            with (
                tempfile.TemporaryDirectory() as folder,
                LerobotProcess(release, Path(folder)) as process,
            ):
                for name in names:
                    write(name, process, Path(folder) / "made")
                    print(name)


if __name__ == "__main__":
    main()
