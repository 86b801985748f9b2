"""CPU seconds that `labeler --help` needs more than `python -c pass`.

    python tests/bench/start_cost.py [REPETITIONS]

Prints the medians of both and their difference. Compiled modules are kept in a folder of its own
and written before the first measurement, as they are for an installed program.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from resource import RUSAGE_CHILDREN, getrusage

EMPTY = (sys.executable, "-c", "pass")
HELP = (sys.executable, "-m", "labeler", "--help")


def cpu_seconds(command: tuple[str, ...], repetitions: int, environment: dict[str, str]) -> float:
    """Median over runs of user plus system time."""
    return statistics.median(one_run(command, environment) for _ in range(repetitions))


def one_run(command: tuple[str, ...], environment: dict[str, str]) -> float:
    """User plus system time of a command and of what it starts."""
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def measured(repetitions: int) -> float:
    """CPU seconds that `labeler --help` needs more."""
    empty, full = medians(repetitions)
    return full - empty


def medians(repetitions: int) -> tuple[float, float]:
    """CPU seconds of `python -c pass` and of `labeler --help`."""
    with tempfile.TemporaryDirectory() as compiled:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        one_run(HELP, environment)
        empty = cpu_seconds(EMPTY, repetitions, environment)
        return empty, cpu_seconds(HELP, repetitions, environment)


def main() -> None:
    """Measure and print."""
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    empty, full = medians(repetitions)
    print(
        f"labeler --help {full:.3f} s, python -c pass {empty:.3f} s: "
        f"{full - empty:.3f} s of CPU more (medians of {repetitions})"
    )


if __name__ == "__main__":
    main()
