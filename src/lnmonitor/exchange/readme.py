"""The first page of a copy: what it is, of which moment, by and for whom, what is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC

from lnmonitor import __version__
from lnmonitor.analysis.rules import rules
from lnmonitor.clinical import flare, gfr, response
from lnmonitor.exchange.sheets import Cell
from lnmonitor.exchange.snapshot import Snapshot
from lnmonitor.services.audit import AuditEntry
from lnmonitor.services.signatures import Meaning

README_COLUMNS = ("WHAT", "VALUE", "WHAT_ZH")
_WIDTHS = (38, 90, 30)
_DEIDENTIFIED = (
    "yes: birth year only; free text, query texts, names, accounts, justifications and audit trail"
    " withheld"
)
_CUT_OFF = (
    "{date} ({zone}): visits and events up to that day, query steps and entries of the trail up to"
    " its end; states in REVIEW are those of the snapshot"
)


def readme(
    snapshot: Snapshot, counts: Mapping[str, int], *, replaced: int | None = None, also: str = ""
) -> list[tuple[Cell, ...]]:
    """Return the rows of README.

    Args:
        counts: rows by sheet. replaced: control characters shown as text, None where none are.
        also: how special texts are written in this kind of copy.
    """
    lines = [
        *_what(snapshot),
        *_when(snapshot),
        *_left_out(snapshot),
        *_meaning(snapshot),
    ]
    if also:
        lines.append(("Text cells", also, "文本单元格"))
    if replaced is not None:
        lines.append(("Control characters shown as text", replaced, "以文字显示的控制字符数"))
    lines += [(f"Rows of {name}", rows, "行数") for name, rows in counts.items()]
    lines.append(("All rules", ", ".join(sorted(one.label for one in rules())), "全部规则及版本"))
    return lines


def readme_widths() -> tuple[int, ...]:
    """Return the widths of the columns, in characters."""
    return _WIDTHS


def _what(snapshot: Snapshot) -> Iterator[tuple[Cell, ...]]:
    session, options = snapshot.session, snapshot.options
    study, protocol = session.study, session.protocol
    yield "Study", study.name, "研究"
    kind = "SYNTHETIC, no real person" if study.synthetic else "study data"
    yield "Data", kind, "数据性质"
    yield "Site", study.site, "中心"
    yield "Protocol", f"{protocol.id} version {protocol.version}", "方案"
    yield "Patients", len(snapshot.people), "受试者数"
    yield "Snapshot", f"audit entry {snapshot.last}, head {snapshot.seal}", "数据快照"
    yield "Seal (audit trail's head)", snapshot.seal, "封印（稽查轨迹末端）"
    yield "Written by", f"{session.actor.full_name}, {session.actor.role}", "生成者"
    yield "Account", session.actor.account, "账号"
    yield "Recipient", options.recipient or "not named", "接收方"
    yield "Options", options.described(), "选项"
    yield "Program", f"lnmonitor {__version__}", "程序"
    yield "Schema of the study", session.schema, "数据库版本"
    yield "Deciding rules", _deciding(snapshot), "采用的规则"


def _deciding(snapshot: Snapshot) -> str:
    protocol = snapshot.session.protocol
    versions = {rule.id: rule.label for rule in rules()}
    chosen = (
        response.RULE_SETS[protocol.response_rule].rule.label,
        flare.RULE_SETS[protocol.flare_rule].rule.label,
        gfr.EQUATIONS[protocol.egfr_equation].rule.label,
        versions[protocol.bilag_renal_rule],
    )
    return ", ".join(chosen)


def _when(snapshot: Snapshot) -> Iterator[tuple[Cell, ...]]:
    now = snapshot.now
    yield "Written at (UTC)", f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "生成时间（UTC）"
    local = f"{now.isoformat(timespec='seconds')} ({snapshot.zone})"
    yield "Written at (local)", local, "生成时间（本地）"
    yield "Time zone of instants", (
        "an instant with Z or an offset says its own; instants among the items of forms are on the"
        f" site's clock, {snapshot.zone}, as the column TIMEZONE repeats; dates have none"
    ), "时区"  # fmt: skip
    if not snapshot.clock:
        yield "Clock of the workstation", "nothing unusual on record", "工作站时钟"
    for one in snapshot.clock:
        notice = one.notice
        told = f"{notice.kind} at {notice.at}: {notice.before} → {notice.after}"
        told = f"{told}; {_acknowledged(one.acknowledged, snapshot)}"
        yield "Clock of the workstation", told, "工作站时钟异常"


def _acknowledged(entry: AuditEntry | None, snapshot: Snapshot) -> str:
    if entry is None:
        return "NOT acknowledged"
    if snapshot.options.deidentified:
        return "acknowledged"
    return f"acknowledged by {entry.full_name} ({entry.role}): {entry.reason}"


def _left_out(snapshot: Snapshot) -> Iterator[tuple[Cell, ...]]:
    options = snapshot.options
    cutoff = "none: everything stored"
    if options.cutoff:
        cutoff = _CUT_OFF.format(date=options.cutoff, zone=snapshot.zone)
    yield "Data cut-off", cutoff, "数据截止"
    yield "Records after the cut-off, left out", snapshot.excluded, "截止后未纳入的记录数"
    yield "De-identified", _DEIDENTIFIED if options.deidentified else "no", "去标识化"
    yield "Identity (name, telephone, number)", (
        "never exported, its queries and its entries in the trail neither"
    ), "身份信息"  # fmt: skip
    yield "Voided records", "not on the sheets of forms; in AUDIT with their values", "作废记录"
    yield "Blinding", "the trial is open: nothing is masked", "盲态"


def _meaning(snapshot: Snapshot) -> Iterator[tuple[Cell, ...]]:
    for one in Meaning:
        yield f"Signature, {one.value}", one.title.en, one.title.zh
    yield "Signature, validity", (
        "a signature covers the values of a record as they were; a later change ends it for that"
        " record, for good: SIGNATURES tells since when and what changed"
    ), "签名效力"  # fmt: skip
    tolerance = snapshot.session.protocol.late_entry_days
    yield "Late entries", (
        f"first saved more than {tolerance} days after the event, typed records only; the limit is"
        " the protocol's, a proposal of this program; REASON is what the person said who typed it"
    ), "延迟录入"  # fmt: skip
    language = snapshot.options.language
    yield "Decodes", "Simplified Chinese" if language == "zh" else "English", "译码语言"
    yield "VISITDY", "study day: the infusion is day 1, there is no day 0", "研究日"
    yield "Empty cell", (
        "not collected; MISSING names items not done (ND), unknown (UNK), NA"
    ), "空单元格"  # fmt: skip
    yield "Verify", "lnmonitor verify THIS-FILE --study DIR", "核验方法"
