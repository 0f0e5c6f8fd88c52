"""The committed front end is what its sources build, small enough to travel, and self-contained."""

import re
import shutil
from pathlib import Path

import pytest

from .repository import ROOT, STATIC, run

FRONTEND = ROOT / "frontend"
WIDGETS = sorted(path.stem for path in (FRONTEND / "src" / "widgets").glob("*.ts"))
# Every instance of a widget carries its own copy of the bundle (js and css together), in bytes.
EXPLORER_LIMIT, VIEW_LIMIT = 120_000, 60_000
IMPORTS = re.compile(
    r"""(?:^|[;}\n])\s*import\b\s*[\w{*"']|\bimport\s*\(|\bimport\.meta\b|\bexport\b[^;]*\bfrom\s*["']"""
)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_committed_files_are_a_fresh_build(tmp_path: Path) -> None:
    sources = tmp_path / "frontend"
    shutil.copytree(FRONTEND, sources, ignore=shutil.ignore_patterns("node_modules", "build"))
    run("npm", "ci", "--no-fund", "--no-audit", cwd=sources)
    run("npm", "run", "build", "--", "--out", str(tmp_path / "static"), cwd=sources)
    fresh, committed = contents(tmp_path / "static"), contents(STATIC)
    assert sorted(fresh) == sorted(committed), "run `make build`"
    assert {name for name in fresh if fresh[name] != committed[name]} == set(), "run `make build`"


@pytest.mark.parametrize("widget", WIDGETS)
def test_bundles_stay_small(widget: str) -> None:
    size = sum(path.stat().st_size for path in STATIC.glob(f"{widget}.*"))
    assert 0 < size <= (EXPLORER_LIMIT if widget == "explorer" else VIEW_LIMIT)


@pytest.mark.parametrize("widget", WIDGETS)
def test_a_bundle_can_stand_inside_a_page(widget: str) -> None:
    code = (STATIC / f"{widget}.js").read_text()
    assert "</script" not in code.lower()
    assert not IMPORTS.search(code)
    assert re.search(r"export\s*(?:default\b|\{[^}]*\bdefault\b)", code)


@pytest.mark.parametrize("widget", WIDGETS)
def test_a_bundle_asks_the_network_for_nothing(widget: str) -> None:
    text = "".join(path.read_text() for path in STATIC.glob(f"{widget}.*"))
    assert set(re.findall(r"https?://[\w.-]+", text)) <= {"http://www.w3.org"}


@pytest.mark.parametrize(
    "code", ['import{a}from"b";', 'x();import"b"', 'a=await import("b")', "import.meta.url", 'export*from"b"']
)
def test_the_search_for_imports_finds_them(code: str) -> None:
    assert IMPORTS.search(code)


def test_the_front_end_uses_only_the_part_of_a_model_that_every_host_has() -> None:
    sources = "".join(path.read_text() for path in (FRONTEND / "src").rglob("*.ts"))
    used = set(re.findall(r"\bmodel\.(\w+)\(", sources))
    assert used <= {"get", "set", "on", "off", "save_changes", "send"}
