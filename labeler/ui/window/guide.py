"""The guide in a window of its own: the pages of `docs/`, which come with the program."""

import re

from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeyEvent, QTextBlock
from PySide6.QtWidgets import QHBoxLayout, QTextBrowser, QVBoxLayout, QWidget

from labeler.resource import guide_page
from labeler.ui.kit.controls import push_button
from labeler.ui.kit.theme import REDRAWN_AT

_FIRST = "README.md"


class Guide(QWidget):
    """Shows one page at a time; links lead to others, those of the web to the browser."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Window)
        self.setWindowTitle("Guide – Labeler")
        self.resize(760, 720)
        self.pages = QTextBrowser(openLinks=False)
        self.pages.setAccessibleName("Page of the guide")
        self.pages.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.pages.document().setDocumentMargin(18)
        self.pages.anchorClicked.connect(self._follow)
        contents, back = push_button("Contents"), push_button("Back")
        contents.clicked.connect(lambda: self.show_page(_FIRST))
        back.clicked.connect(self.pages.backward)
        back.setEnabled(False)
        self.pages.backwardAvailable.connect(back.setEnabled)
        bar = QHBoxLayout()
        bar.setContentsMargins(10, 8, 10, 8)
        bar.addWidget(contents)
        bar.addWidget(back)
        bar.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self.pages)

    def open(self) -> None:
        """Show the window, at the page that was read last."""
        if self.pages.source().isEmpty():
            self.show_page(_FIRST)
        self.show()
        self.raise_()
        self.activateWindow()
        self.pages.setFocus()

    def show_page(self, name: str, section: str = "") -> None:
        """Show a page of the guide, at a section if one is named."""
        url = QUrl.fromLocalFile(str(guide_page(name)))
        if url != self.pages.source():
            self.pages.setSource(url)
        if section:
            self._scroll_to(section)

    def changeEvent(self, event: QEvent) -> None:
        """Links have the colours of the theme in which their page was read: read it anew."""
        super().changeEvent(event)
        if event.type() in REDRAWN_AT and not self.pages.source().isEmpty():
            bar = self.pages.verticalScrollBar()
            place = bar.value()
            self.pages.reload()
            bar.setValue(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes the window."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def _follow(self, url: QUrl) -> None:
        target = self.pages.source().resolved(url)
        if not target.isLocalFile():
            QDesktopServices.openUrl(target)
            return
        name = QUrl(target).fileName() if url.path() else self.pages.source().fileName()
        try:
            self.show_page(name, url.fragment())
        except FileNotFoundError:  # a file of the checkout that is no page
            QDesktopServices.openUrl(target)

    def _scroll_to(self, section: str) -> None:
        block = self.pages.document().firstBlock()
        while block.isValid():
            if _is_heading(block) and _slug(block.text()) == section:
                cursor = self.pages.textCursor()
                cursor.setPosition(self.pages.document().lastBlock().position())
                self.pages.setTextCursor(cursor)  # from below, so that the heading is on top
                cursor.setPosition(block.position())
                self.pages.setTextCursor(cursor)
                return
            block = block.next()


def _is_heading(block: QTextBlock) -> bool:
    return block.blockFormat().headingLevel() > 0


def _slug(heading: str) -> str:
    """A heading as links of GitHub's Markdown name it: lower case, hyphens for spaces."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
