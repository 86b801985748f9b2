"""Jumps of the playhead: by time, to edges, to neighbours, loops around an edge."""

from labeler.labels.edges import edges_of
from labeler.ui.desk.desk import Desk


class Moving:
    """One method per command that changes what is shown and no label."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def seconds(self, seconds: float) -> None:
        """Move by a time, at least by a frame."""
        frames = max(round(abs(seconds) * self._desk.source.dataset.fps), 1)
        self._desk.playhead.step(frames if seconds > 0 else -frames)

    def to_end(self) -> None:
        """Last frame of the episode."""
        self._desk.playhead.step(self._desk.playhead.length)

    def to_start(self) -> None:
        """First frame of the episode."""
        self._desk.playhead.step(-self._desk.playhead.length)

    def episode(self, step: int) -> None:
        """Next or previous episode of the queue."""
        following = self._desk.queue.neighbour(self._desk.episode, step)
        if following is None:
            self._desk.say(
                "This is the last episode." if step > 0 else "This is the first episode."
            )
        else:
            self._desk.show_episode(following)

    def next_undecided(self) -> None:
        """Next episode without a decision."""
        found = self._desk.queue.next_undecided(self._desk.episode)
        if found:
            self._desk.show_episode(found[0])
        else:
            self._desk.say("Every other listed episode has a decision.")

    def to_edge(self) -> None:
        """The next edge of the label, round and round."""
        edges = edges_of(self._desk.label)
        if not edges:
            self._desk.say("This episode has no edge yet.")
            return
        playhead = self._desk.playhead
        playhead.pause()
        playhead.go(next((edge for edge in edges if edge > playhead.frame), edges[0]))

    def to_suggestion(self) -> None:
        """The frame at which the probabilities suggest that success begins."""
        suggestion = self._desk.suggestion()
        if suggestion is None or not suggestion.success:
            self._desk.say("No frame is suggested for this episode.")
            return
        self._desk.playhead.pause()
        self._desk.playhead.go(suggestion.success[0].start)

    def loop(self) -> None:
        """Play the surroundings of the edge, or of the frame shown, over and over; or stop that."""
        desk, playhead = self._desk, self._desk.playhead
        if playhead.loop is not None:
            playhead.pause()
            playhead.repeat(None)
            return
        edges = edges_of(desk.label) or self._edges_of_suggestion()
        centre = (
            min(edges, key=lambda edge: abs(edge - playhead.frame)) if edges else playhead.frame
        )
        if (loop := desk.loop_around(centre, playhead.length)) is not None:
            playhead.repeat(loop)

    def _edges_of_suggestion(self) -> list[int]:
        """Where an edge is suggested for an episode without a decision."""
        suggestion = None if self._desk.label.decided else self._desk.suggestion()
        return edges_of(suggestion) if suggestion is not None else []

    def camera(self) -> None:
        """Show the next camera large."""
        cameras = [camera.key for camera in self._desk.source.dataset.cameras]
        if len(cameras) < 2:
            self._desk.say("This recording has one camera.")
            return
        following = cameras[(cameras.index(self._desk.camera) + 1) % len(cameras)]
        self._desk.show_camera(following)

    def side_by_side(self) -> None:
        """Show all cameras at the same size, or one large."""
        self._desk.show_side_by_side(not self._desk.side_by_side)
