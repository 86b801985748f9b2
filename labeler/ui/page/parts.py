"""Writing and training of what is open: the one door for a recording and for several."""

from functools import cached_property
from typing import TYPE_CHECKING

from labeler.session.joined import JoinedSession
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.side_panel import SidePanel
from labeler.ui.stage.stage import Stage
from labeler.ui.training.panel import TrainingPanel
from labeler.ui.writing.writing import Writing

if TYPE_CHECKING:
    from labeler.ui.page.panels import Panels
    from labeler.ui.page.single_panels import SinglePanels


class SingleParts:
    """A recording that is open by itself: it is copied, and trained on."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.training = TrainingPanel(desk)

    @cached_property
    def writing(self) -> Writing:
        """The copy."""
        return Writing(self._desk)

    def write_panel(self) -> SidePanel:
        """`Write labels…`."""
        from labeler.ui.writing.panel import WritePanel

        return WritePanel(self.writing)

    def single(self, panels: "Panels", stage: Stage) -> "SinglePanels | None":
        """Panels that there are only for one recording."""
        from labeler.ui.page.single_panels import SinglePanels

        single = SinglePanels(self._desk, panels, stage, self.training)
        self.training.watch_wanted.connect(single.watch)
        return single


class CollectionParts:
    """Several recordings: they are merged, and the merged dataset is trained on."""

    def __init__(self, desk: Desk, session: JoinedSession) -> None:
        # What a single recording has no use for is not imported for it.
        from labeler.ui.collection.merging import Merging
        from labeler.ui.collection.training import CollectionTraining

        self.writing = Merging(desk, session)
        self.training = CollectionTraining(desk, self.writing)

    def write_panel(self) -> SidePanel:
        """`Write labels…`."""
        from labeler.ui.collection.merge_panel import MergePanel

        return MergePanel(self.writing)

    def single(self, panels: "Panels", stage: Stage) -> "SinglePanels | None":
        """None: what is for one recording is said to be."""
        return None


Parts = SingleParts | CollectionParts


def parts_of(desk: Desk) -> Parts:
    """The parts for what is open."""
    collection = desk.session.collection
    return SingleParts(desk) if collection is None else CollectionParts(desk, collection)
