"""What the columns mean that are no item of a form: for the sheet DICTIONARY."""

from __future__ import annotations

from lnmonitor.clinical.bilag import SYSTEMS
from lnmonitor.language import Text

_ACCOUNT = Text("Account that did it", "操作账号")
_DECODE = Text("The same in words", "对应的文字")

_LABELS: dict[str, tuple[str, str]] = {
    "STUDYID": ("Study", "研究"),
    "SITEID": ("Site", "中心"),
    "USUBJID": ("Patient number", "受试者编号"),
    "VISITNUM": ("Order of the visit in the protocol; empty if not planned", "方案中的访视次序"),
    "VISIT": ("Visit", "访视"),
    "VISITDTC": ("Date of the visit", "访视日期"),
    "VISITDY": ("Study day: the infusion is day 1, there is no day 0", "研究日：输注日为第 1 天"),
    "FORM": ("Form", "表格"),
    "FORMVER": ("Version of the form", "表格版本"),
    "RECID": ("Record, the same on every sheet", "记录标识"),
    "ROWVER": ("Version of the record: 1 when created", "记录版本"),
    "SOURCE": ("How it came: typed, import, derived, migration, demo", "数据来源"),
    "ENTEREDBY": ("Account that saved it", "录入账号"),
    "ENTEREDDTC": ("Last saved, with offset or Z for UTC; LATE: first saved", "录入时间"),
    "ENTEREDZONE": ("Zone of the workstation at entry", "录入时的时区"),
    "MISSING": ("Items without a value: ND not done, UNK unknown, NA", "缺失项及原因"),
    "JUSTIFIED": ("Why an unexpected value is right", "异常值说明"),
    "TIMEZONE": ("Zone of the instants among the items", "本行时间所用时区"),
    "DAY": ("Days since the first infusion (day 0)", "距首次输注天数"),
    "DATE": ("Date", "日期"),
    "SLEDAI": ("SLEDAI-2K, when every item is known", "SLEDAI-2K 总分"),
    "SLEDAI_MIN": ("Lowest SLEDAI-2K that is possible", "可能的最低分"),
    "SLEDAI_MAX": ("Highest SLEDAI-2K that is possible", "可能的最高分"),
    "SLEDAI_MISSING": ("Items that are not known", "未知条目"),
    "SLEDAI_RECORDED": ("Score as the site wrote it", "中心记录的分数"),
    "BILAG_RENAL_PROVISIONAL": ("Whether the renal letter may still change", "肾脏等级是否待定"),
    "EGFR": ("Estimated GFR, mL/min/1.73 m²", "估算肾小球滤过率"),
    "EGFR_METHOD": ("Equation and its version", "公式及版本"),
    "GFR_MEASURED": ("Measured GFR", "实测肾小球滤过率"),
    "PREDNISONE_MG": ("Prednisone equivalent, mg per day", "泼尼松当量（mg/日）"),
    "RESPONSE": ("Renal response by the protocol's rule", "按方案规则的肾脏缓解"),
    "RESPONSE_RULE": ("That rule and its version", "规则及版本"),
    "RESPONSE_KDIGO2024": ("Renal response by KDIGO 2024", "按 KDIGO 2024 的肾脏缓解"),
    "CTCAE_WORST": ("Highest CTCAE 5.0 grade of the visit", "本次访视最高 CTCAE 等级"),
    "KIND": ("Kind of flag", "提示类型"),
    "TITLE": ("What the flag says", "提示内容"),
    "SEVERITY": ("Severity", "严重程度"),
    "EVIDENCE": ("Why it was raised", "依据"),
    "RULE": ("Rule", "规则"),
    "RULE_VERSION": ("Version of the rule", "规则版本"),
    "FLAGID": ("Flag", "提示标识"),
    "ITEM": ("Item of the form; empty for the record as a whole", "条目"),
    "QUERYID": ("Query, as in the audit trail", "质疑标识"),
    "TYPE": ("Failed check, query, annotation, reason for a change", "质疑类型"),
    "CHECK": ("Check that raised it", "触发的核查"),
    "STATE": ("State: of the query; of the form", "状态"),
    "ASSIGNEDTO": ("Account it waits for; empty: anybody", "指派给"),
    "OPENEDDTC": ("Raised at", "提出时间"),
    "OPENEDBY": ("Raised by", "提出人"),
    "ANSWEREDDTC": ("Last answered at", "最近答复时间"),
    "CLOSEDDTC": ("Closed at", "关闭时间"),
    "DAYSOPEN": ("Whole days from raising to closing, or until the copy", "开放天数"),
    "QUESTION": ("First text", "质疑内容"),
    "STEPS": ("Number of steps", "步骤数"),
    "THREAD": ("All steps: when, who, what, state, text", "全部往来"),
    "COMPLETE": ("Every required item is answered", "必填项是否齐全"),
    "UNANSWERED": ("Required items without an answer", "未答必填项"),
    "VERIFIED": ("Compared with the source: Y, PART, N", "原始数据核查"),
    "VERIFIEDBY": ("Accounts that compared it", "核查人"),
    "VERIFIEDDTC": ("Last compared at (UTC)", "核查时间"),
    "SIGNED": ("Covered by a valid signature", "是否有有效签名"),
    "SIGNEDVER": ("Version of the record that was signed", "签名时的记录版本"),
    "SIGNEDBY": ("Printed name of who signed", "签名人姓名"),
    "SIGNEDROLE": ("Role of who signed", "签名人角色"),
    "SIGNEDDTC": ("Signed at, with offset", "签名时间"),
    "SIGNEDZONE": ("Zone of the workstation at signing", "签名时的时区"),
    "MEANING": ("What the signature says", "签名含义"),
    "FALLENSIGN": ("Signatures that a later change made invalid", "失效签名数"),
    "FALLENWHY": ("What changed under them", "失效原因"),
    "FALLENDTC": ("Invalid since", "失效时间"),
    "FROZEN": ("Frozen: no change is possible", "是否冻结"),
    "LOCKED": ("Locked for good", "是否锁定"),
    "HELDSCOPE": ("Where it is frozen or locked: record, visit, patient, study", "冻结或锁定范围"),
    "HELDBY": ("Account that froze or locked it", "冻结或锁定人"),
    "HELDDTC": ("Frozen or locked at (UTC)", "冻结或锁定时间"),
    "OPENQUERIES": ("Open queries about it", "未关闭质疑数"),
    "SIGNATUREID": ("Signature, as in the audit trail", "签名标识"),
    "ROLE": ("Role at that time", "当时的角色"),
    "SCOPE": ("What was signed at once: record, visit, patient", "签名范围"),
    "VALID": ("Whether the record is still as it was signed", "签名是否有效"),
    "HASH": ("SHA-256 that binds it", "绑定用的 SHA-256"),
    "EVENTDTC": ("Date of the event as recorded", "事件日期"),
    "COUNTEDFROM": ("Latest day it can mean, or the consent if later", "计算起点"),
    "DAYS": ("Days from the event to the first saving", "延迟天数"),
    "TOLERANCE": ("Days that the protocol allows", "方案允许天数"),
    "SEQUENCE": ("Number of the entry", "序号"),
    "AT": ("Instant in UTC", "时间（UTC）"),
    "UTC_OFFSET": ("Offset of the workstation", "工作站时差"),
    "ZONE": ("Zone of the workstation", "工作站时区"),
    "LOCAL": ("The instant on the workstation's clock, with offset", "工作站本地时间"),
    "FULL_NAME": ("Printed name", "姓名"),
    "WORKSTATION": ("Computer", "计算机"),
    "PROGRAM": ("Version of the program", "程序版本"),
    "ACTION": ("What was done", "操作"),
    "PATIENT_ID": ("Patient, inner identifier", "受试者内部标识"),
    "VISIT_ID": ("Visit, inner identifier", "访视内部标识"),
    "RECORD_ID": ("Record, as RECID elsewhere", "记录标识"),
    "OLD": ("Before", "原值"),
    "NEW": ("After; all values of a record that was created", "新值"),
    "REASON": ("Why", "原因"),
}


def column_label(column: str) -> Text | None:
    """Return what a column means, None for an item of a form."""
    if column == "ACCOUNT":
        return _ACCOUNT
    if column in _LABELS:
        return Text(*_LABELS[column])
    if column.endswith("_DEC"):
        return _DECODE
    system = column.removeprefix("BILAG_").lower()
    if system in SYSTEMS:
        return Text(f"BILAG-2004 letter, {system}", "BILAG-2004 等级")
    return None
