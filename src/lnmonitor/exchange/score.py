"""Batch scoring: a CSV in, the same rows with the results out, a reason in `problem` where none.

The columns are those of published test vectors, so that anyone can check the rules from outside.
A row that cannot be scored keeps its place with an empty result; the others are scored. So does one
with more or fewer cells than there are columns: which value stands where is not known.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from lnmonitor.analysis.survival import KaplanMeierRow, kaplan_meier
from lnmonitor.clinical import bilag_renal, ctcae, gfr, sledai, units
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import Truth
from lnmonitor.errors import InputError
from lnmonitor.exchange.delimited import Row, Table, read_csv
from lnmonitor.exchange.score_cells import (
    ProblemError,
    at_least_0,
    dipstick,
    measured,
    measured_all,
    number,
    required,
    vital_sign,
)
from lnmonitor.exchange.score_columns import Misspelt, misspelt
from lnmonitor.outfile import replacing

Results = Mapping[str, str]
Scorer = Callable[[Row], Results]
Ragged = Mapping[int, int]
"""Line -> number of cells, of rows that have more or fewer than there are columns."""


@dataclass(frozen=True)
class ScoreCounts:
    """How many rows were scored, how many have a problem; columns that are probably misspelt."""

    scored: int
    problems: int
    misspelt: tuple[Misspelt, ...] = ()


@dataclass(frozen=True)
class Kind:
    """One kind of score: columns it needs, takes where they are, adds, and how a row is scored."""

    needs: tuple[str, ...]
    takes: tuple[str, ...]
    adds: tuple[str, ...]
    scorer: Scorer


def score(kind: str, source: Path, out: Path) -> ScoreCounts:
    """Score `source` by `kind` (a key of `KINDS`, or "kaplan-meier") and write `out`.

    Raises:
        InputError: the file or its columns cannot be taken; nothing is written then.
    """
    ragged: dict[int, int] = {}
    table = read_csv(source, ragged=ragged)
    if kind == "kaplan-meier":
        return _write_kaplan_meier(table, ragged, out)
    chosen = KINDS[kind]
    table.require(*chosen.needs)
    added = (*chosen.adds, "problem")
    taken = [column for column in added if column in table.columns]
    if taken:
        raise InputError(
            "{file} already has a column {column}.",
            "Rename it; scoring adds that column.",
            file=source.name,
            column=taken[0],
        )
    scored = [_scored(chosen, row, ragged) for row in table.rows]
    rows = [[*row.values, *more] for row, more in zip(table.rows, scored, strict=True)]
    _write(out, (*table.columns, *added), rows)
    problems = sum(1 for cells in scored if cells[-1])
    doubtful = misspelt(table.columns, (*chosen.needs, *chosen.takes))
    return ScoreCounts(len(scored) - problems, problems, doubtful)


def _scored(kind: Kind, row: Row, ragged: Ragged) -> list[str]:
    try:
        _refuse_ragged(row, ragged)
        results = kind.scorer(row)
    except (ProblemError, InvalidInput) as problem:
        return [*("" for _ in kind.adds), str(problem)]
    return [*(results.get(column, "") for column in kind.adds), results.get("problem", "")]


def _refuse_ragged(row: Row, ragged: Ragged) -> None:
    if row.line in ragged:
        raise ProblemError(
            f"row {row.line}: there are {ragged[row.line]} cells under {len(row.values)} columns"
        )


def _write(out: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with replacing(out) as temporary, temporary.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


# --- reading cells ------------------------------------------------------------------------------


def _yes_no(row: Row, column: str) -> bool | None:
    text = row.present(column)
    if text is None or text.upper() in {"U", "UNK", "UNKNOWN", "ND"}:
        return None
    if text.lower() in {"1", "y", "yes", "true"}:
        return True
    if text.lower() in {"0", "n", "no", "false"}:
        return False
    raise ProblemError(f"{column}: {text!r} is neither yes nor no")


def _printed(value: float) -> str:
    """Ten digits are beyond every published vector and hide no rounding of ours."""
    return f"{value:.10g}"


# --- kidney function ----------------------------------------------------------------------------

_CREATININE_UNITS = {"mg/dl": units.CREATININE_UMOL_L_PER_MG_DL, "umol/l": 1.0, "µmol/l": 1.0}


def _creatinine_umol_l(row: Row) -> float:
    unit = row.get("creatinine_unit")
    factor = _CREATININE_UNITS.get(unit.lower().replace("\u03bc", "µ"))
    if factor is None:
        raise ProblemError(f"creatinine_unit: {unit!r} is neither mg/dL nor umol/L")
    found = measured(row, "creatinine", "CREAT", unit)
    return required(found, "creatinine") * factor


def _sex(row: Row) -> gfr.Sex:
    text = row.get("sex").upper()
    if text in {"F", "FEMALE"}:
        return "F"
    if text in {"M", "MALE"}:
        return "M"
    raise ProblemError(f"sex: {text!r} is neither F nor M" if text else "sex is missing")


def _gfr_scorer(equation_id: str) -> Scorer:
    def scorer(row: Row) -> Results:
        result = gfr.estimate(
            equation_id,
            creatinine_umol_l=_creatinine_umol_l(row),
            age_years=required(number(row, "age_years"), "age_years"),
            sex=_sex(row),
            weight_kg=vital_sign(row, "weight_kg", "weight_kg"),
            black=bool(_yes_no(row, "black")),
        )
        if result.value is None:
            raise ProblemError(f"missing: {', '.join(result.missing)}")
        return {"result": _printed(result.value)}

    return scorer


_EGFR_COLUMNS = ("sex", "age_years", "creatinine", "creatinine_unit")
_EGFR_MORE = ("weight_kg", "black")

# --- SLEDAI-2K ----------------------------------------------------------------------------------

_SLEDAI_WORDS = {
    "visual": "visual_disturbance",
    "organic_brain": "organic_brain_syndrome",
    "cranial_nerve": "cranial_nerve_disorder",
    "casts": "urinary_casts",
    "haematuria": "hematuria",
    "mucosal": "mucosal_ulcers",
    "dsdna": "increased_dna_binding",
}
"""The item names of the vectors where they differ from ours."""
_SLEDAI_CODES = {
    **{item.code: item.code for item in sledai.ITEMS},
    **{word: code for code, word in _SLEDAI_WORDS.items()},
    "cerebrovascular_accident": "cva",
    "stroke": "cva",
    "cranial_nerve_disorders": "cranial_nerve",
    "new_rash": "rash",
    "rash_new": "rash",
    "leucopenia": "leukopenia",
    "oral_ulcers": "mucosal",
}


def _ticked(row: Row) -> dict[str, str]:
    """Return item code -> the word it was ticked by."""
    words = [word.strip() for word in row.get("items_ticked").split(";") if word.strip()]
    unknown = [word for word in words if word.lower() not in _SLEDAI_CODES]
    if unknown:
        raise ProblemError(f"items_ticked: {unknown[0]!r} is not one of the 24 items")
    return {_SLEDAI_CODES[word.lower()]: word for word in words}


_SLEDAI_MORE = (
    *("mode", "rbc_casts", "proteinuria_g_24h", "urine_rbc_hpf", "urine_wbc_hpf", "c3_g_l"),
    *("c3_lln", "c4_g_l", "c4_lln", "ch50", "ch50_lln", "anti_dsdna_iu_ml", "anti_dsdna_uln"),
    *("temp_c", "platelets_10e9_l", "wbc_10e9_l", "infection", "stone_or_other_cause"),
    "drug_cause",
)


def _sledai_labs(row: Row) -> sledai.SledaiLabs:
    cast = _yes_no(row, "rbc_casts")
    return sledai.SledaiLabs(
        u24_g=measured(row, "proteinuria_g_24h", "U24P", "g/24 h"),
        urine_rbc_hpf=measured(row, "urine_rbc_hpf", "URBC", "/hpf"),
        urine_wbc_hpf=measured(row, "urine_wbc_hpf", "UWBC", "/hpf"),
        casts=None if cast is None else ("rbc" if cast else "none"),
        c3_g_l=measured(row, "c3_g_l", "C3", "g/L"),
        c3_lln=measured(row, "c3_lln", "C3", "g/L"),
        c4_g_l=measured(row, "c4_g_l", "C4", "g/L"),
        c4_lln=measured(row, "c4_lln", "C4", "g/L"),
        ch50=measured(row, "ch50", "CH50", "U/mL"),
        ch50_lln=measured(row, "ch50_lln", "CH50", "U/mL"),
        dsdna=measured(row, "anti_dsdna_iu_ml", "DSDNA", "IU/mL"),
        dsdna_uln=measured(row, "anti_dsdna_uln", "DSDNA", "IU/mL"),
        temperature_c=vital_sign(row, "temp_c", "temperature_c"),
        platelets=measured(row, "platelets_10e9_l", "PLT", "×10⁹/L"),
        wbc=measured(row, "wbc_10e9_l", "WBC", "×10⁹/L"),
        infection=_yes_no(row, "infection"),
        other_urinary_cause=_yes_no(row, "stone_or_other_cause"),
        drug_cause=_yes_no(row, "drug_cause"),
    )


def _score_sledai(row: Row) -> Results:
    mode = row.get("mode") or "items"
    if mode not in {"items", "derive"}:
        raise ProblemError(f"mode: {mode!r} is neither items nor derive")
    ticked = _ticked(row)
    answers: dict[str, bool | None] = {item.code: item.code in ticked for item in sledai.ITEMS}
    if mode == "derive":
        for code, proposal in sledai.propose(_sledai_labs(row)).items():
            known = {Truth.YES: True, Truth.NO: False, Truth.UNKNOWN: None}[proposal.present]
            answers[code] = answers[code] or known
    result = sledai.score(answers)
    words = [ticked.get(code, _SLEDAI_WORDS.get(code, code)) for code in result.present]
    found = {
        "items": ";".join(words),
        "result_min": str(result.low),
        "result_max": str(result.high),
    }
    if result.score is None:
        return {**found, "problem": f"not exact, missing: {', '.join(result.missing)}"}
    return {**found, "result": str(result.score)}


# --- CTCAE and renal BILAG ----------------------------------------------------------------------


_CTCAE_MORE = ("lln", "uln", "baseline", "baseline_flag", "rule_class")


def _score_ctcae(row: Row) -> Results:
    flag = row.get("baseline_flag").upper()
    if flag not in {"", "NORMAL", "HIGH", "LOW", "ABNORMAL"}:
        raise ProblemError(f"baseline_flag: {flag!r} is not known")
    symptom_dependent = row.get("rule_class").startswith("symptom_dependent")
    term, unit = row.get("term"), row.get("unit")
    found = measured_all(row, ("value", "lln", "uln", "baseline"), term, unit)
    result = ctcae.grade(
        term,
        required(found["value"], "value"),
        unit=unit,
        lln=found["lln"],
        uln=found["uln"],
        baseline=found["baseline"],
        baseline_abnormal=None if not flag else flag != "NORMAL",
        # Rows marked so assume the worst case; elsewhere symptoms are not recorded.
        symptomatic=True if symptom_dependent else None,
    )
    if result.grade is None:
        missing = ", ".join(result.missing) or "a clinical fact"
        raise ProblemError(f"grade {result.low} to {result.high}, missing: {missing}")
    return {"grade": str(result.grade)}


_RENAL_LABS = {
    "u24_g": ("U24P", "g/24 h"),
    "upcr_mg_mmol": ("UPCR", "mg/mmol"),
    "uacr_mg_mmol": ("UACR", "mg/mmol"),
    "creatinine_umol_l": ("CREAT", "µmol/L"),
    "gfr": ("GFRM", "mL/min"),
}
_RENAL_SIGNS = {"sbp": "systolic", "dbp": "diastolic"}
_RENAL_NAMES = tuple(field.name for field in fields(bilag_renal.RenalInputs))
_PREVIOUS = "_previous"
_RENAL_MORE = (*_RENAL_NAMES, *(name + _PREVIOUS for name in _RENAL_NAMES), "ever_involved")


def _renal_input(row: Row, name: str, column: str) -> float | bool | None:
    if name in _RENAL_LABS:
        return measured(row, column, *_RENAL_LABS[name])
    if name in _RENAL_SIGNS:
        return vital_sign(row, column, _RENAL_SIGNS[name])
    return dipstick(row, column) if name == "dipstick" else _yes_no(row, column)


def _renal_inputs(row: Row, suffix: str) -> bilag_renal.RenalInputs:
    found = {name: _renal_input(row, name, name + suffix) for name in _RENAL_NAMES}
    inputs = bilag_renal.RenalInputs(**found)  # type: ignore[arg-type]
    if inputs.sbp is not None and inputs.dbp is not None and inputs.dbp >= inputs.sbp:
        limit = f"below sbp{suffix} {inputs.sbp:g}"
        raise InvalidInput(f"dbp{suffix}", f"{inputs.dbp:g}", "mmHg", limit)
    return inputs


def _score_bilag_renal(row: Row) -> Results:
    previous = _renal_inputs(row, _PREVIOUS)
    seen_before = previous != bilag_renal.RenalInputs()
    result = bilag_renal.grade(
        _renal_inputs(row, ""),
        previous if seen_before else None,
        ever_involved=_yes_no(row, "ever_involved"),
    )
    criteria = ";".join(str(number) for number in result.criteria)
    if result.grade is None:
        missing = ", ".join(result.missing) or "ever_involved"
        return {"criteria": criteria, "problem": f"not gradable, missing: {missing}"}
    missing = ";".join(result.missing) if result.provisional else ""
    return {"grade": result.grade.value, "criteria": criteria, "provisional_without": missing}


KINDS: Mapping[str, Kind] = {
    "egfr-ckdepi-2021": Kind(_EGFR_COLUMNS, _EGFR_MORE, ("result",), _gfr_scorer("ckdepi-2021")),
    "egfr-ckdepi-2009": Kind(_EGFR_COLUMNS, _EGFR_MORE, ("result",), _gfr_scorer("ckdepi-2009")),
    "egfr-mdrd": Kind(_EGFR_COLUMNS, _EGFR_MORE, ("result",), _gfr_scorer("mdrd")),
    "egfr-cmdrd": Kind(_EGFR_COLUMNS, _EGFR_MORE, ("result",), _gfr_scorer("cmdrd")),
    "crcl-cockcroft-gault": Kind(
        (*_EGFR_COLUMNS, "weight_kg"), ("black",), ("result",), _gfr_scorer("cockcroft-gault")
    ),
    "sledai2k": Kind(
        ("items_ticked",),
        _SLEDAI_MORE,
        ("result", "items", "result_min", "result_max"),
        _score_sledai,
    ),
    "ctcae5": Kind(("term", "value", "unit"), _CTCAE_MORE, ("grade",), _score_ctcae),
    "bilag-renal": Kind(
        (), _RENAL_MORE, ("grade", "criteria", "provisional_without"), _score_bilag_renal
    ),
}


# --- Kaplan-Meier: the rows are event times, not the input's ------------------------------------

_KM_COLUMNS = ("set", "time", "n_at_risk", "n_event", "n_censored", "survival", "greenwood_se")


def _write_kaplan_meier(table: Table, ragged: Ragged, out: Path) -> ScoreCounts:
    table.require("time", "event")
    sets: dict[str, list[tuple[float, bool]]] = {}
    problems: list[list[str]] = []
    for row in table.rows:
        try:
            _refuse_ragged(row, ragged)
            time = at_least_0(row, "time")
            event = required(_yes_no(row, "event"), "event")
        except (ProblemError, InvalidInput) as problem:
            problems.append([row.get("set"), row.get("time"), "", "", "", "", "", str(problem)])
            continue
        sets.setdefault(row.get("set"), []).append((time, event))
    rows = [
        [name, *_km_cells(row), ""]
        for name, observations in sets.items()
        for row in kaplan_meier(*zip(*observations, strict=True)).rows
    ]
    _write(out, (*_KM_COLUMNS, "problem"), [*rows, *problems])
    doubtful = misspelt(table.columns, ("set", "time", "event"))
    return ScoreCounts(sum(map(len, sets.values())), len(problems), doubtful)


def _km_cells(row: KaplanMeierRow) -> list[str]:
    error = "" if row.greenwood_se is None else f"{row.greenwood_se:.6f}"
    counts = (row.n_at_risk, row.n_event, row.n_censored)
    return [f"{row.time:g}", *map(str, counts), f"{row.survival:.6f}", error]
