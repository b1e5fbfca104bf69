"""What invented contacts are made of: the tables in ``tables.toml``."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any, Final

_TABLES: Final = tomllib.loads((files(__package__) / "tables.toml").read_text("utf-8"))

PHONES: Final[dict[str, Any]] = _TABLES["phones"]
MAIL: Final[dict[str, Any]] = _TABLES["mail"]
COMPANIES: Final[dict[str, Any]] = _TABLES["companies"]
