"""What the tests about the repository itself share: where it is, what git knows, what pyproject says."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "tms_widgets" / "static"


def pyproject() -> dict[str, Any]:
    """The parsed pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def tracked(*patterns: str) -> list[Path]:
    """Files under version control that match any of the patterns (all files when none is given)."""
    listing = run("git", "ls-files", "-z", "--", *patterns).stdout
    return [path for name in listing.split("\0") if name and (path := ROOT / name).is_file()]


def run(*command: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; a failure shows what the command said."""
    done = attempt(*command, cwd=cwd, **environment)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done


def attempt(*command: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command that may fail."""
    env = {**os.environ, **environment}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True)


def tool(name: str) -> str:
    """A console script of the running environment."""
    return str(Path(sys.executable).parent / name)
