"""The command line ``tms-widgets``, for researchers without a notebook.

Every import that takes time waits until a command needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from . import experiments, sweeps
from .parser import Parser, Version

FINE, FAILED, USAGE = 0, 1, 2
"""Exit codes: done; a claim failed or a sweep was interrupted; what was asked cannot be done."""

DESCRIPTION = (
    "Train the networks of Toy Models of Superposition by the thousand, and check the paper's claims."
)
EPILOG = """\
examples:
  tms-widgets sweep run map.nc --features 2 --hidden 1 --density 1:0.01:20 --importance 0.1:10:20
  tms-widgets sweep show map.nc
  tms-widgets paper run E7 E9

exit codes:
  0  done
  1  a claim failed, or a sweep was interrupted; what to type to go on is printed
  2  what was asked cannot be done; one sentence says why

Each command has a help of its own: tms-widgets sweep run --help"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; see ``tms-widgets --help``.

    Parameters
    ----------
    arguments : sequence of str, optional
        In the place of those that the program was called with.

    Returns
    -------
    int
        The exit code: 0 done, 1 a claim failed or a sweep was interrupted, 2 it cannot be done as asked.
    """
    try:
        return _dispatch(_parser(), sys.argv[1:] if arguments is None else list(arguments))
    except BrokenPipeError:
        # the reader of a pipe, such as `head`, has seen enough; the flush at exit must not fail again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return FAILED


def _parser() -> Parser:
    parser = Parser(prog="tms-widgets", description=DESCRIPTION, epilog=EPILOG)
    parser.add_argument("--version", action=Version)
    groups = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    sweeps.add_to(groups)
    experiments.add_to(groups)
    return parser


def _dispatch(parser: Parser, arguments: list[str]) -> int:
    asked = parser.parse(arguments)
    if "command" not in asked:
        asked.parser.print_help()
        return USAGE
    from ..core.checks import SettingError

    try:
        return asked.command(asked)
    except (SettingError, FileNotFoundError) as error:
        print(f"{asked.parser.prog}: {error}", file=sys.stderr)
        return USAGE
    except BrokenPipeError:
        raise
    except OSError as error:
        print(f"{asked.parser.prog}: {_words(error)}", file=sys.stderr)
        return FAILED


def _words(error: OSError) -> str:
    """What the operating system says, with the file that it speaks of."""
    if error.strerror is None:
        return str(error)
    return f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}."
