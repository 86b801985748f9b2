"""How opening depends on the number of episodes."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.bench.processes import Samples, measure

Say = Callable[[str], None]


def measure_opening(
    work: Path, v3: Sequence[int], v21: Sequence[int], repetitions: int, say: Say
) -> dict[str, Samples]:
    """Samples per dataset, named by version and episodes; the runs go round the datasets."""
    roots: dict[str, Path] = {}
    writers = [("v3.0", v3, "write_v3_metadata"), ("v2.1", v21, "write_v21_metadata")]
    for version, sizes, writer in writers:
        for episodes in sizes:
            name = f"{version}, {episodes:,} episodes"
            say(f"Writing {name}")
            roots[name] = work / f"opening-{version}-{episodes}"
            measure("synthesize", writer, roots[name], str(episodes))
    samples = {name: Samples() for name in roots}
    for repetition in range(repetitions):
        for name, root in roots.items():
            say(f"Opening {name}, {repetition + 1} of {repetitions}")
            samples[name].add(measure("opening", root))
    for root in roots.values():
        shutil.rmtree(root)
    return samples
