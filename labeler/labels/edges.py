"""Where a label changes from failure to success and back, and moving one of these places."""

from labeler.labels.episode import EpisodeLabel, FrameRange, with_success, without


def edges_of(label: EpisodeLabel) -> list[int]:
    """First frames of success ranges, and of the failure after them, in order."""
    bounds = {bound for part in label.success for bound in (part.start, part.end)}
    return sorted(bound for bound in bounds if 0 <= bound < label.length)


def nearest_edge(label: EpisodeLabel, frame: int) -> int | None:
    """The edge that is nearest to a frame, the earlier of two; None without success."""
    return min(edges_of(label), key=lambda edge: abs(edge - frame), default=None)


def move_edge(label: EpisodeLabel, edge: int, to: int) -> EpisodeLabel | None:
    """The label with one edge at another frame; None where that would empty a range."""
    if not 0 <= to <= label.length:
        return None
    for part in label.success:
        others = without(label.success, part)
        if part.start == edge and to < part.end:
            return with_success(label, (*others, FrameRange(to, part.end)))
        if part.end == edge and part.start < to:
            return with_success(label, (*others, FrameRange(part.start, to)))
    return None
