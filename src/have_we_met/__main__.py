"""``python -m have_we_met``: the command line."""

from __future__ import annotations

from have_we_met.cli import main

if __name__ == "__main__":
    main()
