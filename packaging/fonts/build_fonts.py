"""Cut the bundled fonts from their sources. Run by hand when a source changes; the cuts are kept.

    npm pack @expo-google-fonts/inter@0.4.2 @expo-google-fonts/noto-sans-sc@0.4.3
    python packaging/fonts/build_fonts.py FOLDER_WITH_THE_TWO_TGZ

Style sheets, plots and PDF cannot switch font features, so the choice is built in: in "LN Sans" the
character map points digits and `. , : + -` (U+2212) to Inter's tabular forms and `l` to its tailed
form. Space, hyphen and brackets stay: their tabular forms are too wide for text. Inter declares no
reserved font name; a changed font gets its own name all the same. Noto Sans SC reserves only
"Source", so its cut keeps the name. TrueType outlines throughout: reportlab embeds no CFF.

Absent from LN Sans because Inter has none: U+2610..U+2612 (ballot boxes) and U+2715. For a tick box
draw U+25A1; for crossed out take U+2717 or U+00D7. The Chinese cut has no superscripts and no thin
space: text is laid out with LN Sans first.
"""

from __future__ import annotations

import hashlib
import io
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

OUT = Path(__file__).resolve().parents[2] / "resources" / "fonts"

# SHA-256 of the two archives, so that a rebuild starts from the same outlines.
ARCHIVES = {
    "expo-google-fonts-inter-0.4.2.tgz": (
        "b5c1e5878c07a5637169da9f7b1f370c69709f1f8de55998e2522f7aa9dfe2a9"
    ),
    "expo-google-fonts-noto-sans-sc-0.4.3.tgz": (
        "0d69d0f4971d2ff574e3d93cbc218dc950bf3f3f8f8e2c008d97687ed53aee59"
    ),
}

LATIN_RANGES = (
    (0x20, 0x7E),
    (0xA0, 0x17F),  # Latin-1, Latin Extended-A
    (0x1A0, 0x1B0),  # Vietnamese
    (0x1CD, 0x1DC),  # pinyin
    (0x218, 0x21B),
    (0x2B9, 0x2DD),
    (0x300, 0x338),
    (0x370, 0x3FF),  # Greek
    (0x1E80, 0x1EF9),
    (0x2000, 0x206F),
    (0x2070, 0x209C),  # superscripts and subscripts
    (0x20A0, 0x20BF),
    (0x2100, 0x215F),
    (0x2190, 0x21FF),  # arrows
    (0x2200, 0x22FF),  # mathematical operators
    (0x2300, 0x23CF),
    (0x2460, 0x2473),
    (0x25A0, 0x25FF),  # geometric shapes
    (0x2605, 0x2606),
    (0x26A0, 0x26A0),
    (0x2713, 0x2717),
)
TABULAR = "0123456789.,:+\u2212"
# Latin and Greek beside the Chinese, for a text that has to be set in one font.
CHINESE_EXTRA = ((0x20, 0x7E), (0xA0, 0xFF), (0x391, 0x3C9), (0x2010, 0x2027), (0x2190, 0x2193))


@dataclass(frozen=True)
class Cut:
    """One font file to make."""

    archive: str
    member: str
    family: str
    style: str
    weight: int
    file: str


INTER, NOTO = ARCHIVES
CUTS = (
    Cut(INTER, "400Regular/Inter_400Regular.ttf", "LN Sans", "Regular", 400, "LNSans-Regular"),
    Cut(INTER, "500Medium/Inter_500Medium.ttf", "LN Sans", "Medium", 500, "LNSans-Medium"),
    Cut(INTER, "600SemiBold/Inter_600SemiBold.ttf", "LN Sans", "SemiBold", 600, "LNSans-SemiBold"),
    Cut(
        NOTO,
        "400Regular/NotoSansSC_400Regular.ttf",
        "Noto Sans SC",
        "Regular",
        400,
        "NotoSansSC-Regular",
    ),
    Cut(NOTO, "700Bold/NotoSansSC_700Bold.ttf", "Noto Sans SC", "Bold", 700, "NotoSansSC-Bold"),
)
LICENCES = {INTER: "LNSans-OFL.txt", NOTO: "NotoSansSC-OFL.txt"}


def main(folder: Path) -> None:
    """Write every cut and licence into `resources/fonts`."""
    OUT.mkdir(parents=True, exist_ok=True)
    for archive, licence in LICENCES.items():
        (OUT / licence).write_bytes(_member(folder, archive, "LICENSE_FONT"))
    for cut in CUTS:
        font = TTFont(io.BytesIO(_member(folder, cut.archive, cut.member)), recalcTimestamp=False)
        if cut.archive == INTER:
            _point_to_clear_forms(font)
            kept = _expand(LATIN_RANGES)
        else:
            kept = _gb2312() | _expand(CHINESE_EXTRA)
        _cut(font, kept, keep_kerning=cut.archive == INTER)
        _name(font, cut)
        path = OUT / f"{cut.file}.ttf"
        font.save(path)
        print(
            f"{path.name}: {len(font.getBestCmap())} characters, {path.stat().st_size // 1000} kB"
        )


def _member(folder: Path, archive: str, name: str) -> bytes:
    data = (folder / archive).read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != ARCHIVES[archive]:
        sys.exit(f"{archive}: SHA-256 is {found}, expected {ARCHIVES[archive]}")
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        content = tar.extractfile(f"package/{name}")
        if content is None:
            sys.exit(f"{archive}: no {name}")
        return content.read()


def _expand(ranges: tuple[tuple[int, int], ...]) -> set[int]:
    return {code for first, last in ranges for code in range(first, last + 1)}


def _gb2312() -> set[int]:
    """Return the 7,445 characters of GB 2312-80, by Python's own codec."""
    found = set()
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes((row, cell)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return found


def _point_to_clear_forms(font: TTFont) -> None:
    """Make tabular figures and the tailed l the default."""
    forms = _single_substitutions(font, "cv05")
    tabular = _single_substitutions(font, "tnum")
    best = font.getBestCmap()
    forms |= {best[ord(sign)]: tabular[best[ord(sign)]] for sign in TABULAR}
    for table in font["cmap"].tables:
        table.cmap = {code: forms.get(glyph, glyph) for code, glyph in table.cmap.items()}


def _single_substitutions(font: TTFont, feature: str) -> dict[str, str]:
    gsub = font["GSUB"].table
    lookups = {
        index
        for record in gsub.FeatureList.FeatureRecord
        if record.FeatureTag == feature
        for index in record.Feature.LookupListIndex
    }
    mapping: dict[str, str] = {}
    for index in lookups:
        for table in gsub.LookupList.Lookup[index].SubTable:
            mapping |= getattr(getattr(table, "ExtSubTable", table), "mapping", {})
    return mapping


def _cut(font: TTFont, characters: set[int], *, keep_kerning: bool) -> None:
    options = subset.Options()
    options.layout_features = ["kern", "mark", "mkmk"] if keep_kerning else []
    options.drop_tables += ["BASE", "GSUB", "STAT", "vhea", "vmtx"]
    options.glyph_names = False
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.recalc_timestamp = False
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)


def _name(font: TTFont, cut: Cut) -> None:
    """Give all weights one family: Qt and PDF readers group by name ids 16 and 17."""
    names = font["name"]
    copyright_line, licence = names.getDebugName(0), names.getDebugName(13)
    names.names = []
    linked = cut.style in {"Regular", "Bold"}  # the two styles that old name ids can express
    texts = {
        0: copyright_line,
        1: cut.family if linked else f"{cut.family} {cut.style}",
        2: cut.style if linked else "Regular",
        3: f"lnmonitor;{cut.file}",
        4: f"{cut.family} {cut.style}",
        5: "Version 1.000",
        6: cut.file,
        13: licence,
        14: "https://openfontlicense.org",
    }
    if not linked:
        texts |= {16: cut.family, 17: cut.style}
    for name_id, text in texts.items():
        names.setName(text, name_id, 3, 1, 0x409)
    os2 = font["OS/2"]
    os2.usWeightClass = cut.weight
    bold, regular = 1 << 5, 1 << 6
    os2.fsSelection &= ~(bold | regular | 1)
    os2.fsSelection |= {"Bold": bold, "Regular": regular}.get(cut.style, 0)
    font["head"].macStyle = 1 if cut.style == "Bold" else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: build_fonts.py FOLDER_WITH_THE_TWO_TGZ")
    main(Path(sys.argv[1]))
