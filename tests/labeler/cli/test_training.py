"""A trainer that labeler started gets the time to save what there is."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from labeler.cli import training
from labeler.console.interrupts import catch_signals

SAVES = """
import signal, sys, time
def save(number, frame):
    time.sleep(0.5)
    sys.exit(7)
signal.signal(signal.SIGINT, save)
signal.signal(signal.SIGTERM, save)
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def handlers() -> Iterator[None]:
    """Signals as `run_program` has them."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    catch_signals()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


class Trainer(subprocess.Popen):
    """Whoever waits for it gets a signal then, once."""

    signals: list[int]

    def wait(self, timeout: float | None = None) -> int:
        if self.signals:
            os.kill(os.getpid(), self.signals.pop())
        return super().wait(timeout)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_is_waited_for(handlers, number) -> None:
    with Trainer([sys.executable, "-c", SAVES], stdout=subprocess.PIPE) as process:
        process.signals = [number]
        try:
            assert process.stdout is not None
            process.stdout.readline()
            if number is signal.SIGINT:  # which a terminal sends to both
                process.send_signal(number)
            assert training._wait(process) == 7
            assert process.signals == []
        finally:
            process.signals = []
            process.kill()
