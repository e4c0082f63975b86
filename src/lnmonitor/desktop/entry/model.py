"""What stands in a form while it is typed: answers, unreadable texts, confirmations, reasons.

Widgets show an entry and write to it; saving turns it into a form instance. It lives longer than
the page that shows it, so leaving a page loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from lnmonitor.desktop.entry.values import EMPTY, Answer, Value
from lnmonitor.study.items import Form, ItemField
from lnmonitor.study.records import Record

HIDDEN: Mapping[str, frozenset[str]] = {
    "SV": frozenset({"visit_code"}),
    "VS": frozenset({"timepoint"}),
    "DV": frozenset({"check"}),
}
"""Items that follow from where the form stands."""


def visible_items(form: type[Form]) -> dict[str, ItemField]:
    """Return the items of a form that a person fills in."""
    hidden = HIDDEN.get(form.code, frozenset())
    return {name: field for name, field in form.items().items() if name not in hidden}


@dataclass(frozen=True)
class EntryState:
    """All that was typed in an entry and said about it, at one moment."""

    answers: Mapping[str, Answer]
    typed: Mapping[str, str]
    justified: Mapping[str, str]
    reasons: Mapping[str, str]
    remarks: tuple[str, ...]
    fixed: Mapping[str, Value]
    prefilled: frozenset[str]


class FormEntry(QObject):
    """One form being filled in, new (`record` None) or saved before.

    Attributes:
        form_type: the form's class.
        record: what was last saved, None for a new form.
        fixed: values a new form has from where it stands (analyte, infusion time point); they alone
            do not make it worth saving.
        justified: item -> why an unexpected value is right.
        reasons: item -> why a saved value was changed.
        remarks: how several answers were given at once, for the history.
        draft_key: tells a new form from its like (analyte, time point) in the journal of drafts.
        recovered: items that came back from the journal and are not saved yet.
        aside: texts that came back for items which the form does not have any more.
    """

    changed = Signal(str)
    """An item's answer, text, confirmation or reason changed; carries its name."""

    def __init__(
        self,
        form_type: type[Form],
        record: Record[Any] | None = None,
        fixed: Mapping[str, Value] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.form_type = form_type
        self.fixed: dict[str, Value] = dict(fixed or {})
        self.justified: dict[str, str] = {}
        self.reasons: dict[str, str] = {}
        self.remarks: list[str] = []
        self.draft_key = ""
        self.recovered: set[str] = set()
        self.aside: dict[str, str] = {}
        self.prefilled: set[str] = set()
        self._answers: dict[str, Answer] = {}
        self._typed: dict[str, str] = {}
        self.record: Record[Any] | None = None
        self.take(record)

    def take(self, record: Record[Any] | None, sent: Mapping[str, Answer] | None = None) -> None:
        """Start from a saved record: after loading, and after a save.

        `sent` is what `answers` said when the save began: what was typed since then stays.
        """
        later = {n: a for n, a in self._answers.items() if sent is not None and sent.get(n) != a}
        typed = dict(self._typed) if sent is not None else {}  # a save has no unreadable text
        self.record = record
        self._answers = later
        self._typed = typed
        for held in (self.reasons, self.remarks, self.recovered, self.aside, self.prefilled):
            held.clear()
        self.justified = dict(record.justified) if record is not None else {}
        self.changed.emit("")

    @property
    def answers(self) -> dict[str, Answer]:
        """The answers that differ from what is saved, by item."""
        return dict(self._answers)

    def prefill(self, name: str, value: Value) -> None:
        """Give a new form a value that was typed beside it, such as its group's date."""
        self.fixed[name] = value
        self.prefilled.add(name)
        self.changed.emit(name)

    def saved(self, name: str) -> Answer:
        """Return what is saved for an item."""
        if self.record is None:
            return EMPTY
        return Answer(self.record.form.get(name), self.record.missing.get(name, ""))

    def answer(self, name: str) -> Answer:
        """Return what stands in the field now."""
        return self._answers.get(name, self.saved(name))

    def value(self, name: str) -> Value:
        """Return the value in the field now, else the one the form has from its place."""
        value = self.answer(name).value
        return self.fixed.get(name) if value is None else value

    def typed(self, name: str) -> str:
        """Return the text that could not be read, "" if none."""
        return self._typed.get(name, "")

    def set(self, name: str, answer: Answer) -> None:
        """Take a readable answer; a confirmation or reason given for another value falls."""
        if answer == self.answer(name) and name not in self._typed:
            return
        self._typed.pop(name, None)
        self.justified.pop(name, None)
        self._answers[name] = answer
        if answer == self.saved(name):
            del self._answers[name]
            self.reasons.pop(name, None)
            kept = self.record.justified.get(name) if self.record is not None else None
            if kept is not None:
                self.justified[name] = kept
        self.changed.emit(name)

    def set_unreadable(self, name: str, text: str) -> None:
        """Keep a text that is no value: it stays in the field and stops the save."""
        if self._typed.get(name) != text:
            self._typed[name] = text
            self.changed.emit(name)

    def justify(self, name: str, why: str) -> None:
        """Confirm an unexpected value."""
        self.justified[name] = why
        self.changed.emit(name)

    def give_reason(self, name: str, why: str) -> None:
        """Say why a saved value was changed."""
        self.reasons[name] = why
        self.changed.emit(name)

    def restore(self, name: str) -> None:
        """Put the saved value back."""
        self.set(name, self.saved(name))

    def state(self) -> EntryState:
        """Return what stands in the entry, to come back to it."""
        return EntryState(
            dict(self._answers),
            dict(self._typed),
            dict(self.justified),
            dict(self.reasons),
            tuple(self.remarks),
            dict(self.fixed),
            frozenset(self.prefilled),
        )

    def go_to(self, state: EntryState) -> None:
        """Come back to what stood in the entry at another moment since the last save."""
        self._answers, self._typed = dict(state.answers), dict(state.typed)
        self.justified, self.reasons = dict(state.justified), dict(state.reasons)
        self.remarks, self.fixed = list(state.remarks), dict(state.fixed)
        self.prefilled = set(state.prefilled)
        self.changed.emit("")

    @property
    def changed_names(self) -> tuple[str, ...]:
        """Items that differ from what is saved, in the order of the form."""
        return tuple(name for name in self.form_type.items() if name in self._answers)

    @property
    def unreadable(self) -> Mapping[str, str]:
        """Texts that could not be read, by item."""
        return self._typed

    @property
    def needs_reason(self) -> tuple[str, ...]:
        """Saved values that were changed and have no reason yet."""
        return tuple(name for name in self.amended if name not in self.reasons)

    @property
    def amended(self) -> tuple[str, ...]:
        """Changed items that had a saved value or a saved reason for having none."""
        if self.record is None:
            return ()
        return tuple(name for name in self.changed_names if not self.saved(name).empty)

    @property
    def unsaved(self) -> bool:
        """Whether something would be lost by closing."""
        saved = dict(self.record.justified) if self.record is not None else {}
        return bool(self._answers or self._typed or self.justified != saved)

    @property
    def blank(self) -> bool:
        """Whether no item has a value or a missing code."""
        return all(self.answer(name).empty for name in self.form_type.items())

    @property
    def reason(self) -> str:
        """The reasons of all changed values, and the remarks, in one line."""
        given = [self.reasons[name] for name in self.amended if name in self.reasons]
        return "; ".join(dict.fromkeys((*given, *self.remarks)))

    @property
    def missing(self) -> dict[str, str]:
        """Item -> missing code, as a record keeps it."""
        found = {name: self.answer(name).missing for name in self.form_type.items()}
        return {name: code for name, code in found.items() if code}

    def form(self) -> Form:
        """Return the form as it would be saved."""
        return self.form_type(**{name: self.value(name) for name in self.form_type.items()})

    def progress(self) -> tuple[int, int]:
        """Return how many items are answered, and how many there are.

        A form with required items counts these alone.
        """
        items = visible_items(self.form_type)
        counted = [name for name in items if items[name].item.required and name not in self.fixed]
        counted = counted or list(items)
        return sum(not self.answer(name).empty for name in counted), len(counted)


class ResultEntry(FormEntry):
    """One laboratory result: number and operator, or a word, stand in the one field `value`."""

    def saved(self, name: str) -> Answer:
        """Return what is saved, the number with its operator."""
        found = super().saved(name)
        if name != "value" or self.record is None:
            return found
        form = self.record.form
        if found.value is None and form.get("text"):
            return Answer(form.get("text"))
        return Answer(found.value, found.missing, str(form.get("operator") or ""))

    def form(self) -> Form:
        """Return the result as reported; what is derived from a changed value is left out."""
        values = {name: self.value(name) for name in self.form_type.items()}
        answer = self.answer("value")
        in_words = isinstance(answer.value, str)
        values["text"] = answer.value if in_words else None
        values["value"] = None if in_words else answer.value
        values["operator"] = answer.operator or None
        if "value" in self.changed_names or "unit" in self.changed_names:
            derived = ("canonical_value", "canonical_unit", "range_low", "range_high")
            values.update(
                dict.fromkeys((*derived, "range_source"))
            )  # filled anew from the catalogue
        return self.form_type(**values)

    @property
    def blank(self) -> bool:
        """Whether there is no result."""
        return self.answer("value").empty

    def progress(self) -> tuple[int, int]:
        """Return (1, 1) for a result or a reason for having none."""
        return int(not self.blank), 1
