"""What commands may reach: the window, the page of what is open, a recording open by itself."""

from typing import Protocol

from labeler.ui.commands.deciding import Deciding
from labeler.ui.commands.excluding import Excluding
from labeler.ui.commands.moving import Moving
from labeler.ui.desk.desk import Desk


class StartReach(Protocol):
    """What asks for something to open."""

    def choose_folder(self) -> None:
        """Ask for the folder of a recording, and open it."""

    def choose_collection(self) -> None:
        """Ask for a collection file, and open it."""

    def choose_labels(self) -> None:
        """Ask for a label file, and open it."""


class HelpReach(Protocol):
    """What the program says about itself."""

    def show_guide(self) -> None:
        """Show the guide."""

    def show_keys(self) -> None:
        """List the keys."""

    def show_about(self) -> None:
        """Show versions."""

    def show_report(self) -> None:
        """Offer to gather what a bug report needs."""


class WindowReach(Protocol):
    """What there is whether a recording is open or not."""

    @property
    def start(self) -> StartReach:
        """The start page."""

    @property
    def help(self) -> HelpReach:
        """Guide, versions, bug reports."""

    def show_start(self) -> None:
        """Show the start page."""

    def show_settings(self) -> None:
        """Show the settings, or lead back from them."""

    def close(self) -> bool:
        """Close the window."""

    def toggle_every_frame(self) -> None:
        """Play every frame, or in true time."""

    def toggle_continuous(self) -> None:
        """Refresh suggestions while labelling, or not."""

    def toggle_theme(self) -> None:
        """Dark or light."""

    def toggle_full_screen(self) -> None:
        """Fill the screen, or not."""

    def show_palette(self) -> None:
        """List the commands."""


class StageReach(Protocol):
    """The cameras."""

    def fit(self) -> None:
        """Show whole images."""


class TimelineReach(Protocol):
    """The episode from its first frame to its last."""

    def zoom(self, factor: float) -> None:
        """Show less of it, or more; 0 shows all."""


class Foldable(Protocol):
    """What is opened and closed by the same key."""

    def toggle(self) -> None:
        """Open or close it."""


class TrainingReach(Foldable, Protocol):
    """The trainings on what is open."""

    def new_training(self) -> None:
        """Ask for the settings of a new one."""


class WritingReach(Protocol):
    """The copy, or the merged dataset, that the labels are written into."""

    def open(self) -> None:
        """Show what would be written."""

    def update(self) -> None:
        """Bring what was written up to date."""


class OneRecording(Protocol):
    """What there is only for a recording that is open by itself."""

    def choose_probabilities(self) -> None:
        """Ask for a file of probabilities, and open it."""

    def choose_comparison(self) -> None:
        """Ask for a label file to compare with."""

    def show_crop(self) -> None:
        """Show the crops of the cameras."""

    def show_watch(self) -> None:
        """Show what a classifier sees live."""

    def show_hub(self) -> None:
        """Compare the recording with the Hub."""

    def stop_training(self) -> None:
        """Stop what is being trained on the recording."""


class PanelsReach(Protocol):
    """What is shown in the place of the inspector."""

    @property
    def writing(self) -> WritingReach:
        """What the labels are written into."""

    @property
    def probabilities(self) -> Foldable:
        """Whose suggestions are shown or hidden."""

    def choose_import(self) -> None:
        """Ask for a label file to import."""

    def show_columns(self) -> None:
        """Take labels from a column of the recording."""

    def show_export(self) -> None:
        """Export labels."""

    def show_label_file(self) -> None:
        """Open the folder in which the label file lies."""

    def show_statistics(self) -> None:
        """Speed and agreement."""

    def show_inspection(self) -> None:
        """What the recording holds, and what is odd about it."""

    def show_balance(self) -> None:
        """Success and failure by recording."""


class Page(Protocol):
    """What there is while the page of what is open is seen."""

    desk: Desk
    deciding: Deciding
    moving: Moving
    excluding: Excluding

    @property
    def stage(self) -> StageReach:
        """The cameras."""

    @property
    def timeline(self) -> TimelineReach:
        """The timeline."""

    @property
    def sheet(self) -> Foldable:
        """The contact sheet."""

    @property
    def training(self) -> TrainingReach:
        """The trainings."""

    @property
    def panels(self) -> PanelsReach:
        """Panels beside the cameras."""

    @property
    def single(self) -> OneRecording | None:
        """What there is for one recording; None where several are open."""

    def step(self, frames: int) -> None:
        """Move by some frames, and paint at once."""

    def expect_panel(self, *, by_key: bool) -> None:
        """A panel is about to be opened, by key or by mouse: by key it takes the focus."""

    def focus_next_part(self) -> None:
        """Move the focus to the next part of the window."""

    def write_note(self) -> None:
        """Put the cursor into the note."""

    def ask_place(self) -> None:
        """Ask for an episode or a frame to go to."""
