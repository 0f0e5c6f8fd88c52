"""An argument parser that says what is wrong in one sentence and names the nearest option."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn


class Parser(argparse.ArgumentParser):
    """`argparse.ArgumentParser` without abbreviations, with plain texts and with one-sentence errors."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter)
        self.set_defaults(parser=self)

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Parse, or end the program with exit code 2 and a sentence."""
        asked, unknown = self.parse_known_args(arguments)
        if unknown:
            asked.parser.refuse(unknown[0])
        return asked

    def refuse(self, unknown: str) -> NoReturn:
        """End with a sentence about an argument that this command does not know."""
        if not unknown.startswith("-"):
            self.error(f"nothing is expected after the other arguments, but there is {unknown!r}")
        name = unknown.partition("=")[0]
        options = [option for option in self._option_string_actions if option.startswith("--")]
        near = difflib.get_close_matches(name, options, n=1, cutoff=0.0)[0]
        self.error(f"there is no option {name} (did you mean {near}?)")

    def error(self, message: str) -> NoReturn:
        """End with exit code 2, one sentence and where the help is."""
        print(f"{self.prog}: {message}; see {self.prog} --help.", file=sys.stderr)
        raise SystemExit(2)


class Version(argparse.Action):
    """``--version``: looked up only when it is asked for."""

    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, help="print the version and exit")

    def __call__(self, parser: argparse.ArgumentParser, *ignored: Any) -> NoReturn:
        """Print it."""
        from .. import __version__

        print(f"tms-widgets {__version__}")
        parser.exit()


def listed(of: Callable[[str], Any], kind: str) -> Callable[[str], list[Any]]:
    """A type for ``add_argument``: values between commas, each read by ``of``; ``kind`` names one."""

    def values(text: str) -> list[Any]:
        try:
            return [of(part.strip()) for part in text.split(",")]
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not {kind}, or several with commas") from None

    return values


def numbers(text: str) -> list[float]:
    """Numbers between commas, or ``first:last:count``, evenly spaced in the logarithm.

    Examples
    --------
    >>> numbers("1:0.01:3")
    [1.0, 0.1, 0.01]
    """
    if ":" not in text:
        return listed(float, "a number")(text)
    try:
        first, last, count = text.split(":")
        low, high, n = float(first), float(last), int(count)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no range; write first:last:count, such as 1:0.01:20"
        ) from None
    if not (0 < low < float("inf") and 0 < high < float("inf")):
        raise argparse.ArgumentTypeError(
            f"the range {text!r} is spaced in the logarithm and needs two numbers above 0; "
            "list other values with commas, such as 0,0.5,0.9"
        )
    if n < 2:
        raise argparse.ArgumentTypeError(f"the range {text!r} needs a count of 2 or more")
    import numpy as np

    return np.geomspace(low, high, n).tolist()
