"""An open dataset with labels, history and autosave; announces what changed by plain callbacks."""

from labeler.session.events import Changed, SaveState, Step
from labeler.session.exchange import export_labels, import_labels
from labeler.session.pace import Pace
from labeler.session.queue import Order, Show, queue
from labeler.session.session import Session

__all__ = [
    "Changed",
    "Order",
    "Pace",
    "SaveState",
    "Session",
    "Show",
    "Step",
    "export_labels",
    "import_labels",
    "queue",
]
