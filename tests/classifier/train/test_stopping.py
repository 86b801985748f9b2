"""The first signal asks a training to stop, the second one does what it did before."""

import os
import signal
from types import FrameType

import pytest

from classifier.train.stopping import signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_second_one_goes_to_who_had_it_before(number) -> None:
    told: list[int] = []

    def before(number: int, frame: FrameType | None) -> None:
        told.append(number)

    own = signal.signal(number, before)
    try:
        with signals() as stop:
            os.kill(os.getpid(), number)
            assert stop and stop.exit_code == 128 + number and told == []
            os.kill(os.getpid(), number)
            assert told == [number]
        assert signal.getsignal(number) is before
    finally:
        signal.signal(number, own)


def test_where_nobody_had_it_the_second_one_interrupts() -> None:
    own = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        with signals(), pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, own)
