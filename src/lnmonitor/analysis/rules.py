"""Every rule whose result is kept: by these ids and versions a study knows what is out of date."""

from __future__ import annotations

from collections.abc import Iterator

from lnmonitor.analysis import (
    activity_changes,
    flags,
    infusion_safety,
    kidney,
    sledai_scores,
    urine,
)
from lnmonitor.clinical import (
    bicla,
    bilag,
    bilag_flare,
    bilag_haematological,
    bilag_renal,
    bilag_renal_classic,
    ctcae,
    flare,
    gfr,
    infusion,
    low_activity,
    response,
    response_course,
    selena_flare,
    selena_sledai,
    sledai,
    sri4,
    steroids,
    urine_collection,
)
from lnmonitor.clinical.results import Rule


def rules() -> Iterator[Rule]:
    """Give all rules that results and flags of a course can name."""
    yield from (sledai.RULE_SLEDAI_2K, sledai.RULE_RENAL_SLEDAI, sledai.RULE_CLINICAL_SLEDAI)
    yield from (sledai_scores.RULE_SLEDAI_LABS, activity_changes.RULE_BAND)
    yield from (selena_sledai.RULE_SELENA_SLEDAI, selena_flare.RULE_SFI)
    yield from (bilag.RULE_BILAG_2004, bilag_haematological.RULE_HAEMATOLOGICAL, bilag.RULE_TOTAL)
    yield from (bilag_flare.RULE_TRIAL, bilag_flare.RULE_GORDON_2003)
    yield from (bilag_flare.RULE_ISENBERG_2011, bilag_flare.RULE_BSR_BAND)
    yield bilag_renal.RULE_BILAG_2004_RENAL
    yield bilag_renal_classic.RULE_BILAG_CLASSIC_RENAL
    yield from (equation.rule for equation in gfr.EQUATIONS.values())
    yield from (kidney.RULE_G_STAGE, urine.RULE_A_STAGE, urine.RULE_RISK, urine.RULE_PROTEIN_UNITS)
    yield urine_collection.RULE_COLLECTION
    yield from (rule_set.rule for rule_set in response.RULE_SETS.values())
    yield from (rule_set.rule for rule_set in flare.RULE_SETS.values())
    yield from (low_activity.RULE_LLDAS, low_activity.RULE_DORIS)
    yield from (sri4.RULE_SRI_4, bicla.RULE_BICLA, response_course.RULE_MCR_PCR)
    yield ctcae.RULE_CTCAE_5
    yield from (steroids.RULE_PREDNISONE_EQUIVALENT, infusion.RULE_INFUSION)
    yield from (flags.RULE_CREATININE, flags.RULE_SERIOUS, flags.RULE_SPECIAL_INTEREST)
    yield flags.RULE_INCOMPLETE
    yield from (infusion_safety.RULE_SIGNS, infusion_safety.RULE_KIDNEY)


def versions() -> dict[str, str]:
    """Return the version of each rule by its id."""
    return {rule.id: rule.version for rule in rules()}
