"""Files of contacts: read in stretches of rows, made into contacts, loaded into a store.

Nothing that a file holds stops the reading: a row that cannot be used is rejected, with its line
and the reason, and the rest goes on.
"""

from __future__ import annotations

from .formats import FORMATS, Format, format_of
from .rejects import RejectsFile, read_rejects
from .rows import Rejected, Rows

__all__ = ["FORMATS", "Format", "Rejected", "RejectsFile", "Rows", "format_of", "read_rejects"]
