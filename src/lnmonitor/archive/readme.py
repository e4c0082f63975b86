"""The text file that lies on top of an archive, for a person who has nothing but it."""

from __future__ import annotations

from lnmonitor import __version__
from lnmonitor.archive.manifest import ABSENT
from lnmonitor.exchange.snapshot import Snapshot

_TEXT = """{name}
{line}

An archive of a clinical study, made by lnmonitor {program} on {local} ({zone}).
Snapshot: entry {last} of the audit trail, head {seal}. Made by {who}. For: {recipient}.

  index.html     opens in any browser, without the program: patients, values, queries,
                 signatures, audit trail
  workbook/      the same as one workbook
  csv/           its sheets as CSV (UTF-8); DICTIONARY.csv and CODELISTS.csv explain them,
                 AUDIT.csv is the audit trail
  definitions/   protocol, rules with versions and sources, code lists, annotated forms (PDF)
  summaries/     a summary of each patient (PDF)
  casebooks/     every form, query, signature and entry of the trail of each patient (PDF)
{backup}  MANIFEST.json  SHA-256 and length of each file

Not in it: {absent}.
{identity}
{meanwhile}
To check it:    lnmonitor verify THIS-FILE.zip [--study DIR]
To restore it:  lnmonitor restore THIS-FILE.zip --to NEW-FOLDER

本归档由 lnmonitor {program} 生成。
用浏览器打开 index.html 即可阅读全部数据，无需安装本程序。
workbook/ 为工作簿，csv/ 为各工作表的 CSV 文件（UTF-8），
definitions/ 为方案、规则和代码表，summaries/ 与 casebooks/ 为受试者 PDF。
MANIFEST.json 列出每个文件的 SHA-256 校验值。
"""
_BACKUP = """  backup/        the study itself, encrypted as it is at the site: it opens with the
                 passwords of its accounts or its recovery key, and all its functions come back
"""
_WITH = (
    "Names of persons are in the encrypted backup only; leave that out for who may not have them."
)
_WITHOUT = "Names of persons are not in it, and neither is the encrypted study."
_MEANWHILE = """
{count} changes of data were saved while it was made: PDFs and backup may hold them, the other
files do not. Each PDF names its own entry of the audit trail.
"""


def readme_text(snapshot: Snapshot, *, backup: bool, meanwhile: int) -> str:
    """Return the text.

    Args:
        backup: whether the encrypted study is in the archive. meanwhile: changes of data that were
            saved between the snapshot and the last part.
    """
    session = snapshot.session
    synthetic = " (SYNTHETIC, no real person)" if session.study.synthetic else ""
    name = f"{session.study.name}, site {session.study.site}{synthetic}"
    return _TEXT.format(
        name=name,
        line="=" * len(name),
        program=__version__,
        local=snapshot.now.isoformat(timespec="seconds"),
        zone=snapshot.zone,
        last=snapshot.last,
        seal=snapshot.seal,
        who=f"{session.actor.full_name}, {session.actor.role}",
        recipient=snapshot.options.recipient or "nobody named",
        backup=_BACKUP if backup else "",
        absent=", ".join(f"{what} ({why})" for what, why in ABSENT.items()),
        identity=_WITH if backup else _WITHOUT,
        meanwhile=_MEANWHILE.format(count=meanwhile) if meanwhile else "",
    )
