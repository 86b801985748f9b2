"""A short soak, so that a longer one can be started any time."""

from tests.soak.__main__ import soak


def test_a_short_soak() -> None:
    done = soak(3, rounds=16)
    assert sum(done.values()) == 16
    assert len(done) > 4
