"""One form of a patient outside a visit: demographics, history, infusion, events, disposition."""

from __future__ import annotations

from lnmonitor.desktop.pages.visit.binder import Binder, Loaded
from lnmonitor.desktop.pages.visit.page import VisitPage
from lnmonitor.desktop.session_hub import hub
from lnmonitor.study.forms import FORMS
from lnmonitor.study.items import Scope


class FormPage(VisitPage):
    """Enters one form. Argument: (patient id, form code, record id or None)."""

    def __init__(self) -> None:
        super().__init__()
        self._record_id = ""

    def activate(self, argument: object) -> None:
        """Show a form; a form of a visit is shown within its visit."""
        if not isinstance(argument, tuple) or len(argument) < 2:
            return
        self._record_id = str(argument[2] or "") if len(argument) > 2 else ""
        self._wanted_form = str(argument[1])
        self._open((str(argument[0]), str(argument[1])))

    def make_binder(self, loaded: Loaded) -> Binder | None:
        """Return the binder of one form, None if the form lives in a visit."""
        code = self._place[1]
        if code not in FORMS:
            return None
        record = next((r for r in loaded.data.records if r.id == self._record_id), None)
        if code == "SV" or FORMS[code].scope in (Scope.VISIT, Scope.VISIT_LOG):
            if record is not None and record.visit_id:
                hub().open_page.emit("visit", (self._place[0], record.visit_id, code))
            return None
        return Binder(loaded, None, single=code)

    def _first_form(self, binder: Binder) -> None:
        view = self.desk.show_form(binder.single)
        entries = binder.entries(binder.single)
        wanted = next((e for e in entries if e.record and e.record.id == self._record_id), None)
        if wanted is None or not view.focus_item(wanted, None):
            view.focus_first()
