"""Estimated GFR and creatinine clearance, each value with the method that made it; KDIGO stages.

A measured GFR is a value of its own and never passes through here. Inputs that no patient can have
are refused: beyond the limits of entry, or of a slip of unit (creatinine in mg/dL for µmol/L).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from math import inf, sqrt
from operator import itemgetter
from typing import Literal, get_args

from lnmonitor.clinical.criteria import OVER, UNDER, require_positive, require_range
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import (
    Citation,
    Outcome,
    Reason,
    Rule,
    Scalar,
    Truth,
    frozen,
    later,
)
from lnmonitor.clinical.units import creatinine_mg_dl

Sex = Literal["F", "M"]
_SEXES = get_args(Sex)
INDEXED = "mL/min/1.73 m²"
ABSOLUTE = "mL/min"
UREA_MMOL_L_PER_MG_DL = 0.357
"""Urea in mmol/L for 1 mg/dL of urea nitrogen."""

LEVEY_2009 = Citation(
    "Levey AS, Stevens LA, Schmid CH, et al.",
    "Ann Intern Med 150:604-12",
    2009,
    "10.7326/0003-4819-150-9-200905050-00006",
)
INKER_2012 = Citation(
    "Inker LA, Schmid CH, Tighiouart H, et al.",
    "N Engl J Med 367:20-9",
    2012,
    "10.1056/NEJMoa1114248",
)
INKER_2021 = Citation(
    "Inker LA, Eneanya ND, Coresh J, et al.",
    "N Engl J Med 385:1737-49",
    2021,
    "10.1056/NEJMoa2102953",
)
LEVEY_1999 = Citation(
    "Levey AS, Bosch JP, Lewis JB, et al.",
    "Ann Intern Med 130:461-70",
    1999,
    "10.7326/0003-4819-130-6-199903160-00002",
)
LEVEY_2006 = Citation(
    "Levey AS, Coresh J, Greene T, et al.",
    "Ann Intern Med 145:247-54",
    2006,
    "10.7326/0003-4819-145-4-200608150-00004",
)
MA_2006 = Citation(
    "Ma YC, Zuo L, Chen JH, et al.", "J Am Soc Nephrol 17:2937-44", 2006, "10.1681/ASN.2006040368"
)
COCKCROFT_1976 = Citation("Cockcroft DW, Gault MH", "Nephron 16:31-41", 1976, "10.1159/000180580")
SCHWARTZ_2009 = Citation(
    "Schwartz GJ, Munoz A, Schneider MF, et al.",
    "J Am Soc Nephrol 20:629-37",
    2009,
    "10.1681/ASN.2008030287",
)
DUBOIS_1916 = Citation("Du Bois D, Du Bois EF", "Arch Intern Med 17:863-71", 1916)
MOSTELLER_1987 = Citation(
    "Mosteller RD", "N Engl J Med 317:1098", 1987, "10.1056/NEJM198710223171717"
)


@frozen
class EgfrResult(Outcome):
    """`value` in `unit`, None when an input is missing; `equation_id` is the method to store."""

    equation_id: str = ""
    value: float | None = None
    unit: str = INDEXED


def _check_adult(age_years: float, sex: str) -> None:
    require_range("age_years", age_years, "years", 18, 130)
    if sex not in _SEXES:
        raise InvalidInput("sex", sex, None, "F or M")


def _split(value: float, knot: float, low_power: float, high_power: float) -> float:
    """min(value/knot, 1)^low_power x max(value/knot, 1)^high_power: one of the two is 1."""
    ratio = value / knot
    return float(ratio ** (low_power if ratio < 1 else high_power))


def _check_creatinine(umol_l: float) -> None:
    require_range("creatinine_umol_l", umol_l, "µmol/L", 5, 3000)


def _check_cystatin(mg_l: float) -> None:
    require_range("cystatin_c_mg_l", mg_l, "mg/L", 0.1, 15)


def _check_weight(kg: float) -> None:
    require_range("weight_kg", kg, "kg", 2, 400)


def _check_height(cm: float) -> None:
    require_range("height_cm", cm, "cm", 40, 250)


def _scr(creatinine_umol_l: float) -> float:
    _check_creatinine(creatinine_umol_l)
    return creatinine_mg_dl(creatinine_umol_l)


def ckd_epi_2021(creatinine_umol_l: float, age_years: float, sex: Sex) -> float:
    """CKD-EPI 2021 creatinine, mL/min/1.73 m², age >= 18. Inker 2021."""
    _check_adult(age_years, sex)
    kappa, alpha, factor = (0.7, -0.241, 1.012) if sex == "F" else (0.9, -0.302, 1.0)
    curve = _split(_scr(creatinine_umol_l), kappa, alpha, -1.200)
    return float(142 * curve * 0.9938**age_years * factor)


def ckd_epi_2009(
    creatinine_umol_l: float, age_years: float, sex: Sex, *, black: bool = False
) -> float:
    """CKD-EPI 2009 creatinine, mL/min/1.73 m², age >= 18. Levey 2009.

    `black` applies the published factor 1.159; the trial omits it.
    """
    _check_adult(age_years, sex)
    kappa, alpha, factor = (0.7, -0.329, 1.018) if sex == "F" else (0.9, -0.411, 1.0)
    curve = _split(_scr(creatinine_umol_l), kappa, alpha, -1.209)
    return float(141 * curve * 0.993**age_years * factor * (1.159 if black else 1.0))


def ckd_epi_2012_cystatin(cystatin_c_mg_l: float, age_years: float, sex: Sex) -> float:
    """CKD-EPI 2012 cystatin C, mL/min/1.73 m², age >= 18. Inker 2012."""
    _check_adult(age_years, sex)
    _check_cystatin(cystatin_c_mg_l)
    curve = _split(cystatin_c_mg_l, 0.8, -0.499, -1.328)
    return float(133 * curve * 0.996**age_years * (0.932 if sex == "F" else 1.0))


def ckd_epi_2012_creatinine_cystatin(
    creatinine_umol_l: float, cystatin_c_mg_l: float, age_years: float, sex: Sex
) -> float:
    """CKD-EPI 2012 creatinine and cystatin C, mL/min/1.73 m², age >= 18. Inker 2012."""
    _check_adult(age_years, sex)
    _check_cystatin(cystatin_c_mg_l)
    kappa, alpha, factor = (0.7, -0.248, 0.969) if sex == "F" else (0.9, -0.207, 1.0)
    creatinine = _split(_scr(creatinine_umol_l), kappa, alpha, -0.601)
    cystatin = _split(cystatin_c_mg_l, 0.8, -0.375, -0.711)
    return float(135 * creatinine * cystatin * 0.995**age_years * factor)


def ckd_epi_2021_creatinine_cystatin(
    creatinine_umol_l: float, cystatin_c_mg_l: float, age_years: float, sex: Sex
) -> float:
    """CKD-EPI 2021 creatinine and cystatin C, mL/min/1.73 m², age >= 18. Inker 2021."""
    _check_adult(age_years, sex)
    _check_cystatin(cystatin_c_mg_l)
    kappa, alpha, factor = (0.7, -0.219, 0.963) if sex == "F" else (0.9, -0.144, 1.0)
    creatinine = _split(_scr(creatinine_umol_l), kappa, alpha, -0.544)
    cystatin = _split(cystatin_c_mg_l, 0.8, -0.323, -0.778)
    return float(135 * creatinine * cystatin * 0.9961**age_years * factor)


def mdrd(creatinine_umol_l: float, age_years: float, sex: Sex, *, black: bool = False) -> float:
    """Four-variable MDRD for IDMS-traceable creatinine, mL/min/1.73 m², age >= 18. Levey 2006."""
    _check_adult(age_years, sex)
    factor = (0.742 if sex == "F" else 1.0) * (1.212 if black else 1.0)
    return float(175 * _scr(creatinine_umol_l) ** -1.154 * age_years**-0.203 * factor)


def mdrd6(
    creatinine_umol_l: float,
    urea_mmol_l: float,
    albumin_g_l: float,
    age_years: float,
    sex: Sex,
    *,
    black: bool = False,
) -> float:
    """Six-variable MDRD, mL/min/1.73 m², age >= 18. Levey 1999 (wording not seen).

    The GFR that BILAG-2004 names. Urea nitrogen in mg/dL is urea in mmol/L / 0.357.
    """
    _check_adult(age_years, sex)
    require_range("urea_mmol_l", urea_mmol_l, "mmol/L", 0.3, 100)
    require_range("albumin_g_l", albumin_g_l, "g/L", 5, 80)
    factor = (0.762 if sex == "F" else 1.0) * (1.180 if black else 1.0)
    blood = _scr(creatinine_umol_l) ** -0.999 * (urea_mmol_l / UREA_MMOL_L_PER_MG_DL) ** -0.170
    return float(170 * blood * (albumin_g_l / 10) ** 0.318 * age_years**-0.176 * factor)


def c_mdrd(creatinine_umol_l: float, age_years: float, sex: Sex) -> float:
    """Abbreviated MDRD refitted in Chinese patients, mL/min/1.73 m². Ma 2006 (wording not seen)."""
    _check_adult(age_years, sex)
    factor = 0.79 if sex == "F" else 1.0
    return float(175 * _scr(creatinine_umol_l) ** -1.234 * age_years**-0.179 * factor)


def mdrd_chinese_factor(creatinine_umol_l: float, age_years: float, sex: Sex) -> float:
    """MDRD x 1.233, the other Chinese form, mL/min/1.73 m². Ma 2006 (wording not seen).

    It departs from `c_mdrd` at low GFR: name the one that was used.
    """
    return 1.233 * mdrd(creatinine_umol_l, age_years, sex)


def cockcroft_gault(
    creatinine_umol_l: float, age_years: float, sex: Sex, weight_kg: float
) -> float:
    """Creatinine clearance in mL/min (not indexed), actual weight, age >= 18. Cockcroft 1976."""
    _check_adult(age_years, sex)
    _check_weight(weight_kg)
    factor = 0.85 if sex == "F" else 1.0
    return (140 - age_years) * weight_kg / (72 * _scr(creatinine_umol_l)) * factor


def schwartz_bedside(creatinine_umol_l: float, height_cm: float, age_years: float) -> float:
    """Bedside Schwartz for ages 1 to 18, mL/min/1.73 m². Schwartz 2009 (wording not seen).

    At 18 the adults' equations hold too.
    """
    require_range("age_years", age_years, "years", 1, 18)
    _check_height(height_cm)
    return 0.413 * height_cm / _scr(creatinine_umol_l)


def creatinine_clearance_24h(
    urine_creatinine_umol_l: float, urine_volume_ml: float, creatinine_umol_l: float
) -> float:
    """Measured creatinine clearance of a 24-hour collection, mL/min (not indexed)."""
    require_range("urine_creatinine_umol_l", urine_creatinine_umol_l, "µmol/L", 100, 100_000)
    require_range("urine_volume_ml", urine_volume_ml, "mL", 50, 15_000)
    _check_creatinine(creatinine_umol_l)
    return urine_creatinine_umol_l * urine_volume_ml / (creatinine_umol_l * 1440)


def bsa_dubois(weight_kg: float, height_cm: float) -> float:
    """Body surface area, m². Du Bois 1916."""
    _check_weight(weight_kg)
    _check_height(height_cm)
    return float(0.007184 * weight_kg**0.425 * height_cm**0.725)


def bsa_mosteller(weight_kg: float, height_cm: float) -> float:
    """Body surface area, m². Mosteller 1987."""
    _check_weight(weight_kg)
    _check_height(height_cm)
    return sqrt(weight_kg * height_cm / 3600)


def indexed(value_ml_min: float, bsa_m2: float) -> float:
    """Return a clearance or measured GFR of mL/min in mL/min/1.73 m² body surface."""
    require_positive("gfr", value_ml_min, ABSOLUTE)
    require_range("gfr", value_ml_min, ABSOLUTE, 0, 500)
    require_range("bsa_m2", bsa_m2, "m²", 0.1, 4)
    return value_ml_min * 1.73 / bsa_m2


@dataclass(frozen=True)
class Equation:
    """An equation with its rule, unit and the inputs it needs, in the order it takes them."""

    rule: Rule
    unit: str
    inputs: tuple[str, ...]
    compute: Callable[..., float]
    takes_black: bool = False

    @cached_property
    def pick(self) -> Callable[[tuple[Scalar, ...]], tuple[Scalar, ...]]:
        """Picks the inputs out of the values of `INPUTS`."""
        return itemgetter(*map(INPUTS.index, self.inputs))


INPUTS = (
    "creatinine_umol_l",
    "age_years",
    "sex",
    "weight_kg",
    "height_cm",
    "cystatin_c_mg_l",
    "urea_mmol_l",
    "albumin_g_l",
)
"""What `estimate` takes, in its order."""
_CREATININE = ("creatinine_umol_l", "age_years", "sex")
_CYSTATIN = ("cystatin_c_mg_l", "age_years", "sex")
_BOTH = ("creatinine_umol_l", "cystatin_c_mg_l", "age_years", "sex")


def _rule(
    equation_id: str, *citations: Citation, verified: bool = True, version: str = "1"
) -> Rule:
    return Rule(f"egfr-{equation_id}", version, citations, verified=verified)


EQUATIONS: Mapping[str, Equation] = {
    "ckdepi-2021": Equation(_rule("ckdepi-2021", INKER_2021), INDEXED, _CREATININE, ckd_epi_2021),
    "ckdepi-2009": Equation(
        _rule("ckdepi-2009", LEVEY_2009), INDEXED, _CREATININE, ckd_epi_2009, takes_black=True
    ),
    "ckdepi-2012-cys": Equation(
        _rule("ckdepi-2012-cys", INKER_2012), INDEXED, _CYSTATIN, ckd_epi_2012_cystatin
    ),
    "ckdepi-2012-cr-cys": Equation(
        _rule("ckdepi-2012-cr-cys", INKER_2012), INDEXED, _BOTH, ckd_epi_2012_creatinine_cystatin
    ),
    "ckdepi-2021-cr-cys": Equation(
        _rule("ckdepi-2021-cr-cys", INKER_2021), INDEXED, _BOTH, ckd_epi_2021_creatinine_cystatin
    ),
    "mdrd": Equation(_rule("mdrd", LEVEY_2006), INDEXED, _CREATININE, mdrd, takes_black=True),
    "mdrd6": Equation(
        _rule("mdrd6", LEVEY_1999, verified=False),
        INDEXED,
        ("creatinine_umol_l", "urea_mmol_l", "albumin_g_l", "age_years", "sex"),
        mdrd6,
        takes_black=True,
    ),
    "cmdrd": Equation(_rule("cmdrd", MA_2006, verified=False), INDEXED, _CREATININE, c_mdrd),
    "mdrd-1.233": Equation(
        _rule("mdrd-1.233", MA_2006, verified=False), INDEXED, _CREATININE, mdrd_chinese_factor
    ),
    "cockcroft-gault": Equation(
        _rule("cockcroft-gault", COCKCROFT_1976),
        ABSOLUTE,
        (*_CREATININE, "weight_kg"),
        cockcroft_gault,
    ),
    "schwartz-bedside": Equation(
        _rule("schwartz-bedside", SCHWARTZ_2009, verified=False, version="2"),
        INDEXED,
        ("creatinine_umol_l", "height_cm", "age_years"),
        schwartz_bedside,
    ),
}


def estimate(
    equation_id: str,
    *,
    creatinine_umol_l: float | None = None,
    age_years: float | None = None,
    sex: Sex | None = None,
    weight_kg: float | None = None,
    height_cm: float | None = None,
    cystatin_c_mg_l: float | None = None,
    urea_mmol_l: float | None = None,
    albumin_g_l: float | None = None,
    black: bool = False,
) -> EgfrResult:
    """Estimate by an equation of EQUATIONS; `value` is None while an input it needs is missing.

    Raises InvalidInput for an unknown equation, an impossible value, or an age it was not made for.
    """
    equation = EQUATIONS.get(equation_id)
    if equation is None:
        raise InvalidInput("equation", equation_id, None, " or ".join(EQUATIONS))
    inputs = equation.pick(
        (
            creatinine_umol_l,
            age_years,
            sex,
            weight_kg,
            height_cm,
            cystatin_c_mg_l,
            urea_mmol_l,
            albumin_g_l,
        )
    )
    missing: tuple[str, ...] = ()
    value = None
    if None in inputs:
        missing = tuple(compress(equation.inputs, [given is None for given in inputs]))
    elif equation.takes_black:
        value = equation.compute(*inputs, black=black)
    else:
        value = equation.compute(*inputs)
    reasons = later(_told, equation_id, equation.inputs, inputs)
    return EgfrResult(equation.rule, reasons, missing, equation_id, value, equation.unit)


_TOLD = {
    "cystatin_c_mg_l": "gfr.by_cystatin",
    "urea_mmol_l": "gfr.by_six",
    "weight_kg": "gfr.by_weight",
    "height_cm": "gfr.by_height",
}
"""Sentences that tell more, or other inputs, than creatinine, age and sex."""


def _told(
    equation_id: str, names: tuple[str, ...], inputs: tuple[Scalar, ...]
) -> tuple[Reason, ...]:
    values = dict(zip(names, inputs, strict=True))
    met = Truth.UNKNOWN if None in values.values() else Truth.YES
    code = next((_TOLD[name] for name in values if name in _TOLD), "gfr.equation")
    if values.keys() >= {"creatinine_umol_l", "cystatin_c_mg_l"}:
        code = "gfr.by_creatinine_and_cystatin"
    return (Reason(code, met, {"equation": equation_id, **values}),)


def kdigo_g_stage(gfr: float) -> str:
    """Return "G1", "G2", "G3a", "G3b", "G4" or "G5" of a GFR in mL/min/1.73 m².

    Staged from the integer (half up) that the screen shows, so that number and stage agree.
    """
    if not 0 <= gfr < inf:
        require_range("gfr", gfr, INDEXED, 0)
    return _STAGES[bisect_right(_STAGE_LIMITS, gfr + 0.5)]


_STAGE_LIMITS = (15, 30, 45, 60, 90)
_STAGES = ("G5", "G4", "G3b", "G3a", "G2", "G1")


_A_LIMITS: Mapping[tuple[str, str], tuple[float, float]] = {
    ("albumin", "mg/g"): (30, 300),
    ("albumin", "mg/mmol"): (3, 30),
    ("protein", "mg/g"): (150, 500),
    ("protein", "g/g"): (0.15, 0.5),
    ("protein", "mg/mmol"): (15, 50),
    ("protein", "g/24 h"): (0.15, 0.5),
}
_A_EDGES = {key: (low * UNDER, high * OVER) for key, (low, high) in _A_LIMITS.items()}
"""The limits with the tolerance of `criteria`: A1 is below the first, A2 up to the second."""


def kdigo_a_stage(
    value: float, unit: str, *, measure: Literal["albumin", "protein"] = "albumin"
) -> str:
    """Return "A1" (below the first limit), "A2" (up to and including the second) or "A3".

    Albumin in mg/g or mg/mmol; protein in mg/g, g/g, mg/mmol or g/24 h, tested as reported.
    """
    edges = _A_EDGES.get((measure, unit))
    if edges is None:
        known = " or ".join(unit for kind, unit in _A_LIMITS if kind == measure)
        raise InvalidInput(f"{measure} unit", unit, None, known)
    if not 0 <= value < inf:
        require_range(measure, value, unit, 0)
    if value < edges[0]:
        return "A1"
    return "A2" if value <= edges[1] else "A3"


_RISKS: Mapping[str, tuple[str, str, str]] = {
    "G1": ("low", "moderate", "high"),
    "G2": ("low", "moderate", "high"),
    "G3a": ("moderate", "high", "very high"),
    "G3b": ("high", "very high", "very high"),
    "G4": ("very high", "very high", "very high"),
    "G5": ("very high", "very high", "very high"),
}


_A_STAGES = ("A1", "A2", "A3")
_RISK_OF = {
    (g, a): risk for g, row in _RISKS.items() for a, risk in zip(_A_STAGES, row, strict=True)
}


def kdigo_risk(g_stage: str, a_stage: str) -> str:
    """Return "low", "moderate", "high" or "very high" of the KDIGO map (from knowledge).

    Raises InvalidInput for a stage that the map does not have.
    """
    risk = _RISK_OF.get((g_stage, a_stage))
    if risk is None:
        if g_stage not in _RISKS:
            raise InvalidInput("G stage", g_stage, None, " or ".join(_RISKS))
        raise InvalidInput("A stage", a_stage, None, " or ".join(_A_STAGES))
    return risk
