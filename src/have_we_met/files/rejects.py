"""The file of rejected rows: a JSON object a line, with the line of the row and the reason.

It quotes no value, so it can be shown to anybody; the row itself is at that line of the input.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from .rows import Rejected


class RejectsFile:
    """Collects rejected rows in a file, which is there only if there are any.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "people.csv.rejects.jsonl"
    ...     with RejectsFile(path) as rejects:
    ...         rejects.write([Rejected(7, "quotes do not pair up")])
    ...     list(read_rejects(path))
    [Rejected(line=7, reason='quotes do not pair up')]
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._file: TextIO | None = None

    def __enter__(self) -> RejectsFile:
        """Forget what an earlier run rejected."""
        self.path.unlink(missing_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, rejected: Iterable[Rejected]) -> None:
        """Add some rows."""
        for row in rejected:
            if self._file is None:
                self._file = self.path.open("w", encoding="utf-8")
            print(json.dumps({"line": row.line, "reason": row.reason}), file=self._file)
            self.count += 1


def read_rejects(path: Path) -> Iterator[Rejected]:
    """Read back what a :class:`RejectsFile` wrote."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield Rejected(**json.loads(line))
