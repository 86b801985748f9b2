"""`python -m tests.soak --minutes N --seed S`: writes, and disturbs it, for N minutes.

After each round: the recording is untouched, the copy is the old one or the new one and passes its
check, no decision is lost, and no process, open file or temporary file is left.
"""

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

from tests.soak.world import OPERATIONS, World


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rounds = soak(given.seed, seconds=60 * given.minutes)
    print(f"seed {given.seed}: {sum(rounds.values())} rounds without a fault")
    for name, count in sorted(rounds.items()):
        print(f"  {name}: {count}")


def soak(seed: int, *, seconds: float = 0, rounds: int = 0) -> Counter[str]:
    """Rounds by operation: for so many seconds, or so many rounds."""
    done: Counter[str] = Counter()
    end = time.monotonic() + seconds
    for turn, version in enumerate(("v2.1", "v3.0")):
        with tempfile.TemporaryDirectory(prefix="soak-") as folder:
            random = Random(f"{seed} {version}")
            world = World(Path(folder), version, random)
            try:
                half = time.monotonic() + (end - time.monotonic()) / (2 - turn)
                number = 0
                while number < rounds // 2 or (seconds and time.monotonic() < half):
                    operation = random.choice(OPERATIONS) if number else World.write
                    operation(world)
                    done[operation.__name__] += 1
                    number += 1
            except AssertionError as error:
                error.add_note(f"seed {seed}, {version}, round {number}: {operation.__name__}")
                raise
            finally:
                world.close()
    return done


if __name__ == "__main__":
    main()
