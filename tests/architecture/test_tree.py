"""House rules for the files themselves."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

FOLDERS = (".ci", "benchmarks", "docs", "packaging", "resources", "src", "tests", "ui")
TEXT = {".json", ".lock", ".md", ".py", ".qss", ".svg", ".toml", ".txt", ".ui", ".xml", ""}
LONGEST = 600

# Put together here so that this file does not find itself.
REGISTRY_HOSTS = ("pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "yarn" + "pkg.com")
MACHINE_PATH = re.compile(
    r"(?<![\w.:/<])/(?:" + "|".join(("work", "root", "home", "Users")) + r")/\w"
)


def text_files(root: Path) -> Iterator[Path]:
    yield from root.glob("*.md")
    yield root / "pyproject.toml"
    for folder in FOLDERS:
        for path in (root / folder).rglob("*"):
            if path.is_file() and path.suffix in TEXT and "__pycache__" not in path.parts:
                yield path


def test_that_no_file_names_a_package_registry(checkout: Path) -> None:
    found = [
        str(path)
        for path in text_files(checkout)
        if any(host in path.read_text(encoding="utf-8") for host in REGISTRY_HOSTS)
    ]
    assert not found


def test_that_no_file_names_a_path_of_one_machine(checkout: Path) -> None:
    found = [
        f"{path}: {match.group()}"
        for path in text_files(checkout)
        if (match := MACHINE_PATH.search(path.read_text(encoding="utf-8")))
    ]
    assert not found


def test_that_no_source_file_is_longer_than_a_person_reads(checkout: Path) -> None:
    long = {
        str(path.relative_to(checkout)): lines
        for path in text_files(checkout)
        if path.suffix == ".py" and "generated" not in path.parts
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert not long


def test_that_every_module_says_why_it_exists(checkout: Path) -> None:
    silent = [
        str(path.relative_to(checkout))
        for path in text_files(checkout)
        if path.suffix == ".py" and "generated" not in path.parts
        if not path.read_text(encoding="utf-8").lstrip().startswith('"""')
    ]
    assert not silent


def test_that_every_resource_table_can_be_read(checkout: Path) -> None:
    broken = {}
    for path in (checkout / "resources").rglob("*.toml"):
        try:
            tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as problem:
            broken[path.name] = str(problem)
    assert not broken
