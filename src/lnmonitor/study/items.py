"""What an item of a case report form is: the metadata that every other room reads.

Entry fields, live checks, table columns, audit labels, the data dictionary, Excel columns and the
blank form all come from the `Item` that a form class attaches to its field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import ClassVar, get_args

from sqlmodel import SQLModel

from lnmonitor.language import Language, Text

Limits = tuple[float | None, float | None]


class Kind(Enum):
    """How a value is typed and read. Dates and instants are ISO 8601 text in every form."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    CODE = "code"
    DATE = "date"
    PARTIAL_DATE = "partial date"  # 2009, 2009-05 or 2009-05-12
    DATETIME = "datetime"  # 2009-05-12T14:30, local time of the site


class Scope(Enum):
    """How often a form occurs."""

    SUBJECT = "once for a patient"
    SUBJECT_LOG = "many for a patient"
    VISIT = "once at a visit"
    VISIT_LOG = "many at a visit"


class Missing(Enum):
    """Why there is no value."""

    ND = "ND"  # not done
    UNK = "UNK"  # unknown
    NA = "NA"  # not applicable


@dataclass(frozen=True)
class Item:
    """One item of a form.

    Attributes:
        en: English label. zh: Chinese label.
        kind: how it is typed; None derives NUMBER, INTEGER or TEXT from the field's type.
        unit: unit of the stored value, as printed.
        codes: id of the code list in `resources/codelists`.
        hard: accepted range (inclusive); outside is refused.
        soft: expected range (inclusive); outside is asked about, kept and justified.
        decimals: digits shown after the point.
        required: the form is incomplete without it (or a missing-value reason).
        identifying: names a person; leaves the site in no export.
        cdash: CDASH variable. sdtm: SDTM target as DOMAIN.VARIABLE.
        group: heading under which it stands in the form.
    """

    en: str
    zh: str
    kind: Kind | None = None
    unit: str = ""
    codes: str | None = None
    hard: Limits | None = None
    soft: Limits | None = None
    decimals: int | None = None
    required: bool = False
    identifying: bool = False
    cdash: str = ""
    sdtm: str = ""
    group: Text | None = None

    @property
    def label(self) -> Text:
        """English and Chinese label."""
        return Text(self.en, self.zh)


@dataclass(frozen=True)
class ItemField:
    """An item with its place in a form: `name` is the attribute of the form class."""

    name: str
    item: Item
    kind: Kind
    python_type: type


class Form(SQLModel):
    """Base of all forms: a SQLModel data model (not a table) whose fields carry an `Item` each.

    A form instance holds values only; record keys, missing-value reasons and versions live in
    `lnmonitor.study.records.Record`. Fields are `str | None`, `int | None` or `float | None`.
    """

    model_config = {"extra": "forbid"}

    code: ClassVar[str] = ""
    title: ClassVar[Text] = Text("", "")
    version: ClassVar[int] = 1
    scope: ClassVar[Scope] = Scope.VISIT
    domain: ClassVar[str] = ""

    @classmethod
    def items(cls) -> Mapping[str, ItemField]:
        """Return the items in the order of the form, by field name."""
        return _items(cls)

    @classmethod
    def label(cls, name: str, language: Language) -> str:
        """Return the label of an item."""
        return cls.items()[name].item.label.in_(language)

    def get(self, name: str) -> str | int | float | None:
        """Return the value of an item."""
        result: str | int | float | None = getattr(self, name)
        return result


@cache
def _items(form: type[Form]) -> Mapping[str, ItemField]:
    found: dict[str, ItemField] = {}
    for name, info in form.model_fields.items():
        item = next((m for m in info.metadata if isinstance(m, Item)), None)
        if item is None:
            continue  # a record key of a table class, not an item of the form
        python_type = next(t for t in get_args(info.annotation) if t is not type(None))
        found[name] = ItemField(name, item, item.kind or _kind_of(python_type, item), python_type)
    return found


def _kind_of(python_type: type, item: Item) -> Kind:
    if item.codes is not None:
        return Kind.CODE
    return {float: Kind.NUMBER, int: Kind.INTEGER}.get(python_type, Kind.TEXT)
