"""Writing the metrics as Prometheus reads them, for one process or for all that share a folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from .guide import GuideMetrics

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that tells ``prometheus-client``, when it is imported, where processes share."""
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_LIVE = re.compile(r"gauge_live\w+_(\d+)\.db")


@contextmanager
def shared_folder() -> Iterator[None]:
    """Have the processes that start meanwhile share an empty folder, which is gone at the end.

    It is made inside the one that the environment names, if any. What an earlier run left there
    would be counted again.
    """
    before = os.environ.get(FOLDER)
    with TemporaryDirectory(prefix="have-we-met-metrics-", dir=before) as folder:
        os.environ[FOLDER] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ[FOLDER]
            else:
                os.environ[FOLDER] = before


def exposition(registry: CollectorRegistry, *, guide: bool = False) -> bytes:
    """Write all metrics: this process's, or the sums over all processes that share a folder.

    With ``guide`` the guide's own two names are among them.
    """
    folder = os.environ.get(FOLDER)
    if folder:
        _bury_the_dead(Path(folder))
        registry = CollectorRegistry()
        MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
    collected = GuideMetrics(registry) if guide else registry
    return generate_latest(collected)


def _bury_the_dead(folder: Path) -> None:
    """Take out what processes said of themselves that have ended: their connections are gone."""
    for path in folder.glob("gauge_live*.db"):
        found = _LIVE.fullmatch(path.name)
        if found and not _is_alive(int(found[1])):
            mark_process_dead(int(found[1]), str(folder))  # type: ignore[no-untyped-call]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
