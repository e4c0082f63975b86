"""The main window: menu row, side list, pages, status bar."""

from __future__ import annotations

from PySide6.QtWidgets import QMainWindow, QStackedWidget


class MainWindow(QMainWindow):
    """Holds the pages; each is made when first opened."""

    def __init__(self) -> None:
        super().__init__()
        self.pages = QStackedWidget()
        self.setCentralWidget(self.pages)
