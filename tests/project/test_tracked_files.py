"""Nothing that is committed depends on one machine: no personal paths, no package index by name."""

import re

import pytest

from .repository import ROOT, tracked

PERSONAL = re.compile(r"(?<![\w.~-])/(?:home|root|work|opt|Users)/\w+")
INDEX = re.compile(r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|download\.pytorch\.org|anaconda\.org")
# Binder has to be told where the CPU build of torch lies; nothing else may name an index.
MAY_NAME_AN_INDEX = {"binder/requirements.txt"}


def texts() -> dict[str, str]:
    """Every tracked text file, by its path in the repository."""
    found = {}
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data:
            found[str(path.relative_to(ROOT))] = data.decode()
    return found


@pytest.mark.parametrize(("pattern", "allowed"), [(PERSONAL, set()), (INDEX, MAY_NAME_AN_INDEX)])
def test_no_file_names_a_place(pattern: re.Pattern[str], allowed: set[str]) -> None:
    named = {name: match[0] for name, text in texts().items() if (match := pattern.search(text))}
    assert named.keys() <= allowed, named


def test_nothing_that_is_made_is_tracked() -> None:
    made = re.compile(r"(^|/)(node_modules|__pycache__|dist|build|\.ipynb_checkpoints|\.venv)/")
    assert [name for name in texts() if made.search(name)] == []


def test_source_files_stay_readable() -> None:
    """Size is a smell: past 500 lines a file is two things."""
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked("tms_widgets/*.py", "frontend/src/*.ts", "tests/*.py")
        if (lines := path.read_text().count("\n")) > 500
    }
    assert long == {}
