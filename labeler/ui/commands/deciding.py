"""What the operator's decisions do: one method per command, one undoable step per call."""

from collections.abc import Callable
from dataclasses import replace

from labeler.errors import LabelerError
from labeler.labels import EpisodeLabel, FrameRange, Origin, State
from labeler.labels.edges import move_edge, nearest_edge
from labeler.labels.episode import (
    clear,
    exclude,
    include,
    never,
    skip,
    with_cutoff,
    with_success,
)
from labeler.labels.wording import episodes_text
from labeler.review.suggestion import Basis
from labeler.session.events import Step
from labeler.session.words import decision, plural, sentence
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.cures import as_line

_FROM_START = (
    "Is the first frame already success? Press again to label success from frame 0, or go to the "
    "frame where it begins."
)


class Deciding:
    """Turns commands into labels of the episode shown, and moves on where that is wanted."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._asked = False  # whether the first frame is meant, in this visit of the episode
        desk.playhead.episode_changed.connect(self._forget)

    def success(self, *, stay: bool = False) -> None:
        """Success from the frame shown to the end.

        The first frame is asked about once where nobody has moved since the episode opened: the
        key may have been meant for another frame.
        """
        playhead = self._desk.playhead
        label = with_cutoff(self._desk.label, playhead.frame)
        new = label.success != self._desk.label.success
        seen = playhead.has_moved or self._asked or self._desk.source.save_state().read_only
        if new and not playhead.frame and not seen:
            self._asked = True
            self._desk.say(_FROM_START)
            self._desk.asked.emit("Press again for success from frame 0", 0)
            return
        self._decide(label, stay=stay)

    def success_at(self, frame: int) -> None:
        """Success from a frame that was pointed at; of several ranges, their nearest edge moves."""
        label = self._desk.label
        edge = nearest_edge(label, frame)
        if edge is None or label.cutoff is not None:
            self._decide(with_cutoff(label, frame), stay=True)
            return
        moved = move_edge(label, edge, frame)
        if moved is None:
            self._desk.say(f"The edge at frame {edge} cannot move there: no success would be left.")
        else:
            self._decide(moved, stay=True, what=f"move edge {edge} to {frame}")

    def _forget(self, episode: int) -> None:
        self._asked = False

    def never(self, *, stay: bool = False) -> None:
        """The episode never succeeds."""
        self._decide(never(self._desk.label), stay=stay)

    def skip(self) -> None:
        """Leave the episode for later."""
        self._decide(skip(self._desk.label), stay=False)

    def clear(self) -> None:
        """Back to no decision; exclusions, note and flag stay."""
        self._decide(clear(self._desk.label), stay=True, what="clear label")

    def mark_range(self) -> None:
        """First the start of a success range, then its last frame.

        A range inside one that is success already replaces that one; any other is added.
        """
        desk, here = self._desk, self._desk.playhead.frame
        if desk.range_start is None:
            desk.mark_range(here)
            desk.say(f"Success range starts at frame {here}. Go to its last frame and press again.")
            return
        start, end = sorted((desk.range_start, here))
        added = FrameRange(start, end + 1)
        label = desk.label
        around = [part for part in label.success if part.start <= start and end < part.end]
        kept = [part for part in label.success if part not in around]
        desk.mark_range(None)
        self._decide(with_success(label, (*kept, added)), stay=True)

    def exclude(self, frames: FrameRange) -> None:
        """Leave frames out of training."""
        text = f"exclude {plural(len(frames), 'frame')}"
        self._decide(exclude(self._desk.label, frames), stay=True, what=text)

    def include_all(self) -> None:
        """Take all excluded frames back."""
        whole = FrameRange(0, self._desk.label.length)
        self._decide(include(self._desk.label, whole), stay=True, what="include all frames")

    def toggle_flag(self) -> None:
        """Flag the episode, or take the flag back."""
        label = self._desk.label
        if label.flag is None:
            self._decide(replace(label, flag=""), stay=True, what="flag")
        else:
            self._decide(replace(label, flag=None), stay=True, what="remove flag")

    def flag(self, reason: str) -> None:
        """Flag the episode for a reason."""
        self._decide(replace(self._desk.label, flag=reason), stay=True, what="flag reason")

    def note(self, episode: int, text: str) -> None:
        """Write a note for an episode, which need not be the one that is shown any more."""
        label = replace(self._desk.session.label(episode), note=text)
        self._take(episode, label, "note")

    def accept(self, suggestion: EpisodeLabel, *, stay: bool = False) -> None:
        """Take what is suggested for the episode; a hint from signals after a look at its edge."""
        if self._wants_a_look():
            self._show_hint(suggestion)
            return
        self._decide(suggestion, stay=stay, origin=Origin.ACCEPTED)

    def _wants_a_look(self) -> bool:
        """Whether only signals suggest it, and nobody has looked at any frame of the episode."""
        desk = self._desk
        found = desk.best_suggestion()
        hint = found is not None and found.basis is Basis.SIGNALS
        return hint and desk.preferences.look_at_hints and not desk.playhead.has_moved

    def _show_hint(self, suggestion: EpisodeLabel) -> None:
        """Go to the edge that is hinted at, or to the end of an episode that fails."""
        playhead = self._desk.playhead
        edge = nearest_edge(suggestion, 0)
        playhead.go(playhead.length - 1 if edge is None else edge)
        playhead.has_moved = True
        self._desk.say("Only the robot's signals hint at this. Look here, then accept again.")
        self._desk.asked.emit("Look here, then accept again", -1)

    def nudge(self, frames: int) -> None:
        """Move the edge next to the playhead; the playhead goes with it."""
        desk = self._desk
        edge = nearest_edge(desk.label, desk.playhead.frame)
        if edge is None:
            desk.say("This episode has no edge to move: mark success first.")
            return
        moved = move_edge(desk.label, edge, edge + frames)
        if moved is None:
            desk.say("The edge cannot be moved any further.")
        else:
            desk.playhead.pause()
            desk.playhead.go(edge + frames)
            self._decide(moved, stay=True, what=f"move edge to {edge + frames}")

    def replace_label(self, label: EpisodeLabel, what: str) -> None:
        """Take a label that was made by dragging."""
        self._decide(label, stay=True, what=what)

    def undo(self) -> None:
        """Take the last step back and show where it was taken."""
        self._travel(self._desk.session.undo, "Undone")

    def redo(self) -> None:
        """Take a step again that was taken back."""
        self._travel(self._desk.session.redo, "Redone")

    def _travel(self, turn: Callable[[], Step | None], word: str) -> None:
        desk = self._desk
        try:
            step = turn()
        except LabelerError as error:
            desk.say(as_line(error))
            return
        if step is None:
            desk.say("Nothing to undo." if word == "Undone" else "Nothing to redo.")
            return
        desk.show_episode(step.episode, step.frame)
        desk.follow_crops()
        desk.say(f"{word}: {step.what} ({self._where(step)}).")

    def _where(self, step: Step) -> str:
        """The episodes that a step changed; in several recordings, how many these are."""
        if len(step.changes) < 2:
            return self._desk.episode_name(step.episode)
        if self._desk.session.collection is not None:
            return plural(len(step.changes), "episode")
        return episodes_text(step.changes)

    def _decide(
        self, label: EpisodeLabel, *, stay: bool, what: str = "", origin: Origin = Origin.HUMAN
    ) -> None:
        advance = not stay and self._desk.preferences.auto_advance
        following = self._following() if advance else None  # in the list as it is seen now
        taken = self._take(self._desk.episode, replace(label, origin=origin), what)
        if taken and advance:
            self._advance(following)

    def _take(self, episode: int, label: EpisodeLabel, what: str) -> bool:
        """Make the label the episode's, durably; whether that went well."""
        desk = self._desk
        done = what or decision(label)
        here = desk.playhead.frame if episode == desk.episode else 0
        try:
            desk.session.decide(episode, label, frame=here, what=done)
        except LabelerError as error:
            desk.say(as_line(error))
            return False
        if not what:
            desk.pace.add_decision(episode)
        desk.say(f"{sentence(desk.episode_name(episode))}: {done}.")
        return True

    def _following(self) -> int | None:
        """The next episode without a decision, or, when correcting, that of the next row."""
        desk = self._desk
        if desk.label.decided:
            return desk.queue.neighbour(desk.episode, 1)
        return next(iter(desk.queue.next_undecided(desk.episode)), None)

    def _advance(self, following: int | None) -> None:
        if self._desk.review.goes_on(self._desk.episode):
            return
        if following is not None:
            self._desk.show_episode(following)
        elif not self._desk.queue.next_undecided(self._desk.episode):
            self._say_finished()

    def _say_finished(self) -> None:
        desk = self._desk
        left = len(desk.session.dataset) - desk.decision_count
        if not left:
            desk.say("All episodes are labelled. Write them into a copy with “Write labels…”.")
        elif desk.session.counts()[State.UNLABELED]:
            rest = plural(left, "episode")
            desk.say(f"This is the end of the list; {rest} elsewhere without a decision.")
        else:
            desk.say(f"Only skipped episodes are left: {left}.")
