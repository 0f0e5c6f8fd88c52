"""The command line ``tms-widgets``, for researchers without a notebook."""

from __future__ import annotations


def main() -> int:
    """Run the command line; see ``tms-widgets --help``."""
    raise SystemExit("No command yet.")
