"""How the rows of the story share its height, and what the visit strip says of a visit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from lnmonitor.analysis.story import Interval, VisitMark
from lnmonitor.desktop.plots.strips import VisitLabel
from lnmonitor.i18n import translator
from lnmonitor.language import Language

Pixels = Callable[[float], int]

_FIXED_U = {"visits": 9.5, "response": 7.5, "axis": 7.0}
_PANEL_MIN_U = 13.0
_FOLDED_U = 6.0
_LANE_U = {"events": 4.25, "drugs": 3.75}
_LEAST_LANES = 2
_MOST_LANES = 4
_WEIGHT = {"protein": 1.2, "prednisone": 0.85}
_ROLES = {
    "late": "warn",
    "early": "warn",
    "missed": "serious",
    "overdue": "serious",
    "due": "text-2",
    "opening": "text-muted",
    "future": "text-muted",
    "not needed": "text-muted",
}


@dataclass
class RowHeights:
    """Top and height of every row; panels that find no room fold to one line."""

    rows: list[str] = field(default_factory=list)
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    folded: frozenset[str] = frozenset()
    _preferred: list[str] = field(default_factory=list)

    def prefer(self, key: str) -> None:
        """Let a panel be the last to fold."""
        self._preferred = [key, *(k for k in self._preferred if k != key)]

    @staticmethod
    def lanes(intervals: Sequence[Interval]) -> int:
        """Return how many lanes are drawn; more are in the lens Events and drugs."""
        wanted = max((i.lane + 1 for i in intervals), default=1)
        return min(max(wanted, _LEAST_LANES), _MOST_LANES)

    def arrange(
        self,
        height: int,
        px: Pixels,
        panels: Sequence[str],
        events: Sequence[Interval],
        drugs: Sequence[Interval],
    ) -> Mapping[str, int]:
        """Share `height` pixels among the rows and return each row's height."""
        heights = {key: px(_FIXED_U.get(key, 0)) for key in self.rows}
        for key, intervals in (("events", events), ("drugs", drugs)):
            heights[key] = px(self.lanes(intervals) * _LANE_U[key] + 1.5)
        free = height - sum(heights.values())
        opened = self._opened(free, px, panels)
        self.folded = frozenset(panels) - frozenset(opened)
        for key in self.folded:
            heights[key] = px(_FOLDED_U)
        free -= len(self.folded) * px(_FOLDED_U)
        weights = {key: _WEIGHT.get(key, 1.0) for key in opened}
        for key, weight in weights.items():
            share = int(free * weight / sum(weights.values()))
            heights[key] = max(share, px(_PANEL_MIN_U) // 2)
        self.places = self._placed(heights)
        return heights

    def _opened(self, free: int, px: Pixels, panels: Sequence[str]) -> list[str]:
        order = [k for k in self._preferred if k in panels]
        order += [k for k in panels if k not in order]
        count = len(order)
        while count > 1:
            needed = count * px(_PANEL_MIN_U) + (len(order) - count) * px(_FOLDED_U)
            if needed <= free:
                break
            count -= 1
        return [key for key in panels if key in order[:count]]

    def _placed(self, heights: Mapping[str, int]) -> Mapping[str, tuple[int, int]]:
        places, top = {}, 0
        for key in self.rows:
            if heights[key]:
                places[key] = (top, heights[key])
            top += heights[key]
        return places

    def row_at(self, y: float) -> str:
        """Return the row at a height in pixels, empty below the last."""
        for key, (top, height) in self.places.items():
            if top <= y < top + height:
                return key
        return ""


def visit_label(visit: VisitMark, language: Language) -> VisitLabel:
    """Return what the strip writes of a visit: a short name, a note, the colour of its state."""
    say = translator(language).text
    name = say("Unsch.") if visit.code.startswith("UNS") else say(visit.code)
    note = visit.note.in_(language)
    if not note and visit.day is None:
        note = {"missed": say("missed"), "overdue": say("overdue"), "due": say("due")}.get(
            visit.state, ""
        )
    return VisitLabel(visit, name, note, _ROLES.get(visit.state, "text"))
