"""Values, episode lists and sizes as they appear in messages."""

from collections.abc import Iterable
from math import floor

_WIDEST = 40


def as_text(value: object) -> str:
    """A value of a file, quoted where it is text, cut where it is long."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # an integer beyond Python's limit of digits; deep nesting
        return f"a very large {type(value).__name__}"
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 3]}..."


def episode_text(episode: object) -> str:
    """An episode as a file names it, at the start of a sentence: `Episode 3`."""
    if isinstance(episode, str) and episode.isascii() and episode.isdigit() and len(episode) < 20:
        return f"Episode {int(episode)}"
    return f"Episode {as_text(episode)}"


def episodes_text(episodes: Iterable[int]) -> str:
    """Episode numbers with runs joined, a long tail counted: `episodes 0, 3-7 and 9`."""
    runs: list[list[int]] = []
    for episode in sorted(episodes):
        if runs and episode == runs[-1][1] + 1:
            runs[-1][1] = episode
        else:
            runs.append([episode, episode])
    parts = [str(first) if first == last else f"{first}-{last}" for first, last in runs]
    rest = sum(last - first + 1 for first, last in runs[8:])
    if rest:
        parts = [*parts[:8], f"{rest} more"]
    single = len(runs) == 1 and runs[0][0] == runs[0][1]
    joined = " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]])) if parts else "none"
    return f"{'episode' if single else 'episodes'} {joined}"


def plural(count: int, noun: str, several: str = "") -> str:
    """A number in front of what it counts: `1 episode`, `2 episodes`."""
    return f"{count:,} {noun if count == 1 else several or f'{noun}s'}"


def size_text(count: float) -> str:
    """Bytes as people read them: `12.3 MB`."""
    value = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def share_text(share: float) -> str:
    """`97.3%`, rounded down, so that 100% means all of it."""
    # 0.29 * 1000 is 289.99…: without the small term, 29% would be printed as 28.9%.
    return f"{floor(share * 1000 + 1e-9) / 10:.1f}%"


def exact_text(value: float) -> str:
    """`0.56`: the fewest digits that stand for this number and no other."""
    return repr(float(value))


def decimals_text(value: float, digits: int = 3) -> str:
    """`0.973`, rounded down, so that 1.000 means exactly 1."""
    scale = 10**digits
    return f"{floor(value * scale + 1e-9) / scale:.{digits}f}"
