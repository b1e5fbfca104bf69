"""The command line: ``have-we-met``, or ``python -m have_we_met``."""

from __future__ import annotations

import sys
from io import TextIOWrapper


def main() -> None:
    """Run the command line and end the process with its status."""
    from .group import have_we_met

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # names from the whole world, on any terminal
            stream.reconfigure(errors="backslashreplace")
    have_we_met(prog_name="have-we-met")
