"""Reports that are signed by hand: the drill of a restore, and the review of who has access."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from reportlab.platypus import Flowable, Spacer

from lnmonitor.i18n import Translator, translator
from lnmonitor.reports import flowables as flow
from lnmonitor.reports.instants import in_zone, with_offset
from lnmonitor.reports.page import Imprint, build
from lnmonitor.services.accounts import AccountCard
from lnmonitor.services.audit import AuditEntry
from lnmonitor.services.permissions import role_of
from lnmonitor.services.restore import DrillReport
from lnmonitor.study.forms import FORMS

ACCOUNT_ACTIONS = (
    "account added", "role changed", "access removed", "access given", "account unlocked",
    "password set", "password changed", "training recorded",
)  # fmt: skip
"""What the trail tells about an account, as the report of access shows it."""
REVIEWED = "access reviewed"
_TRAINED = "training recorded"
_NEW_PASSWORD = ("account added", "access given", "password set", "password changed")


@dataclass(frozen=True)
class Drill:
    """What the report of a drill is made of.

    Attributes:
        entry: the trail's entry about the drill, None where the study could only be read.
        zone: of this workstation's clock.
    """

    result: DrillReport
    entry: AuditEntry | None
    zone: tzinfo | None
    imprint: Imprint


@dataclass(frozen=True)
class Access:
    """What the review of access is made of.

    Attributes:
        entries: about accounts, in order. reviews: earlier ones, in order.
        now: on this workstation's clock.
    """

    cards: Sequence[AccountCard]
    entries: Sequence[AuditEntry]
    reviews: Sequence[AuditEntry]
    now: datetime
    imprint: Imprint


# --- drill --------------------------------------------------------------------------------------


def drill_report(drill: Drill) -> bytes:
    """Return the finished PDF."""
    return build(lambda: _drill(drill), drill.imprint)


def _drill(drill: Drill) -> list[Flowable]:
    result, language = drill.result, drill.imprint.language
    tr = translator(language)
    verdict = result.lines_in(language)[-1]
    return [
        flow.title(drill.imprint.title, in_zone(result.drilled_at, drill.zone)),
        Spacer(0, 6),
        flow.facts(_drill_facts(drill, tr), columns=1),
        Spacer(0, 4),
        flow.message(verdict, tone="ok" if result.sound else "serious"),
        *flow.section(tr.text("What was compared")),
        *(flow.text(line) for line in _compared(drill, tr)),
        *flow.section(tr.text("Rows by table")),
        _row_counts(result, tr),
        *_drill_hand(tr),
    ]


def _drill_facts(drill: Drill, tr: Translator) -> list[tuple[str, str]]:
    result, entry = drill.result, drill.entry
    who = f"{entry.full_name}, {_role(entry.role, tr)}" if entry else drill.imprint.printed_by
    return [
        (tr.text("Backup"), entry.item if entry else ""),
        (tr.text("Made"), in_zone(result.made_at, drill.zone)),
        (tr.text("Head of its trail"), f"{result.head[:12]} · {result.entries}"),
        (tr.text("Drill run"), in_zone(result.drilled_at, drill.zone)),
        (tr.text("Run by"), who),
        (tr.text("Workstation"), entry.workstation if entry else ""),
    ]


def _compared(drill: Drill, tr: Translator) -> list[str]:
    """Return the drill's sentences; its instants are on this workstation's clock."""
    result = drill.result
    lines = [
        tr.text("Hashes of the backup's files were compared with its manifest."),
        tr.text("It was restored to a scratch place, opened with the study's key, and removed."),
    ]
    counts = sum(1 for count in result.backup.values() if count)
    sentences = result.lines_in(drill.imprint.language)[1 : -1 - counts]
    return [f"·  {line}" for line in (*lines, *sentences)]


def _row_counts(result: DrillReport, tr: Translator) -> Flowable:
    """Rows of each table in the backup, in the study, and how many came since: in two halves."""
    rows = [
        (
            _table_name(name, tr),
            f"{result.backup.get(name, 0)}",
            f"{result.live.get(name, 0)}",
            tr.text("differs") if name in result.differing else _since(name, result),
        )
        for name in sorted({*result.backup, *result.live})
        if result.backup.get(name) or result.live.get(name)
    ]
    half = (len(rows) + 1) // 2
    left, right = rows[:half], [*rows[half:], *[("", "", "", "")] * (2 * half - len(rows))]
    head = (tr.text("Table"), tr.text("Backup"), tr.text("Study"), tr.text("Added since"))
    return flow.table(
        (*head, "", *head),
        [(*one, "", *other) for one, other in zip(left, right, strict=True)],
        (2.4, 0.8, 0.8, 1, 0.2, 2.4, 0.8, 0.8, 1),
        numbers=(1, 2, 3, 6, 7, 8),
    )


def _since(name: str, result: DrillReport) -> str:
    more = result.live.get(name, 0) - result.backup.get(name, 0)
    return f"{more:+d}".replace("-", "−") if more else "0"


def _table_name(name: str, tr: Translator) -> str:
    form = FORMS.get(name.removeprefix("form_").upper()) if name.startswith("form_") else None
    return f"{form.title.in_(tr.language)} ({form.code})" if form else name


def _drill_hand(tr: Translator) -> list[Flowable]:
    return _by_hand(
        tr.text("The restored copy was looked at, and this report is filed with the study."),
        tr,
    )


# --- access -------------------------------------------------------------------------------------


def access_report(access: Access) -> bytes:
    """Return the finished PDF."""
    return build(lambda: _access(access), access.imprint)


def _access(access: Access) -> list[Flowable]:
    tr = translator(access.imprint.language)
    with_access = sum(not card.account.ended_at for card in access.cards)
    locked = sum(card.locked for card in access.cards)
    counts = tr.text(
        "{n} accounts, {open} with access, {locked} locked",
        n=len(access.cards), open=with_access, locked=locked,
    )  # fmt: skip
    return [
        flow.title(access.imprint.title, counts),
        *flow.section(tr.text("Accounts")),
        _accounts(access, tr),
        *flow.section(tr.text("History of roles, access and passwords")),
        _history(access, tr),
        *flow.headed(flow.section(tr.text("Earlier reviews")), [_reviews(access, tr)]),
        *_by_hand(
            tr.text("Each account is still needed, its role fits, and its person is trained."), tr
        ),
    ]


def _accounts(access: Access, tr: Translator) -> Flowable:
    head = (
        tr.text("Account"), tr.text("Full name"), tr.text("Role"), tr.text("Since"),
        tr.text("Last sign-in"), tr.text("State"), tr.text("Password, age"),
        tr.text("Training"), tr.text("Keep?"),
    )  # fmt: skip
    ages = _password_ages(access)
    trained = {one.item: one.new for one in access.entries if one.action == _TRAINED}
    rows = [_account(card, ages, trained, access, tr) for card in access.cards]
    return flow.table(head, rows, (1.25, 1.35, 1.2, 1.15, 1.15, 1.1, 0.95, 0.95, 0.6))


def _account(
    card: AccountCard,
    ages: Mapping[str, int],
    trained: Mapping[str, str],
    access: Access,
    tr: Translator,
) -> tuple[str, ...]:
    one, zone = card.account, access.now.tzinfo
    states = [tr.text("access")] if not one.ended_at else []
    if one.ended_at:
        states.append(tr.text("no access since {at}", at=in_zone(one.ended_at, zone)))
    if card.locked:
        states.append(tr.text("locked"))
    if one.must_change:
        states.append(tr.text("must change the password"))
    return (
        one.name,
        one.full_name,
        _role(one.role, tr),
        in_zone(one.created_at, zone)[:10],
        in_zone(one.last_sign_in, zone) or tr.text("never"),
        "; ".join(states),
        "" if one.ended_at or one.name not in ages else tr.text("{n} days", n=ages[one.name]),
        trained.get(one.name, "–"),
        "□",
    )


def _password_ages(access: Access) -> dict[str, int]:
    """Return the age in days of each account's password, as the trail tells it."""
    since: dict[str, datetime] = {}
    for entry in access.entries:
        if entry.action in _NEW_PASSWORD:
            since[entry.item] = datetime.fromisoformat(entry.at)
    return {name: (access.now - at).days for name, at in since.items()}


def _history(access: Access, tr: Translator) -> Flowable:
    head = (
        tr.text("Account"), tr.text("When"), tr.text("What"), tr.text("Old → new"),
        tr.text("By"), tr.text("Reason"),
    )  # fmt: skip
    rows = [
        (
            entry.item,
            with_offset(entry.at, entry.utc_offset),
            tr.text(entry.action),
            _roles(entry, tr),
            f"{entry.full_name}, {_role(entry.role, tr)}",
            entry.reason,
        )
        for entry in sorted(access.entries, key=lambda one: (one.item, one.sequence))
    ]
    return flow.table(head, rows, (1.15, 1.35, 1.2, 1.5, 1.6, 1.8))


def _reviews(access: Access, tr: Translator) -> Flowable:
    if not access.reviews:
        return flow.text(tr.text("None."), tone="text-2")
    head = (tr.text("When"), tr.text("By"), tr.text("Result"), tr.text("Reason"))
    rows = [
        (
            with_offset(one.at, one.utc_offset),
            f"{one.full_name}, {_role(one.role, tr)}",
            tr.text(json.loads(one.new).get("result", "")),
            one.reason,
        )
        for one in access.reviews
    ]
    return flow.table(head, rows, (1.4, 1.8, 1.2, 3))


def _roles(entry: AuditEntry, tr: Translator) -> str:
    """Return the roles, or the days of training, that an entry names, the old one first."""
    if entry.action == _TRAINED:
        return f"{entry.old or '–'} → {entry.new}"
    if entry.action == "role changed":
        return f"{_role(entry.old, tr)} → {_role(entry.new, tr)}"
    if entry.action == "access removed":
        return f"{_role(entry.old, tr)} → –"
    if not entry.new.startswith("{"):
        return ""
    role = json.loads(entry.new).get("role", "")
    return f"– → {_role(role, tr)}" if role and entry.action != "password set" else ""


def _role(code: str, tr: Translator) -> str:
    return role_of(code).title.in_(tr.language)


def _by_hand(statement: str, tr: Translator) -> list[Flowable]:
    labels = (tr.text("Place and date"), tr.text("Name in print"), tr.text("Signature"))
    return [
        flow.together(
            *flow.section(tr.text("Signed by hand")),
            flow.text(statement),
            flow.signing_lines(labels),
            flow.signing_lines(labels),
        )
    ]
