"""What lies on the operator's desk: an open recording with its place, images and queue."""

from collections.abc import Callable
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from labeler.errors import LabelerError
from labeler.labels import Crop, EpisodeLabel, State
from labeler.review import Scores, Suggestion
from labeler.review.agreement import Statistics
from labeler.review.audit import sampled_episodes
from labeler.review.blind import blind_episodes
from labeler.session import Session
from labeler.session.any_session import AnySession
from labeler.session.pace import Pace
from labeler.session.preferences import Preferences
from labeler.session.words import save_state_text
from labeler.ui.desk.bridge import SessionBridge
from labeler.ui.desk.classifier_in_use import ClassifierInUse
from labeler.ui.desk.episode_queue import EpisodeQueue
from labeler.ui.desk.hints import Hints
from labeler.ui.desk.images import DeskImages, gripper_of
from labeler.ui.desk.playhead import Loop, Playhead
from labeler.ui.desk.reviewing import Reviewing, before_edge
from labeler.ui.kit.cures import as_line

_AHEAD = 3  # episodes that are decoded before they are shown


class Desk(QObject):
    """The models that all widgets of the labelling page share.

    session: labels, history and autosave, of one recording or of several; bridge: its events as
    signals; source: the session of the recording shown
    crops: (top, left, height, width) in pixels per camera, drawn over its images
    audited: episodes of an audit's sample, which are labelled without any help
    playhead: episode and frame shown; images: their decoded frames; queue: listed episodes
    """

    said = Signal(str)
    """A sentence for the status line."""
    asked = Signal(str, int)
    """A key was held back, and why; the frame that this is about, or -1 for the whole episode."""
    camera_changed = Signal()
    """Another camera is shown large, or cameras are shown side by side."""
    marker_changed = Signal()
    """The start of a success range was marked or taken back."""
    safety_changed = Signal()
    """What `safety` says may be different now; also told every second, since times grow."""
    crops_changed = Signal()
    """Crops are shown, others, or none."""
    preferences_changed = Signal()
    """Settings are others now."""
    closing = Signal()
    """The recording is about to be closed: work on it has to end."""
    wants_training = Signal(object)
    """Path of a dataset that shall be opened to be trained on."""
    wants_reopening = Signal(object)
    """To open the recording with another label file; None is the one for this folder alone."""
    scores_changed = Signal()
    """Other suggestions: probabilities or hints came or went, or are shown or hidden."""

    def __init__(
        self, session: AnySession, preferences: Preferences, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.source = session.session_at(0)
        self.preferences = preferences
        self.bridge = SessionBridge(session, self)
        memory = preferences.memory_mb
        self.images = DeskImages(session.dataset, memory and memory << 20, self)
        self.camera = self._camera_of(self.source)
        self.side_by_side = False
        self._show_cameras()
        self.playhead = Playhead(self.source.dataset.fps, self.images.ready, self)
        self.playhead.every_frame = preferences.every_frame
        self.hints = Hints(session, self.bridge, self)
        self.classifier = ClassifierInUse(session.dataset.cameras, self)
        self.review = Reviewing(session, self.bridge, self)
        self.queue = EpisodeQueue(session, self.review.ranks, self.review.worth_a_look, self)
        self.pace = Pace()
        self.range_start: int | None = None
        self.copy_text = "copy: checking…"
        self.suggestions_text = ""
        self.scores: Scores | None = None
        self.threshold = 0.5
        self.suggestions_shown = True
        self._blind = blind_episodes(len(session.dataset), every=preferences.blind_every)
        self.audited = frozenset(sampled_episodes(session.table.touched))
        self.crops: dict[str, Crop] = _usable(self.source)
        self._drawing = False
        self._clock = QTimer(self, interval=1000)
        self._clock.timeout.connect(self.safety_changed)
        self._clock.start()
        self._connect()

    def _connect(self) -> None:
        self.playhead.moved.connect(self._follow)
        self.bridge.labels_changed.connect(self.queue.labels_changed)
        self.review.changed.connect(self.queue.ranks_changed)
        self.review.refreshed.connect(self.queue.ranks_refreshed)
        self.review.wants.connect(self.show_episode)
        self.review.said.connect(self.said)
        self.hints.arrived.connect(self.scores_changed)
        self.bridge.labels_changed.connect(lambda episodes: self.safety_changed.emit())
        self.bridge.saved.connect(lambda state: self.safety_changed.emit())
        self.bridge.saved.connect(lambda state: self.follow_crops())

    @property
    def has_scores(self) -> bool:
        """Whether probabilities of a classifier are open."""
        return self.scores is not None

    @property
    def blind(self) -> bool:
        """Whether the episode shown is to be labelled without help, to measure the help."""
        return self.episode >= 0 and self._is_blind(self.episode)

    @property
    def visible_scores(self) -> Scores | None:
        """The scores, unless the episode shown is to be labelled blind."""
        return None if self.blind else self.scores

    def probabilities(self) -> NDArray[np.float64] | None:
        """Probability of success per frame of the episode shown, shape (length,)."""
        scores = self.visible_scores
        return None if scores is None else scores.probabilities(self.episode)

    def spreads(self) -> NDArray[np.float64] | None:
        """How far classifiers differ per frame of the episode shown, shape (length,)."""
        scores = self.visible_scores
        return None if scores is None else scores.spreads(self.episode)

    def suggestion(self) -> EpisodeLabel | None:
        """The label suggested for the episode shown; None while suggestions are hidden."""
        return self.suggestion_for(self.episode)

    def best_suggestion(self, episode: int | None = None) -> Suggestion | None:
        """What is suggested for an episode, or the one shown; None while suggestions are hidden.

        Where there are no probabilities, an episode without a decision has a hint from signals.
        """
        episode = self.episode if episode is None else episode
        if not self.suggestions_shown or episode < 0 or self._is_blind(episode):
            return None
        label = self.session.label(episode)
        found = None if self.scores is None else self.scores.suggestion(label, episode)
        if found is None and not label.decided:
            return self.hints.get(episode)
        return found

    def suggestion_for(self, episode: int) -> EpisodeLabel | None:
        """The label suggested for an episode; None while suggestions are hidden."""
        found = self.best_suggestion(episode)
        return None if found is None else found.label(self.session.label(episode))

    def use_scores(self, scores: Scores | None) -> None:
        """Show the probabilities of a classifier; None shows none. What is shown does not move."""
        if scores is not None and self.audited:
            self.say("This is an audit: its episodes are labelled without suggestions.")
            return
        self.scores = scores
        self.threshold = 0.5 if scores is None else scores.threshold
        self.review.use(scores)
        self.scores_changed.emit()

    def refresh_scores(self, scores: Scores) -> None:
        """Show newer probabilities: the threshold and the order of lists stay, nothing is said."""
        if self.audited:
            return
        self.scores = scores
        self.review.refresh(scores)
        self.scores_changed.emit()

    def show_suggestions(self, wanted: bool) -> None:
        """Show or hide suggestions, hints from signals too."""
        self.suggestions_shown = wanted
        self.scores_changed.emit()

    @property
    def episode(self) -> int:
        """Episode shown."""
        return self.playhead.episode

    @property
    def label(self) -> EpisodeLabel:
        """Label of the episode shown."""
        return self.session.label(self.playhead.episode)

    @property
    def decision_count(self) -> int:
        """Episodes with a decision for every frame."""
        counts = self.session.counts()
        return counts[State.SUCCESS] + counts[State.NEVER]

    def progress(self) -> str:
        """How far the labelling is: `132 of 200, about 4 min left`."""
        return self.pace.text(self.decision_count, len(self.session.dataset))

    def show_episode(self, episode: int, frame: int | None = None) -> None:
        """Show an episode at a frame; without one where its label changes, or shall.

        That is its edge, or shortly before the edge that is suggested, or its start.
        """
        self.mark_range(None)
        self._enter(episode)
        length = self.session.label(episode).length
        loop = None
        if frame is None:
            frame, loop = self._first_look(episode, length)
        self.hints.show(episode)
        self.playhead.open(episode, length, frame, loop)
        self._plan()

    def _enter(self, episode: int) -> None:
        """The recording of an episode is shown: its cameras, crops and speed may be others."""
        source = self.session.session_at(episode)
        if source is self.source:
            return
        before, self.source = self.source, source
        self.playhead.fps = source.dataset.fps
        crops = _usable(source)
        if source.dataset.cameras != before.dataset.cameras:
            self.camera = self.camera_for(episode, self.camera)
            self._show_cameras()
            self.camera_changed.emit()
        if crops != self.crops:
            self.crops = crops
            self.crops_changed.emit()
        self.safety_changed.emit()

    def _camera_of(self, source: Session) -> str:
        return gripper_of(tuple(camera.key for camera in source.dataset.cameras))

    def _show_cameras(self) -> None:
        """Decode the cameras of the recording shown, the large one first."""
        self.images.cameras = tuple(camera.key for camera in self.source.dataset.cameras)
        self.images.show_first(self.camera)

    def episode_name(self, episode: int | None = None) -> str:
        """`episode 12`, or `episode 12 of night`; without a number the one shown."""
        return self.session.episode_name(self.episode if episode is None else episode)

    def source_name(self, episode: int | None = None) -> str:
        """Name of a recording of a collection; empty where there is one recording."""
        episode = self.episode if episode is None else episode
        return "" if episode < 0 else self.session.place_of(episode)[0]

    def camera_for(self, episode: int, wanted: str) -> str:
        """The camera to show of any episode: another one where its recording lacks `wanted`."""
        source = self.session.session_at(episode)
        there = any(camera.key == wanted for camera in source.dataset.cameras)
        return wanted if there else self._camera_of(source)

    def _first_look(self, episode: int, length: int) -> tuple[int, Loop | None]:
        """The frame at which an episode opens, and what is repeated where that is wanted."""
        label, wanted = self.session.label(episode), self.preferences.loop_at
        if label.success:
            edge = label.success[0].start
            return edge, self.loop_around(edge, length) if wanted == "edges" else None
        suggested = None if label.decided else self.suggestion_for(episode)
        if suggested is None or not suggested.success:
            return 0, None
        edge = suggested.success[0].start
        return before_edge(edge), None if wanted == "off" else self.loop_around(edge, length)

    def loop_around(self, frame: int, length: int) -> Loop | None:
        """What playback repeats around a frame; None where that is a single frame."""
        around = max(round(self.preferences.loop_seconds * self.source.dataset.fps), 1)
        start, stop = max(frame - around, 0), min(frame + around + 1, length)
        return Loop(start, stop) if stop - start > 1 else None

    def show_camera(self, camera: str) -> None:
        """Show another camera large."""
        self.camera = camera
        self.images.show_first(camera)
        self.camera_changed.emit()
        self._follow()

    def show_side_by_side(self, wanted: bool) -> None:
        """Show all cameras at the same size, or one large."""
        self.side_by_side = wanted
        self.camera_changed.emit()

    def show_crops(self, crops: dict[str, Crop], *, keep: bool = True) -> None:
        """Draw what a classifier would see of the cameras, and keep it with the labels.

        While it is being drawn it is not kept: undoing takes back the whole of it.
        """
        self.crops = crops
        self._drawing = not keep
        if keep:
            self._keep_crops(crops)
        self.crops_changed.emit()

    def _keep_crops(self, crops: dict[str, Crop]) -> None:
        _, own = self.session.place_of(self.episode)
        cameras = {camera.key for camera in self.source.dataset.cameras}
        absent = {k: crop for k, crop in self.source.table.crops.items() if k not in cameras}
        try:
            self.source.set_crops({**absent, **crops}, episode=own, frame=self.playhead.frame)
        except LabelerError as error:
            self.say(as_line(error))

    def follow_crops(self) -> None:
        """Undoing, or a label file that was reloaded or merged, may have brought other crops."""
        found = _usable(self.source)
        if found != self.crops and not self._drawing and not self.source.save_state().read_only:
            self.crops = found
            self.crops_changed.emit()

    def mark_range(self, start: int | None) -> None:
        """Mark the frame at which a success range starts; None takes the mark back."""
        if start != self.range_start:
            self.range_start = start
            self.marker_changed.emit()

    def say_of_copy(self, text: str) -> None:
        """How the written copy stands to the labels."""
        self.copy_text = text
        self.safety_changed.emit()

    def say_of_suggestions(self, text: str) -> None:
        """Whether suggestions know the latest labels."""
        self.suggestions_text = text
        self.safety_changed.emit()

    def safety(self) -> tuple[str, str]:
        """How safe labels and copy are: `labels saved 3 s ago`, `copy: not written yet`."""
        return save_state_text(self.session.save_state()), self.copy_text

    def statistics(self) -> Callable[[], Statistics]:
        """Speed and agreement of labels with suggestions, to be reckoned in any thread."""
        return self.review.statistics(self._blind)

    @property
    def blind_count(self) -> int:
        """How many episodes of the recording are to be labelled without help."""
        return int(self._blind.sum())

    def say(self, sentence: str) -> None:
        """Put a sentence into the status line."""
        self.said.emit(sentence)

    def say_single(self) -> None:
        """Say that something is for a recording that is open by itself."""
        self.say(f"This works on one recording at a time. Open “{self.source_name()}” on its own.")

    def use(self, preferences: Preferences) -> None:
        """Follow changed settings."""
        self.preferences = preferences
        self.session.author = preferences.author
        self.playhead.every_frame = preferences.every_frame
        self.preferences_changed.emit()

    def close(self) -> None:
        """Stop the workers and write what is to be written."""
        self.closing.emit()
        self.playhead.pause()
        self.review.close()
        self.hints.close()
        self.bridge.close()
        self.images.close()
        self.session.close()

    def _is_blind(self, episode: int) -> bool:
        helpless = self._blind[episode] and not self.session.label(episode).decided
        return bool(helpless) or episode in self.audited

    def _follow(self) -> None:
        if self.playhead.episode >= 0:
            self.images.follow(self.playhead)

    def _plan(self) -> None:
        """Decode what will most likely be shown next."""
        here = self.playhead.episode
        following = self.queue.neighbour(here, 1)
        ahead = self.queue.next_undecided(here, _AHEAD)
        first = [] if following is None else [following]
        planned = list(dict.fromkeys([*ahead[:1], *first, *ahead[1:]]))
        self.images.plan(planned)
        self.hints.want([here, *planned])


def _usable(session: Session) -> dict[str, Crop]:
    """The crops of the label file that lie inside the images of a camera."""
    if not session.table.crops:
        return {}
    from labeler.hilserl import check_crop  # with all that it reads; few recordings have crops

    found = {}
    for camera in session.dataset.cameras:
        with suppress(LabelerError):
            if camera.key in session.table.crops:
                found[camera.key] = check_crop(list(session.table.crops[camera.key]), camera)
    return found
