"""ODM 1.3.2 in (CDISC, 2013): each group of items becomes a table, each of its occurrences a row.

Names are those of the file's own metadata, or the last part of an OID (`IT.LB.LBORRES` is LBORRES).
A row knows its subject: where no item is called USUBJID, the SubjectKey stands in that column. Only
data as they are now can be read: a file of changes and removals would need what came before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import IO

from lnmonitor.errors import InputError
from lnmonitor.exchange.limits import LIMITS, Limits, shown
from lnmonitor.exchange.table import Table, TableBuilder, not_a, together
from lnmonitor.exchange.xml_reading import read_xml

_KIND = "ODM"
_SPACE = "{http://www.cdisc.org/ns/odm/v1.3}"
_SUBJECT = "USUBJID"
_ITEM = "ItemData"
_TYPES = (
    *("Any", "String", "Integer", "Float", "Double", "Boolean", "Date", "Time", "Datetime"),
    *("URI", "HexBinary", "Base64Binary", "HexFloat", "Base64Float", "PartialDate", "PartialTime"),
    *("PartialDatetime", "DurationDatetime", "IntervalDatetime", "IncompleteDatetime"),
    *("IncompleteDate", "IncompleteTime"),
)
_TYPED = frozenset(_ITEM + kind for kind in _TYPES)
_LEVELS = frozenset({"SubjectData", "StudyEventData", "FormData", "ItemGroupData"})
_BESIDE = frozenset(
    {"AuditRecord", "Signature", "Annotation", "InvestigatorRef", "SiteRef", "MeasurementUnitRef"}
)
"""What may stand beside the data; its own content is passed over."""


def parse_odm(stream: IO[bytes], path: Path, *, limits: Limits = LIMITS) -> tuple[Table, ...]:
    """Read the clinical data of an ODM file, one table for each kind of item group.

    Raises:
        InputError: not ODM 1.3, no clinical data, an item that stands twice in its group, changes
            instead of data.
    """
    found = _Clinical(path, limits)
    read_xml(stream, path, found, limits)
    if not found.is_odm:
        raise not_a(path, _KIND, "it does not begin with ODM of version 1.3")
    if not found.groups:
        raise not_a(path, _KIND, "it holds no clinical data")
    tables = (group.table(path, limits) for group in found.groups.values())
    return tuple(together(tables, path, limits))


class _Group:
    """The rows of one kind of item group; columns come in the order in which they are met."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.columns: dict[str, None] = {}
        self.rows: list[Mapping[str, str]] = []

    def table(self, path: Path, limits: Limits) -> Table:
        built = TableBuilder(path, self.name, list(self.columns), limits=limits)
        for number, row in enumerate(self.rows, start=1):
            built.add(number, [row.get(column, "") for column in self.columns])
        return built.table()


class _Clinical:
    """Collects the rows while the file is read."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path, self.limits = path, limits
        self.is_odm = False
        self.groups: dict[str, _Group] = {}
        self._names: dict[str, str] = {}
        """OID -> name, of the metadata."""
        self._subject = ""
        self._cells = 0
        self._open: list[str] = []
        self._row: dict[str, str] | None = None
        self._item: tuple[str, str | None] | None = None
        """Name of the open typed item, and its value if that is given as an attribute."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.removeprefix(_SPACE)
        if not self._open:
            self.is_odm = tag == f"{_SPACE}ODM"
        self._open.append(name)
        if "ClinicalData" in self._open[:-1] and not _BESIDE.intersection(self._open):
            self._check_data(tag, name)
        if tag == name:
            return  # an element of another maker, whose meaning only that one knows
        if attributes.get("TransactionType", "Insert") != "Insert":
            raise not_a(self.path, _KIND, "it holds changes, not data as they are")
        if name in {"ItemGroupDef", "ItemDef"}:
            named = attributes.get("Domain") if name == "ItemGroupDef" else None
            self._names[attributes.get("OID", "")] = named or attributes.get("Name", "")
        elif name == "SubjectData":
            self._subject = attributes.get("SubjectKey", "")
        elif name == "ItemGroupData":
            self._begin_row(attributes.get("ItemGroupOID", ""))
        elif (name == _ITEM or name in _TYPED) and self._row is not None:
            self._begin_item(name, attributes)

    def end(self, tag: str, text: str) -> None:
        name = self._open.pop()
        if tag == name:
            return
        if (name == _ITEM or name in _TYPED) and self._item is not None:
            column, value = self._item
            self._put(column, text if value is None else value)
            self._item = None
        elif name == "ItemGroupData" and self._row is not None:
            if _SUBJECT not in self._row:
                self._put(_SUBJECT, self._subject)
            self._row = None

    def _check_data(self, tag: str, name: str) -> None:
        """Refuse what is no element of the clinical data: it would be lost without a word."""
        inside = name == _ITEM or name in _TYPED or name in _LEVELS or name in _BESIDE
        if not inside if tag != name else tag.rpartition("}")[2].startswith(_ITEM):
            raise not_a(self.path, _KIND, f"among its data is {shown(name)}")

    def _begin_row(self, oid: str) -> None:
        if self._row is not None or not oid:
            raise not_a(self.path, _KIND, "an item group stands in another, or has no OID")
        name = self._name(oid)
        self._group = self.groups.setdefault(oid, _Group(name))
        self._row = {}
        self._group.rows.append(self._row)

    def _begin_item(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._item is not None:
            raise not_a(self.path, _KIND, "an item stands in another")
        is_null = attributes.get("IsNull") == "Yes"
        given = "" if is_null else attributes.get("Value", "") if name == _ITEM else None
        self._item = (self._name(attributes.get("ItemOID", "")), given)

    def _name(self, oid: str) -> str:
        return self._names.get(oid) or oid.rpartition(".")[2]

    def _put(self, column: str, value: str) -> None:
        row, group = self._row, self._group
        if row is None:
            return
        if column in row:
            raise InputError(
                "{file}, group {group}, row {row}: the item {item} stands twice.",
                "Nothing was imported; correct the file.",
                file=shown(self.path.name),
                group=shown(group.name),
                row=len(group.rows),
                item=shown(column),
            )
        row[column] = value
        group.columns[column] = None
        self._cells += 1
        if self._cells > self.limits.cells or len(self.groups) > self.limits.members:
            raise not_a(self.path, _KIND, "it holds too many items")
