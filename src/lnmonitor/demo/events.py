"""Adverse events, deaths and the end of the study of a synthetic patient."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from lnmonitor.demo.courses import Death
from lnmonitor.demo.entry import Entry
from lnmonitor.resources import read_toml
from lnmonitor.study.forms import AdverseEvent, Disposition

_SERIOUS_GRADE = 3


def draw_events(infused: date, until: date, rng: Random) -> list[Entry]:
    """Return the events that began up to `until`; some last on or have a partial end."""
    found = []
    for kind in read_toml("demo", "events.toml")["event"]:
        if rng.random() >= kind["chance"]:
            continue
        start = infused + timedelta(days=rng.randint(*kind["days"]))
        stop = start + timedelta(days=rng.randint(*kind["lasts"]))
        if start > until:
            continue
        found.append(Entry(_event(kind, infused, start, stop if stop <= until else None, rng)))
    return found


def fever_event(infused: date) -> Entry:
    """Return the fever that followed an infusion."""
    form = AdverseEvent(
        term="Fever after the infusion",
        ctcae_term="Fever",
        ctcae_version="5.0",
        start=infused.isoformat(),
        stop=(infused + timedelta(days=1)).isoformat(),
        grade=1,
        serious="N",
        related_msc="PROBABLE",
        related_procedure="POSSIBLE",
        related_other="UNLIKELY",
        expected="Y",
        action="NOTAPPLICABLE",
        outcome="RECOVERED",
        special_interest="FEVER",
    )
    return Entry(form)


def flare_event(infused: date, on: date) -> Entry:
    """Return the admission for a renal flare."""
    narrative = _narrative("flare", "Renal flare", (on - infused).days)
    form = AdverseEvent(
        term="Renal flare of lupus",
        ctcae_term="Nephrotic syndrome",
        ctcae_version="5.0",
        start=on.isoformat(),
        stop=(on + timedelta(days=12)).isoformat(),
        grade=3,
        outcome="RECOVERING",
        special_interest="FLARE",
        related_msc="UNLIKELY",
        related_procedure="UNRELATED",
        related_other="DEFINITE",
        expected="Y",
        action="NOTAPPLICABLE",
        **_admission(on, on + timedelta(days=12), narrative),
    )
    return Entry(form)


def death_entries(infused: date, death: Death) -> list[Entry]:
    """Return the fatal event and the disposition."""
    died = infused + timedelta(days=death.day)
    began = died - timedelta(days=4)
    narrative = _narrative("fatal", death.cause, (began - infused).days)
    facts = _admission(began, None, narrative)
    event = AdverseEvent(
        term=death.cause,
        ctcae_term="Death NOS" if "failure" in death.cause else None,
        ctcae_version="5.0",
        start=began.isoformat(),
        stop=died.isoformat(),
        grade=5,
        death="Y",
        outcome="FATAL",
        related_msc="UNLIKELY",
        related_procedure="UNRELATED",
        related_other="PROBABLE",
        expected="N",
        action="NOTAPPLICABLE",
        **facts,
    )
    left = Disposition(
        status="DEATH",
        occurred_on=died.isoformat(),
        last_contact=died.isoformat(),
        cause_of_death=death.cause,
    )
    return [Entry(event), Entry(left)]


def open_event(infused: date, today: date) -> Entry:
    """Return a serious event of these days that is ongoing and not yet reported."""
    start = today - timedelta(days=3)
    narrative = _narrative("open", "Pneumonia", (start - infused).days)
    facts = {**_admission(start, None, narrative), "reported_at": None}
    form = AdverseEvent(
        term="Pneumonia",
        ctcae_term="Lung infection",
        ctcae_version="5.0",
        start=start.isoformat(),
        ongoing="Y",
        grade=3,
        related_msc="POSSIBLE",
        related_procedure="UNRELATED",
        related_other="PROBABLE",
        expected="N",
        action="NOTAPPLICABLE",
        outcome="NOTRECOVERED",
        special_interest="INFECTION",
        **facts,
    )
    return Entry(form)


def completion(on: date) -> Entry:
    """Return the regular end after the last visit."""
    form = Disposition(status="COMPLETED", occurred_on=on.isoformat(), last_contact=on.isoformat())
    return Entry(form)


def _event(
    kind: dict[str, Any], infused: date, start: date, stop: date | None, rng: Random
) -> AdverseEvent:
    grade = rng.choice(kind["grades"])
    serious = grade >= _SERIOUS_GRADE
    ended = stop.isoformat() if stop else None
    if ended and stop and stop.month != start.month and rng.random() < 0.15:
        ended = ended[:7]
    narrative = _narrative("admitted", kind["term"], (start - infused).days)
    return AdverseEvent(
        term=kind["term"],
        ctcae_term=kind["ctcae"],
        ctcae_version="5.0",
        start=start.isoformat(),
        stop=ended,
        ongoing=None if stop else "Y",
        grade=grade,
        related_msc=rng.choice(("UNRELATED", "UNRELATED", "UNLIKELY", "UNLIKELY", "POSSIBLE")),
        related_procedure="UNRELATED",
        related_other=rng.choice(("POSSIBLE", "PROBABLE", "UNASSESSABLE")),
        expected="Y" if serious else None,
        action="NOTAPPLICABLE",
        outcome="RECOVERED" if stop else "RECOVERING",
        special_interest=kind.get("special"),
        **(_admission(start, stop, narrative) if serious else {"serious": "N"}),
    )


def _admission(start: date, stop: date | None, narrative: str) -> dict[str, Any]:
    aware = datetime.combine(start + timedelta(days=1), time(9, 15))
    return {
        "serious": "Y",
        "hospitalised": "Y",
        "admitted_on": start.isoformat(),
        "discharged_on": stop.isoformat() if stop else None,
        "aware_at": aware.strftime("%Y-%m-%dT%H:%M"),
        "reported_at": (aware + timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M"),
        "narrative": narrative,
    }


def _narrative(kind: str, term: str, day: int) -> str:
    wording: str = read_toml("demo", "events.toml")["narratives"][kind]
    return wording.format(term=term, day=day)
