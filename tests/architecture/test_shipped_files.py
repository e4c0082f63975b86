"""Fonts, icons and tokens are what the design says, and a wheel carries them all."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from fontTools.ttLib import TTFont

from lnmonitor.resources import asset, read_toml

ICONS = """worklist patients safety cohort monitoring documents administration search lock person
flag query sign draft backup seal clock serious-event warning check dash cross question history
link calendar plus edit copy export pdf workbook print undo reset panels ruler drop chevron-up
chevron-down chevron-left chevron-right arrow-ongoing filter sort attach verify freeze unlock
language theme sound-off""".split()
LATIN = {"LNSans-Regular": 400, "LNSans-Medium": 500, "LNSans-SemiBold": 600}
CHINESE = {"NotoSansSC-Regular": 400, "NotoSansSC-Bold": 700}
SIGNS = "0123456789.,:+−–·→▲▼◆✓□⁶⁹×≥≤±\u2009αµμ"


def font(name: str) -> TTFont:
    return TTFont(asset("fonts", f"{name}.ttf"))


@pytest.mark.parametrize(("name", "weight"), (LATIN | CHINESE).items())
def test_that_a_font_is_truetype_with_its_weight_and_licence(name: str, weight: int) -> None:
    cut = font(name)
    assert "glyf" in cut
    assert cut["OS/2"].usWeightClass == weight
    assert cut["OS/2"].fsType == 0  # embedding allowed
    family = "LN Sans" if name in LATIN else "Noto Sans SC"
    assert (cut["name"].getDebugName(16) or cut["name"].getDebugName(1)) == family
    licence = asset("fonts", f"{name.partition('-')[0]}-OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence


@pytest.mark.parametrize("name", LATIN)
def test_that_the_latin_font_has_every_sign_the_screens_use(name: str) -> None:
    assert [sign for sign in SIGNS if ord(sign) not in font(name).getBestCmap()] == []


@pytest.mark.parametrize("name", LATIN)
def test_that_digits_share_one_width_and_l_has_a_tail(name: str) -> None:
    cut = font(name)
    glyphs, widths = cut.getBestCmap(), cut["hmtx"]
    assert len({widths[glyphs[ord(digit)]][0] for digit in "0123456789+\u2212"}) == 1
    assert widths[glyphs[ord("l")]][0] > widths[glyphs[ord("I")]][0] * 0.9
    assert cut["glyf"][glyphs[ord("l")]].xMax > cut["glyf"][glyphs[ord("I")]].xMax


@pytest.mark.parametrize("name", CHINESE)
def test_that_the_chinese_font_covers_gb_2312(name: str) -> None:
    covered = font(name).getBestCmap()
    hanzi = [
        bytes((row, cell)).decode("gb2312")
        for row in range(0xB0, 0xF8)
        for cell in range(0xA1, 0xFF)
        if not (row == 0xD7 and cell > 0xF9)
    ]
    assert len(hanzi) == 6763
    assert [sign for sign in hanzi if ord(sign) not in covered] == []


@pytest.mark.parametrize("name", ICONS)
def test_that_an_icon_is_line_work_on_the_grid_in_the_text_colour(name: str) -> None:
    root = ET.parse(asset("icons", f"{name}.svg")).getroot()
    wanted = {"viewBox": "0 0 16 16", "fill": "none", "stroke": "currentColor"}
    assert {key: root.get(key) for key in wanted} == wanted
    assert root.get("stroke-width") == "1.35"
    assert all(not set(shape.attrib) & {"fill", "stroke", "style"} for shape in root)


def test_that_there_are_the_fifty_two_icons_of_the_design() -> None:
    assert len(set(ICONS)) == 52
    assert set(ICONS) <= {path.stem for path in asset("icons").glob("*.svg")}


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_that_black_on_white_has_the_published_contrast() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("pair", read_toml("themes", "tokens.toml")["contrast"])
def test_that_a_colour_pair_can_be_read(pair: str, theme: str) -> None:
    tokens = read_toml("themes", "tokens.toml")
    colours = tokens["color"][theme]
    front, back = pair.rsplit(" on ", 1)
    measured = contrast(colours[front], colours[back])
    assert measured >= tokens["contrast"][pair]["min"]
    assert measured == pytest.approx(tokens["contrast"][pair][theme], abs=0.01)


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)],
        cwd=checkout,
        check=True,
        capture_output=True,
    )
    return next(target.glob("*.whl"))


def test_that_a_wheel_carries_every_resource(wheel: Path, checkout: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    resources = {
        f"lnmonitor/_assets/{path.relative_to(checkout).as_posix()}"
        for path in (checkout / "resources").rglob("*")
        if path.is_file()
    }
    assert resources <= names
    assert len(resources) > 50


def test_that_an_installed_wheel_finds_its_own_resources(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    program = "from lnmonitor.resources import asset; print(asset('fonts', 'LNSans-Regular.ttf'))"
    found = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    assert Path(found) == tmp_path / "lnmonitor/_assets/resources/fonts/LNSans-Regular.ttf"
