"""The infusion form with its arithmetic beside it: planned, given, how far apart, how fast."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.infusion import InfusionCheck, InfusionFacts, check
from lnmonitor.desktop.entry.model import FormEntry
from lnmonitor.desktop.i18n import text as text_of
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.pages.visit.form_view import FormView
from lnmonitor.desktop.pages.visit.generic import add_items
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.text import label, set_tone
from lnmonitor.study.dates import exact
from lnmonitor.study.protocol import Protocol

_CLASSES = {"ok": "within tolerance", "minor": "minor deviation", "major": "major deviation"}
_TONES = {"ok": "ok", "minor": "warn", "major": "serious"}
_MILLION = 1e6


class DosePanel(QWidget):
    """Numbers recomputed at every keystroke; each says what is missing while it is unknown."""

    def __init__(self, entry: FormEntry, protocol: Protocol) -> None:
        super().__init__()
        self._entry, self._protocol = entry, protocol
        self.setProperty("ground", "subtle")
        grid = QGridLayout(self)
        px = theme().px
        grid.setContentsMargins(px(3), px(2), px(3), px(2))
        grid.setHorizontalSpacing(px(6))
        grid.setVerticalSpacing(px(0.5))
        self.values = {}
        names = ("Planned", "Given", "Deviation", "Elapsed", "Rate")
        for place, name in enumerate(names):
            value = label("–", weight=600)
            detail = label("", "small", "text-muted")
            grid.addWidget(label(tr(name), "small", "text-2"), 0, place)
            grid.addWidget(value, 1, place)
            grid.addWidget(detail, 2, place)
            self.values[name] = (value, detail)
        grid.setColumnStretch(len(names), 1)
        entry.changed.connect(self._renew)
        self._renew("")

    def text(self, name: str) -> str:
        """Return what a number says, with its detail."""
        value, detail = self.values[name]
        return f"{value.text()} {detail.text()}".strip()

    @Slot(str)
    def _renew(self, _name: str) -> None:
        try:
            found = check(infusion_facts(self._entry, self._protocol))
        except InvalidInput:
            found = None  # the field that is impossible says so itself
        self._show_dose(found)
        self._show_time(found)

    def _say(self, name: str, value: str, detail: str = "", tone: str = "text") -> None:
        shown, small = self.values[name]
        shown.setText(value or "–")
        small.setText(detail)
        set_tone(shown, tone)

    def _show_dose(self, found: InfusionCheck | None) -> None:
        per_kg = self._protocol.dose_per_kg
        weight = self._entry.value("weight_kg")
        if found is None or found.planned_cells is None:
            self._say("Planned", "", tr("{dose} ×10⁶/kg, weight missing", dose=f"{per_kg:g}"))
        else:
            planned = f"{found.planned_cells / _MILLION:.1f} ×10⁶"
            self._say("Planned", planned, f"{per_kg:g} ×10⁶/kg × {weight:g} kg")
        if found is None or found.given_dose_per_kg is None:
            self._say("Given", "", tr("viable cells or weight missing"))
            self._say("Deviation", "")
            return
        viable = (found.viable_cells or 0) / _MILLION
        given = f"{found.given_dose_per_kg / _MILLION:.3f} ×10⁶/kg"
        self._say("Given", given, f"{viable:.1f} ×10⁶")
        grade = found.deviation_class or "ok"
        percent = f"{found.deviation_percent:+.1f} %".replace("-", "−")
        self._say("Deviation", percent, tr(_CLASSES[grade]), _TONES[grade])

    def _show_time(self, found: InfusionCheck | None) -> None:
        if found is None or found.elapsed_min is None:
            self._say("Elapsed", "", tr("start or stop missing"))
        else:
            wrong = found.elapsed_min <= 0
            self._say(
                "Elapsed",
                f"{found.elapsed_min:.0f} min".replace("-", "−"),
                tr("stop is not after start") if wrong else "",
                "serious" if wrong else "text",
            )
        if found is None or found.rate_ml_per_h is None:
            self._say("Rate", "")
            return
        typed = self._entry.value("rate_ml_per_h")
        apart = isinstance(typed, float) and abs(typed / found.rate_ml_per_h - 1) > 0.1
        detail = tr("typed {rate} mL/h", rate=f"{typed:g}") if apart else tr("volume / time")
        rate = f"{found.rate_ml_per_h:.0f} mL/h"
        self._say("Rate", rate, detail, "warn" if apart else "text")


class InfusionView(FormView):
    """The infusion form."""

    def build(self) -> None:
        """Add the arithmetic, then the items of the last infusion."""
        entry = self.binder.entries(self.key)[-1]
        self.title_bar(text_of(entry.form_type.title))
        self.panel = DosePanel(entry, self.binder.protocol)
        self.column.addWidget(self.panel)
        add_items(self, entry, self.column, head=False)


def infusion_facts(entry: FormEntry, protocol: Protocol) -> InfusionFacts:
    """Return what is typed as the rule wants it: cells in numbers, instants as datetimes."""

    def number(name: str) -> float | None:
        value = entry.value(name)
        return None if value is None or isinstance(value, str) else float(value)

    def cells(name: str) -> float | None:
        value = number(name)
        return None if value is None else value * _MILLION

    def moment(name: str) -> datetime | None:
        value = entry.value(name)
        return datetime.fromisoformat(value) if isinstance(value, str) else None

    started = moment("started_at")
    weighed = exact(str(entry.value("weight_date") or ""))
    passage = number("passage")
    return InfusionFacts(
        weight_kg=number("weight_kg"),
        protocol_dose_per_kg=protocol.dose_per_kg * _MILLION,
        viable_cells_given=cells("viable_cells"),
        total_cells=cells("total_cells"),
        viability_percent=number("viability_percent"),
        concentration_cells_per_ml=cells("concentration"),
        volume_ml=number("volume_ml"),
        rate_ml_per_h=number("rate_ml_per_h"),
        start=started,
        stop=moment("stopped_at"),
        interruption_min=number("interrupted_min") or 0.0,
        product_expiry=moment("expiry"),
        thawed_at=moment("thawed_at"),
        dmso_percent=number("dmso_percent"),
        passage_number=None if passage is None else int(passage),
        weight_age_days=(started.date() - weighed).days if started and weighed else None,
    )
