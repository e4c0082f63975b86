"""What a check says: a level, the item, and a sentence in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, Literal, TypeVar, cast

from lnmonitor.i18n import translator
from lnmonitor.language import Language, Text
from lnmonitor.study.cross_checks import Level
from lnmonitor.study.dates import earliest, years_between
from lnmonitor.study.forms import Demographics, Visit
from lnmonitor.study.items import Form
from lnmonitor.study.protocol import Protocol
from lnmonitor.study.records import PatientData, Record

Severity = Literal["", "MINOR", "MAJOR"]
FormT_co = TypeVar("FormT_co", bound=Form, covariant=True)
G = TypeVar("G", bound=Form)


@dataclass(frozen=True)
class Finding:
    """One thing a check noticed.

    Attributes:
        level: "refuse" is impossible and not stored; "ask" is stored with a justification;
            "info" is shown only.
        form: code of the form. item: name of the item, None for the form as a whole.
        message: what is, then what to do. check_id: stable name of the check.
        deviation: to be recorded as a protocol deviation when stored, with `severity` (code list
            DVSEV) and `category` (DVCAT).
    """

    level: Level
    form: str
    item: str | None
    message: Text
    check_id: str
    deviation: bool = False
    severity: Severity = ""
    category: str = ""


@dataclass(frozen=True)
class Context(Generic[FormT_co]):
    """A form to be checked with everything that a check may compare it with.

    `data` holds the patient's stored records, `visit` the visit it belongs to, `record_id` its own
    id when it is stored already (that record is left out of comparisons), `today` the present day.
    """

    form: FormT_co
    data: PatientData | None
    visit: Record[Visit] | None
    protocol: Protocol
    record_id: str | None = None
    missing: Mapping[str, str] = field(default_factory=dict)
    today: date | None = None
    _others: dict[type[Form], tuple[Record[Any], ...]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def others(self, form: type[G]) -> tuple[Record[G], ...]:
        """Return the patient's other records of a form, gathered once for all checks."""
        found = self._others.get(form)
        if found is None:
            records = self.data.of(form) if self.data else ()
            found = tuple([record for record in records if record.id != self.record_id])
            self._others[form] = found
        return cast("tuple[Record[G], ...]", found)

    @property
    def demographics(self) -> Demographics | None:
        """The patient's demographics, None while there are none."""
        record = self.data.one(Demographics) if self.data else None
        return record.form if record else None

    @property
    def consent(self) -> date | None:
        """The day of consent, None where it is not known."""
        return earliest(self.demographics.consent_date) if self.demographics else None

    def age_on(self, day: date | None) -> float | None:
        """Return the age in completed years on a day."""
        return age_on(self.demographics, day)


def age_on(demographics: Demographics | None, day: date | None) -> float | None:
    """Return the age in completed years on a day, the age at consent without a date of birth."""
    if demographics is None:
        return None
    born = earliest(demographics.birth_date)
    if born is not None and day is not None and born <= day:
        return years_between(born, day)
    return demographics.age_at_consent


class Reporter:
    """Collects the findings of one form."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self.findings: list[Finding] = []

    def tell(
        self, level: Level, item: str | None, check_id: str, sentence: str, /, **params: object
    ) -> None:
        """Note what a check of the catalogue says, at the level that stands there."""
        self._add(level, item, check_id, sentence, params)

    def refuse(self, item: str | None, check_id: str, sentence: str, /, **params: object) -> None:
        """Note what is impossible."""
        self._add("refuse", item, check_id, sentence, params)

    def ask(self, item: str | None, check_id: str, sentence: str, /, **params: object) -> None:
        """Note what is unexpected and may be true."""
        self._add("ask", item, check_id, sentence, params)

    def inform(self, item: str | None, check_id: str, sentence: str, /, **params: object) -> None:
        """Note what a person should know."""
        self._add("info", item, check_id, sentence, params)

    def deviate(
        self,
        item: str | None,
        check_id: str,
        severity: Severity,
        category: str,
        sentence: str,
        /,
        **params: object,
    ) -> None:
        """Ask about what departs from the protocol; stored, it becomes a deviation."""
        self._add("ask", item, check_id, sentence, params, severity, category)

    def _add(
        self,
        level: Level,
        item: str | None,
        check_id: str,
        sentence: str,
        params: Mapping[str, object],
        severity: Severity = "",
        category: str = "",
    ) -> None:
        message = say(sentence, **params)
        self.findings.append(
            Finding(
                level,
                self._form.code,
                item,
                message,
                check_id,
                deviation=bool(severity),
                severity=severity,
                category=category,
            )
        )


def say(sentence: str, /, **params: object) -> Text:
    """Fill a sentence in both languages; a `Text` among the params is taken in each language."""
    return Text(_fill(sentence, "en", params), _fill(sentence, "zh", params))


def number(value: float) -> str:
    """Return a number as people write it: no trailing zeros, no exponent."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return text if text not in ("", "-0") else "0"


def _fill(sentence: str, language: Language, params: Mapping[str, object]) -> str:
    shown = {name: _shown(value, language) for name, value in params.items()}
    filled = translator(language).text(sentence, **shown)
    return filled.replace("  ", " ").replace(" .", ".")  # an item without a unit


def _shown(value: object, language: Language) -> str:
    if isinstance(value, Text):
        return value.in_(language)
    if isinstance(value, int | float):
        return number(value)
    return value.isoformat() if isinstance(value, date) else str(value)
