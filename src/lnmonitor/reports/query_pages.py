"""Queries with their threads as printed, each step with who, when, and the state after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reportlab.platypus import Flowable

from lnmonitor.i18n import Translator
from lnmonitor.reports import flowables as flow
from lnmonitor.reports.casebook_forms import QUERY_STATES, question, state_words
from lnmonitor.reports.instants import with_offset
from lnmonitor.reports.wording import form_title, item_label
from lnmonitor.services.permissions import role_of
from lnmonitor.services.queries import QueryView, Step

_WIDTHS = (1.9, 1.45, 1.3, 1.2, 2.9)


@dataclass(frozen=True)
class Thread:
    """A query with its number in the document and all of its steps."""

    number: int
    query: QueryView
    steps: tuple[Step, ...]


def query_table(threads: Sequence[Thread], visits: Mapping[str, str], tr: Translator) -> Flowable:
    """Return all queries in the order of their numbers; `visits`: words of each by its id."""
    if not threads:
        return flow.text(tr.text("No queries."), tone="text-2")
    head = (
        tr.text("Query"), tr.text("When"), tr.text("Who"), tr.text("Step"), tr.text("Text"),
    )  # fmt: skip
    rows = []
    for one in threads:
        for number, step in enumerate(one.steps):
            about = _about(one, visits, tr) if not number else ""
            rows.append((about, *_step(one.query, step, tr, first=not number)))
    return flow.table(head, rows, _WIDTHS)


def _about(thread: Thread, visits: Mapping[str, str], tr: Translator) -> str:
    query, language = thread.query, tr.language
    form = form_title(query.form, language) if query.form else tr.text("the patient")
    item = item_label(query.form, query.item, language) if query.item else ""
    place = " · ".join(filter(None, (visits.get(query.visit_id, ""), form, item)))
    return f"[Q{thread.number}] {state_words(query, tr)}\n{place}"


def _step(query: QueryView, step: Step, tr: Translator, *, first: bool) -> tuple[str, ...]:
    who = f"{step.full_name}, {role_of(step.role).title.in_(tr.language)}"
    return (
        with_offset(step.at, step.utc_offset),
        query.kind.title.in_(tr.language) if first and query.check_id else who,
        f"{tr.text(step.action)} → {tr.text(QUERY_STATES[step.state])}",
        question(query, tr) if first else tr.text(step.text),
    )
