"""The cohort tables as plain text and as data, for the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lnmonitor.analysis.cohort import CATEGORIES, CohortTables, MeanCell, MeasureRow, Proportion
from lnmonitor.analysis.published import Published
from lnmonitor.analysis.survival import KaplanMeier
from lnmonitor.analysis.wording import unit_name
from lnmonitor.language import Language, Text

_SMALLEST_P = 0.001
_ABSENT = "–"
_HEADS = {
    "patients": Text("Patients", "患者"),
    "cutoff": Text("Cut-off", "截止日"),
    "means": Text(
        "Mean ± SD (n) of the patients with a value; in the line below: published",
        "有数据患者的均值 ± 标准差（例数）；下一行为已发表数值",
    ),
    "response": Text(
        "Renal response at each visit (point prevalence)", "各访视肾脏疗效（时点患病率）"
    ),
    "of_all": Text("CR + PR, % of all", "CR + PR，占全部 %"),
    "of_seen": Text("CR + PR, % of seen", "CR + PR，占已评估 %"),
    "published": Text("published", "已发表"),
    "proportions": Text("Over 12 months (cumulative)", "12 个月（累计）"),
    "survival": Text("Survival, Kaplan-Meier", "生存率（Kaplan-Meier）"),
    "flare_free": Text(
        "Without flare since remission, Kaplan-Meier", "缓解后无复发（Kaplan-Meier）"
    ),
    "remission": Text(
        "First remission, cumulative incidence with death competing",
        "首次缓解累积发生率（死亡为竞争）",
    ),
    "changes": Text(
        "Change from baseline to the last visit, paired", "末次访视较基线的变化（配对）"
    ),
    "change": Text("mean ± SD", "均值 ± SD"),
    "p_t": Text("p, t test", "p（t 检验）"),
    "p_wilcoxon": Text("p, Wilcoxon", "p（Wilcoxon）"),
    "letters": Text("Renal BILAG letters A/B/C/D/E", "肾脏 BILAG 等级 A/B/C/D/E"),
    "source": Text("Published", "已发表"),
    "undecided": Text(" ({n} not decided)", "（{n} 例未能判定）"),
}


def as_text(tables: CohortTables, language: Language = "en") -> str:
    """Return the tables as lines of text, every mean with its n."""

    def head(key: str) -> str:
        return _HEADS[key].in_(language)

    lines = [
        f"{head('patients')}: {len(tables.subjects)}   {head('cutoff')}: {tables.cutoff}",
        tables.rule.in_(language),
        "",
        head("means"),
        *_grid(["", *tables.visits], _mean_rows(tables, language)),
        "",
        f"{head('response')}, {tables.response_rule}",
        *_grid(["", *(row.visit for row in tables.responses)], _response_rows(tables, language)),
        "",
        head("letters"),
        *_grid(["", *tables.visits], [["", *_letters(tables)]]),
        "",
        head("proportions"),
        *_grid(["", "", "%", "95 %", head("published")], _share_rows(tables, language)),
        "",
        head("changes"),
        *_grid(
            ["", "n", head("change"), head("p_t"), head("p_wilcoxon")],
            _change_rows(tables, language),
        ),
        "",
        f"{head('survival')}: {_curve(tables.survival)}",
        f"{head('flare_free')}: {_curve(tables.flare_free)}",
        f"{head('remission')}: {_incidence(tables)}",
        f"{head('source')}: {tables.published_source}",
    ]
    return "\n".join(line.rstrip() for line in lines)


def _mean_rows(tables: CohortTables, language: Language) -> list[list[str]]:
    rows: list[list[str]] = []
    for measure in tables.measures:
        unit = f", {unit_name(measure.unit).in_(language)}" if measure.unit else ""
        name = f"{measure.name.in_(language)}{unit}"
        rows.append([name, *(_cell(cell, measure) for cell in measure.cells)])
        if any(cell.published for cell in measure.cells):
            word = _HEADS["published"].in_(language)
            shown = [_published_mean(cell.published, measure) for cell in measure.cells]
            rows.append([f"  {word}", *shown])
    return rows


def _cell(cell: MeanCell, measure: MeasureRow) -> str:
    if cell.mean is None:
        return _ABSENT
    digits = measure.decimals
    sd = "" if cell.sd is None else f" ± {cell.sd:.{digits}f}"
    return f"{cell.mean:.{digits}f}{sd} ({cell.n})"


def _published_mean(published: Published | None, measure: MeasureRow) -> str:
    if published is None or published.mean is None:
        return ""
    digits = measure.decimals
    mark = "*" if published.note else ""
    n = f" ({published.n})" if published.n else ""
    return f"{published.mean:.{digits}f} ± {published.sd:.{digits}f}{n}{mark}"


def _response_rows(tables: CohortTables, language: Language) -> list[list[str]]:
    rows = [
        [category, *(str(row.count(category)) for row in tables.responses)]
        for category in CATEGORIES
    ]
    for key, of_seen in (("of_all", False), ("of_seen", True)):
        cells = [
            f"{_percent(row.percent('CR', of_seen=of_seen))}"
            f" + {_percent(row.percent('PR', of_seen=of_seen))}"
            for row in tables.responses
        ]
        rows.append([_HEADS[key].in_(language), *cells])
    known = [
        f"{row.published_cr.percent:g} + {row.published_pr.percent:g}"
        if row.published_cr and row.published_pr
        else _ABSENT
        for row in tables.responses
    ]
    return [*rows, [_HEADS["published"].in_(language), *known]]


def _percent(value: float | None) -> str:
    return _ABSENT if value is None else f"{value:.1f}"


def _letters(tables: CohortTables) -> list[str]:
    return ["/".join(str(counts[grade]) for grade in "ABCDE") for counts in _counts(tables)]


def _counts(tables: CohortTables) -> list[dict[str, int]]:
    return [dict(tables.bilag_grades[visit]) for visit in tables.visits]


def _share_rows(tables: CohortTables, language: Language) -> list[list[str]]:
    return [_share(row, language) for row in tables.proportions]


def _share(row: Proportion, language: Language) -> list[str]:
    percent = _ABSENT if row.fraction is None else f"{100 * row.fraction:.1f}"
    band = (
        "" if row.low is None or row.high is None else f"{100 * row.low:.1f}–{100 * row.high:.1f}"
    )
    known = row.published
    shown = f"{known.count}/{known.denominator}, {known.percent:g} %" if known else _ABSENT
    name = row.name.in_(language)
    if row.undecided:
        words = _HEADS["undecided"].in_(language).format(n=len(row.undecided))
        name = f"{name}{words}"
    return [name, f"{row.count}/{row.denominator}", percent, band, shown]


def _curve(curve: KaplanMeier) -> str:
    if not curve.rows:
        return _ABSENT
    last = curve.rows[-1]
    band = "" if last.low is None or last.high is None else f" ({last.low:.3f}–{last.high:.3f})"
    return f"{last.survival:.3f}{band}, n {curve.n}, {curve.events}"


def _change_rows(tables: CohortTables, language: Language) -> list[list[str]]:
    rows = []
    for measure in tables.measures:
        change, digits = measure.change, measure.decimals
        shown = _ABSENT if change.mean is None else f"{change.mean:+.{digits}f}"
        shown += "" if change.sd is None else f" ± {change.sd:.{digits}f}"
        tests = (_p(change.p_t), _p(change.p_wilcoxon))
        rows.append([measure.name.in_(language), str(change.n), shown, *tests])
    return rows


def _p(value: float | None) -> str:
    if value is None:
        return _ABSENT
    return "<0.001" if value < _SMALLEST_P else f"{value:.3f}"


def _incidence(tables: CohortTables) -> str:
    if not tables.remission:
        return _ABSENT
    return f"{tables.remission[-1].incidence:.3f}, n {tables.remission[0].n_at_risk}"


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return aligned columns, the first to the left, numbers to the right."""
    table = [list(head), *(list(row) for row in rows)]
    widths = [max(_width(row[i]) for row in table) for i in range(len(head))]
    return [
        "  ".join(_padded(cell, widths[i], left=i == 0) for i, cell in enumerate(row))
        for row in table
    ]


def _width(text: str) -> int:
    """Columns of a terminal: Chinese characters take two."""
    return sum(2 if "\u2e80" <= char <= "\uffef" else 1 for char in text)


def _padded(text: str, width: int, *, left: bool) -> str:
    space = " " * (width - _width(text))
    return text + space if left else space + text


def as_json(tables: CohortTables) -> dict[str, Any]:
    """Return the tables as plain data; numbers are not rounded."""
    return {
        "cutoff": tables.cutoff,
        "rule": tables.rule.en,
        "patients": len(tables.subjects),
        "excluded": len(tables.excluded),
        "response_rule": tables.response_rule,
        "measures": {row.key: _measure_json(row) for row in tables.measures},
        "response": {
            row.visit: {
                "counts": {category: row.count(category) for category in CATEGORIES},
                "percent_of_all": {key: row.percent(key) for key in ("CR", "PR")},
                "percent_of_seen": {key: row.percent(key, of_seen=True) for key in ("CR", "PR")},
                "published_percent": {
                    "CR": row.published_cr.percent if row.published_cr else None,
                    "PR": row.published_pr.percent if row.published_pr else None,
                },
            }
            for row in tables.responses
        },
        "renal_bilag_letters": {visit: dict(n) for visit, n in tables.bilag_grades.items()},
        "proportions": {row.key: _share_json(row) for row in tables.proportions},
        "survival": _curve_json(tables.survival),
        "flare_free": _curve_json(tables.flare_free),
        "remission": [vars(row) for row in tables.remission],
        "published_source": tables.published_source,
    }


def _measure_json(row: MeasureRow) -> dict[str, Any]:
    change = row.change
    return {
        "name": row.name.en,
        "unit": row.unit,
        "visits": {
            cell.visit: {
                "mean": cell.mean,
                "sd": cell.sd,
                "n": cell.n,
                "not_seen": cell.not_seen,
                "published": _published_json(cell.published),
            }
            for cell in row.cells
        },
        "change": {
            "n": change.n,
            "mean": change.mean,
            "sd": change.sd,
            "p_paired_t": change.p_t,
            "p_wilcoxon": change.p_wilcoxon,
        },
    }


def _published_json(published: Published | None) -> dict[str, Any] | None:
    if published is None:
        return None
    known = {
        name: value
        for name, value in vars(published).items()
        if value is not None and name != "note"
    }
    return known | ({"note": published.note.en} if published.note else {})


def _share_json(row: Proportion) -> dict[str, Any]:
    return {
        "count": row.count,
        "denominator": row.denominator,
        "fraction": row.fraction,
        "wilson_low": row.low,
        "wilson_high": row.high,
        "undecided": list(row.undecided),
        "published": _published_json(row.published),
    }


def _curve_json(curve: KaplanMeier) -> dict[str, Any]:
    return {
        "n": curve.n,
        "events": curve.events,
        "median": curve.median,
        "median_low": curve.median_low,
        "median_high": curve.median_high,
        "rows": [vars(row) for row in curve.rows],
    }
