"""States, labels and times in the words that the window uses."""

from datetime import UTC, datetime

from labeler.labels import EpisodeLabel, Origin, State
from labeler.labels.wording import plural as plural
from labeler.session import SaveState

STATES = {
    State.UNLABELED: "unlabeled",
    State.SUCCESS: "success",
    State.NEVER: "never",
    State.SKIPPED: "skipped",
}


def decision(label: EpisodeLabel) -> str:
    """What was decided, in a few words: `success from 53`."""
    if label.state is not State.SUCCESS:
        return STATES[label.state]
    if label.cutoff is not None:
        return f"success from {label.cutoff}"
    ranges = ", ".join(f"{part.start}–{part.end - 1}" for part in label.success)
    return f"success in {ranges}"


def edge(label: EpisodeLabel) -> str:
    """The cutoff, or the ranges, as short as a list needs them."""
    if label.cutoff is not None:
        return str(label.cutoff)
    if label.success:
        more = f" +{len(label.success) - 1}" if len(label.success) > 1 else ""
        return f"{label.success[0].start}–{label.success[0].end - 1}{more}"
    return ""


def author_line(label: EpisodeLabel, now: datetime | None = None) -> str:
    """Who decided, when and from what: `ana, 5 min ago, imported`."""
    if label.state is State.UNLABELED and label.time is None:
        return ""
    parts = [label.author] if label.author else []
    if label.time is not None:
        parts.append(ago(label.time, now))
    if label.origin is not Origin.HUMAN:
        parts.append(label.origin.value)
    return ", ".join(parts)


def ago(time: datetime, now: datetime | None = None) -> str:
    """How long ago a moment was, rounded as one would say it."""
    seconds = ((now or datetime.now(UTC)) - time).total_seconds()
    if seconds < 60:
        return "just now" if seconds < 2 else f"{seconds:.0f} s ago"
    if seconds < 3600:
        return f"{seconds // 60:.0f} min ago"
    if seconds < 86400:
        return f"{seconds // 3600:.0f} h ago"
    return time.astimezone().strftime("%Y-%m-%d %H:%M")


def save_state_text(state: SaveState) -> str:
    """Where the labels stand: `labels saved 3 s ago`."""
    if state.read_only:
        return "labels: read-only"
    if state.problem:
        return "labels: not in the file yet"
    if state.pending:
        return f"labels safe, {plural(state.pending, 'decision')} in the journal"
    if state.saved_at is None:
        return "labels: saved"
    return f"labels saved {ago(state.saved_at)}"


def sentence(text: str) -> str:
    """The text with a capital letter at its start."""
    return text[:1].upper() + text[1:]


def recovered_text(decisions: int) -> str:
    """What came back of a session that was interrupted."""
    verb = "is" if decisions == 1 else "are"
    return f"{plural(decisions, 'decision')} of the interrupted session {verb} back."
