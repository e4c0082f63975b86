"""Pens, brushes and fonts of the plots, taken from the theme's tokens and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPen

from lnmonitor.analysis.story import SeriesStyle
from lnmonitor.resources import read_toml

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lnmonitor.desktop.theme import Role, Theme

_TOKEN_UNIT_PX = 4


class PlotStyle:
    """What a plot asks when it paints: colours by token, pens, fonts by role, lengths in u."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.plot: dict[str, Any] = dict(read_toml("themes", "tokens.toml")["plot"])
        # A paint asks for the same few hundreds of times.
        self._colors: dict[str, QColor] = {}
        self._fonts: dict[tuple[str, int | None], QFont] = {}
        self._metrics: dict[tuple[str, int | None], QFontMetricsF] = {}

    def color(self, name: str) -> QColor:
        """Return the colour of a token."""
        if name not in self._colors:
            self._colors[name] = self.theme.color(name)
        return QColor(self._colors[name])

    def length(self, name: str) -> float:
        """Return a width or size of the plot tokens, in pixels at scale 1."""
        return float(self.plot[name])

    @property
    def u_ratio(self) -> float:
        """Return how much larger the base unit is than the 4 px in which the tokens are given."""
        return self.theme.u / _TOKEN_UNIT_PX

    def px(self, units: float) -> int:
        """Return a length given in base units."""
        return self.theme.px(units)

    def font(self, role: Role, weight: int | None = None) -> QFont:
        """Return the font of a role."""
        key = (role, weight)
        if key not in self._fonts:
            self._fonts[key] = self.theme.font(role, weight)
        return self._fonts[key]

    def metrics(self, role: Role, weight: int | None = None) -> QFontMetricsF:
        """Return the measures of a role's font."""
        key = (role, weight)
        if key not in self._metrics:
            self._metrics[key] = QFontMetricsF(self.font(role, weight))
        return self._metrics[key]

    def pen(self, name: str, width: float = 1.0, dash: Sequence[float] | None = None) -> QPen:
        """Return a pen; `dash` gives lengths in pixels of line and gap in turn."""
        pen = QPen(self.color(name), width)
        pen.setCosmetic(True)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if dash:
            pen.setDashPattern([length / width for length in dash])
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        return pen

    def brush(self, name: str) -> QBrush:
        """Return a plain brush."""
        return QBrush(self.color(name))

    def hatch(self, name: str) -> QBrush:
        """Return a hatched brush: the pattern says "not certain", whatever the colour."""
        return QBrush(self.color(name), Qt.BrushStyle.BDiagPattern)

    def series_color(self, style: SeriesStyle, position: int) -> str:
        """Return the colour token of a series; primary and secondary differ in symbol too."""
        if style is SeriesStyle.DOSE:
            return "dose-line"
        if style is SeriesStyle.ESTIMATE:
            return "series-3"
        if style is SeriesStyle.SECONDARY:
            return "series-2" if position < 2 else "series-4"
        return "series-1"

    def series_symbol(self, style: SeriesStyle, position: int) -> str:
        """Return the pyqtgraph symbol of a series."""
        symbols = self.plot["symbols"]
        name: str = symbols.get(self.series_color(style, position), symbols["series-1"])
        return name
