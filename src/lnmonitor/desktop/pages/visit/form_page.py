"""One form of a patient outside a visit: demographics, history, infusion, events, disposition."""

from __future__ import annotations

from lnmonitor.desktop.pages.visit.binder import Binder, Loaded
from lnmonitor.desktop.pages.visit.page import VisitPage
from lnmonitor.desktop.pages.visit.wanted import Wanted
from lnmonitor.desktop.session_hub import hub
from lnmonitor.study.forms import FORMS
from lnmonitor.study.items import Scope


class FormPage(VisitPage):
    """Enters one form. Argument: (patient id, form code, record id or None[, item])."""

    def __init__(self) -> None:
        super().__init__()
        self._record_id = ""

    def activate(self, argument: object) -> None:
        """Show a form; a form of a visit is shown within its visit."""
        if not isinstance(argument, tuple) or len(argument) < 2:
            return
        self._record_id = str(argument[2] or "") if len(argument) > 2 else ""
        item = str(argument[3] or "") if len(argument) > 3 else ""
        self._wanted = Wanted(str(argument[1]), item, self._record_id)
        self._open((str(argument[0]), str(argument[1])))

    def make_binder(self, loaded: Loaded) -> Binder | None:
        """Return the binder of one form, None if the form lives in a visit."""
        code = self._place[1]
        if code not in FORMS:
            return None
        record = next((r for r in loaded.data.records if r.id == self._record_id), None)
        if code == "SV" or FORMS[code].scope in (Scope.VISIT, Scope.VISIT_LOG):
            if record is not None and record.visit_id:
                wanted = (code, self._wanted.item, record.id)
                hub().open_page.emit("visit", (self._place[0], record.visit_id, *wanted))
            return None
        return Binder(loaded, None, single=code)

    def _first_form(self, binder: Binder) -> None:
        if not self.desk.show_wanted(self._wanted):
            self.desk.show_form(binder.single).focus_first()
