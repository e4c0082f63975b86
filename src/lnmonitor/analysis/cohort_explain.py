"""Why a number of the cohort's tables is what it is: who is counted, how, and by which source.

The same shape as an explained result of a patient, so that it is read in the same way on screen.
Nothing is computed here: what the tables hold is put into words.
"""

from __future__ import annotations

from collections.abc import Sequence

from lnmonitor.analysis.cohort import (
    BASELINE,
    CohortTables,
    GroupComparison,
    MeasureRow,
    Proportion,
    ResponseRow,
)
from lnmonitor.analysis.explain import Explanation, Line
from lnmonitor.analysis.published import Published
from lnmonitor.analysis.survival import IncidenceRow, KaplanMeier, incidence_at
from lnmonitor.analysis.wording import number, rule_set_name, signed, unit_name
from lnmonitor.language import Language, Text

SMALLEST_P = 0.001
NOT_REACHED = Text("not reached", "未达到")
_MEANS = Text(
    "Mean and standard deviation of the patients with a value at the visit; nothing is filled in.",
    "该访视有数值患者的均值与标准差；缺失值不填补。",
)
_PAIRED = Text(
    "The same patients before and after: paired t test and Wilcoxon signed-rank test, two-sided.",
    "同一患者前后比较：配对 t 检验与 Wilcoxon 符号秩检验（双侧）。",
)
_BASELINE = Text("Baseline is the last value on or before day 0.", "基线为第 0 天及之前最后值。")
_SHARE = Text("Share with Wilson 95 % interval.", "比例及 Wilson 95 % 置信区间。")
_POINT = Text(
    "Point prevalence: judged at this visit alone; ever in remission is another result.",
    "时点患病率：仅按本次访视判定；“曾缓解”为另一结果。",
)
_CURVE = Text(
    "Kaplan-Meier; standard error by Greenwood, band log-log; median with its interval where the "
    "curve and its band reach one half.",
    "Kaplan-Meier；Greenwood 标准误，log-log 置信带；曲线及其置信带达 50 % 时给出中位数及区间。",
)
_COMPETING = Text(
    "Cumulative incidence of the first remission (Aalen-Johansen): death before it competes and is "
    "not censored.",
    "首次缓解累积发生率（Aalen-Johansen）：此前死亡为竞争事件，不作删失。",
)
_LOG_RANK = Text(
    "Log-rank test of two groups that were not randomised.", "非随机两组的 log-rank 检验。"
)
_CITATIONS = {
    "curve": "Kaplan EL, Meier P. J Am Stat Assoc 1958, doi 10.1080/01621459.1958.10501452; "
    "Greenwood M 1926; Brookmeyer R, Crowley J. Biometrics 38:29, 1982",
    "share": "Wilson EB. J Am Stat Assoc 22:209, 1927",
    "competing": "Aalen OO, Johansen S. Scand J Stat 5:141, 1978",
}


def p_words(p: float | None) -> str:
    """Return a p value with three decimals, an en dash where no test was possible."""
    if p is None:
        return "–"
    return f"< {SMALLEST_P}" if p < SMALLEST_P else f"{p:.3f}"


def explain_measure(row: MeasureRow, tables: CohortTables, language: Language) -> Explanation:
    """Explain a measure's means by visit and its change."""
    lines = []
    for cell in row.cells:
        name = Text("Baseline", "基线") if cell.visit == BASELINE else Text(cell.visit, cell.visit)
        seen = Text(f"n {cell.n}, {cell.not_seen} without", f"n {cell.n}，无数值 {cell.not_seen}")
        mean = "–" if cell.mean is None else number(cell.mean, row.decimals)
        spread = "" if cell.sd is None else f" ± {number(cell.sd, row.decimals)}"
        lines.append(_line(name, Text(*(f"{mean}{spread}, {words}" for words in seen)), language))
        if cell.published is not None:
            lines.append(_published(cell.published, row.decimals, language))
    change = row.change
    if change.mean is not None:
        spread = "" if change.sd is None else f" ± {number(change.sd, row.decimals)}"
        told = f"{signed(change.mean, row.decimals)}{spread}, n {change.n}"
        tests = f"p {p_words(change.p_t)} (t), {p_words(change.p_wilcoxon)} (Wilcoxon)"
        name = Text(f"Change to {tables.visits[-1]}", f"至 {tables.visits[-1]} 的变化")
        lines.append(_line(name, Text(*[f"{told}; {tests}"] * 2), language))
    unit = f", {unit_name(row.unit).in_(language)}" if row.unit else ""
    title = Text(f"{row.name.en}{unit}", f"{row.name.zh}{unit}")
    return _explanation(title, (_MEANS, _BASELINE, _PAIRED), lines, tables, language)


def explain_share(row: Proportion, tables: CohortTables, language: Language) -> Explanation:
    """Explain a proportion: who counts, of whom, with its interval."""
    whole = "" if row.fraction is None else f" = {100 * row.fraction:.1f} %"
    lines = [
        _line(
            Text("Counted, of all who could be", "计数与分母"),
            Text(*[f"{row.count} / {row.denominator}{whole}"] * 2),
            language,
        )
    ]
    if row.low is not None and row.high is not None:
        interval = f"{100 * row.low:.1f}–{100 * row.high:.1f} %"
        lines.append(
            _line(Text("95 % interval", "95 % 置信区间"), Text(interval, interval), language)
        )
    if row.undecided:
        told = f"{len(row.undecided)}: {', '.join(row.undecided)}"
        lines.append(_line(Text("Not decided", "未能判定"), _both(told), language))
    if row.published is not None:
        lines.append(_published(row.published, 1, language))
    return _explanation(row.name, (_SHARE,), lines, tables, language, _CITATIONS["share"])


def explain_response(row: ResponseRow, tables: CohortTables, language: Language) -> Explanation:
    """Explain the response at a visit: each category of all patients, and of those judged."""
    names = {
        "CR": Text("Complete", "完全缓解"),
        "PR": Text("Partial", "部分缓解"),
        "NR": Text("No response", "未缓解"),
        "unknown": Text("Seen, an input missing", "已访视，缺少数据"),
        "missing": Text("Not seen", "未访视"),
        "died": Text("Died before", "此前死亡"),
    }
    lines = []
    for key, name in names.items():
        told = f"{row.count(key)} / {row.total}"
        share = row.percent(key, of_seen=True) if key in {"CR", "PR", "NR"} else None
        words = Text(told, told)
        if share is not None:
            words = Text(
                f"{told}; {share:.1f} % of those judged", f"{told}；占已判定 {share:.1f} %"
            )
        lines.append(_line(name, words, language))
    rule = rule_set_name(tables.response_rule)
    title = Text(f"Response at {row.visit}, {rule.en}", f"{row.visit} 疗效，{rule.zh}")
    return _explanation(title, (_POINT,), lines, tables, language)


def explain_curve(
    name: Text, curve: KaplanMeier, end_day: int, tables: CohortTables, language: Language
) -> Explanation:
    """Explain a Kaplan-Meier curve: events, share at the end, median."""
    title, lines = name, [_line(*pair, language) for pair in curve_facts(curve, end_day)]
    return _explanation(title, (_CURVE,), lines, tables, language, _CITATIONS["curve"])


def curve_facts(curve: KaplanMeier, end_day: int) -> list[tuple[Text, Text]]:
    """Return name and value of what a curve says, in both languages."""
    reached = [row for row in curve.rows if row.time <= end_day]
    last = reached[-1] if reached else None
    band = ""
    if last is not None and last.low is not None and last.high is not None:
        band = f" ({100 * last.low:.1f}–{100 * last.high:.1f})"
    share = f"{100 * curve.at(end_day):.1f} %{band}" if curve.n else "–"
    error = "–" if last is None or last.greenwood_se is None else f"{last.greenwood_se:.4f}"
    return [
        (Text("Events of all", "事件数/总数"), _both(f"{curve.events} / {curve.n}")),
        (
            Text(
                f"Free of it on day {end_day}, with 95 % band", f"第 {end_day} 天无事件（95 % 带）"
            ),
            _both(share),
        ),
        (Text("Standard error, Greenwood", "Greenwood 标准误"), _both(error)),
        (Text("Median, days, with 95 % interval", "中位数（天）及 95 % 区间"), median_words(curve)),
    ]


def median_words(curve: KaplanMeier) -> Text:
    """Return the median with its interval, or that it is not reached."""
    if curve.median is None:
        return NOT_REACHED

    def end(value: float | None, language: Language) -> str:
        return NOT_REACHED.in_(language) if value is None else f"{value:g}"

    told = [
        f"{curve.median:g} ({end(curve.median_low, one)}–{end(curve.median_high, one)})"
        for one in ("en", "zh")
    ]
    return Text(*told)


def explain_incidence(
    rows: Sequence[IncidenceRow],
    days: Sequence[tuple[str, int]],
    tables: CohortTables,
    language: Language,
) -> Explanation:
    """Explain the cumulative incidence of the first remission at the visits."""
    lines = [
        _line(_both(code), _both(f"{100 * incidence_at(rows, day):.1f} %"), language)
        for code, day in days
    ]
    died, reached = sum(r.n_competing for r in rows), sum(r.n_event for r in rows)
    told = Text(f"{reached} in remission, {died} died before", f"缓解 {reached}，此前死亡 {died}")
    lines.append(_line(Text("Patients", "患者"), told, language))
    title = Text("First remission", "首次缓解")
    return _explanation(title, (_COMPETING,), lines, tables, language, _CITATIONS["competing"])


def explain_comparison(
    found: GroupComparison, name: Text, tables: CohortTables, language: Language
) -> Explanation:
    """Explain a comparison of two groups."""
    lines = [
        _line(group.name, _both(f"{group.curve.events} / {group.curve.n}"), language)
        for group in (found.one, found.other)
    ]
    told = Text("no event in either group", "两组均无事件")
    if found.test is not None:
        told = _both(f"χ² {found.test.chi_square:.2f}, p {p_words(found.test.p)}")
    lines.append(_line(Text("Log-rank", "log-rank 检验"), told, language))
    title = Text(f"{name.en}, by source of cells", f"{name.zh}，按细胞来源")
    return _explanation(title, (_LOG_RANK,), lines, tables, language)


def _both(words: str) -> Text:
    return Text(words, words)


def _line(name: Text, told: Text, language: Language) -> Line:
    return Line(name.in_(language), told.in_(language))


def _published(found: Published, decimals: int, language: Language) -> Line:
    """Return the published number with its source."""
    parts = []
    if found.mean is not None:
        spread = "" if found.sd is None else f" ± {number(found.sd, decimals)}"
        parts.append(f"{number(found.mean, decimals)}{spread}")
    if found.count is not None and found.denominator is not None:
        parts.append(f"{found.count} / {found.denominator}")
    if found.percent is not None:
        parts.append(f"{found.percent:g} %")
    if found.n is not None:
        parts.append(f"n {found.n}")
    note = found.note.in_(language) if found.note else ""
    told = ", ".join(filter(None, (*parts, note, found.source)))
    return _line(Text("Published", "已发表"), _both(told), language)


def _explanation(
    title: Text,
    sentences: Sequence[Text],
    lines: Sequence[Line],
    tables: CohortTables,
    language: Language,
    citation: str = "",
) -> Explanation:
    between = "" if language == "zh" else " "
    return Explanation(
        title=title.in_(language),
        sentence=between.join(one.in_(language) for one in sentences),
        met=(),
        not_met=(),
        missing=(),
        rule_line=tables.rule.in_(language),
        citation=citation,
        facts=tuple(lines),
    )
