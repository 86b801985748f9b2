"""`Crop…`: what the classifier sees of each camera, drawn on the image or typed."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QCheckBox

from labeler.errors import LabelerError
from labeler.hilserl import cautions, check_crop
from labeler.labels import Crop
from labeler.labels.crop_dragging import centre_square
from labeler.ui.crop.crop_comparison import CropComparison
from labeler.ui.crop.crop_field import CropField
from labeler.ui.crop.crop_file import CropFile
from labeler.ui.crop.crop_preview import INPUT, CropPreview
from labeler.ui.crop.crop_tool import CropTool
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.controls import push_button, quiet_label
from labeler.ui.kit.side_panel import SidePanel, heading
from labeler.ui.stage.stage import Stage


class CropPanel(SidePanel):
    """A field per camera, and a hand on the large image while the panel is shown."""

    def __init__(self, desk: Desk, stage: Stage) -> None:
        super().__init__("Crop")
        self._desk, self._stage = desk, stage
        self.cameras = {camera.key: camera for camera in desk.session.dataset.cameras}
        self.tool = CropTool(desk, stage)
        self.preview = CropPreview(desk, stage)
        self.seen = heading("")
        self.cautions = quiet_label()
        self.cautions.setProperty("warning", True)
        self.square = QCheckBox("keep it square")
        self.square.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.square.setChecked(self.tool.square)
        self.square.toggled.connect(lambda on: setattr(self.tool, "square", on))
        self.centre = push_button("Centre square")
        self.centre.clicked.connect(self._take_centre)
        self.fields = {key: CropField(desk, camera) for key, camera in self.cameras.items()}
        self.comparison = CropComparison(desk)
        self.file = CropFile(desk)
        self.file.found.connect(self._take_all)
        # In a later turn, when what was said has its place.
        self.file.answered.connect(lambda: QTimer.singleShot(0, self, self._show_end))
        self.clear = push_button("Remove all")
        self.clear.clicked.connect(self._remove)
        self._arrange()
        desk.crops_changed.connect(self._follow)
        desk.camera_changed.connect(self._follow)
        self._follow()

    def set_shown(self, shown: bool) -> None:
        """Crops are drawn by hand only while the panel is there."""
        self.tool.setVisible(shown)

    def _arrange(self) -> None:
        told = quiet_label("Draw on the large image, or type top, left, height, width in pixels.")
        for part in (told, self.square, self.centre, self.seen, self.preview, self.cautions):
            self.column.addWidget(part)
        for field in self.fields.values():
            self.column.addWidget(field)
        for below in (self.clear, self.comparison, self.file):
            self.column.addWidget(below)
        self.column.addStretch(1)

    def _follow(self) -> None:
        camera = self.cameras.get(self._stage.large.camera)
        if camera is None:
            return
        self.seen.setText(f"The classifier sees, {INPUT} × {INPUT}")
        told = cautions(self._desk.crops.get(camera.key), camera, (INPUT, INPUT))
        self.cautions.setText("\n".join(told))
        self.cautions.setVisible(bool(told))

    def _show_end(self) -> None:
        self.ensureWidgetVisible(self.file)

    def _take_all(self, told: Mapping[str, object]) -> None:
        for key, field in self.fields.items():
            if key in told:
                self._take(field, told[key])

    def _take(self, field: CropField, numbers: object) -> None:
        try:
            field.put(check_crop(numbers, field.camera))
        except LabelerError as error:
            field.trouble.explain(error)

    def _take_centre(self) -> None:
        camera = self.cameras.get(self._stage.large.camera)
        if camera is not None:
            self.fields[camera.key].put(centre_square((camera.height, camera.width)))

    def _remove(self) -> None:
        none: dict[str, Crop] = {}
        self._desk.show_crops(none)
        for field in self.fields.values():
            field.clear()
        self.file.clear()
