"""Asking a server as many would, and measuring what they would see.

Two ways: *closed*, where each connection asks again once it is answered, which finds how much a
server can do; and at a *fixed rate*, where questions come when they come, whether or not the server
is ready, which finds how long people wait. At a fixed rate a question's time counts from the moment
at which it was to be sent: a server that stops for a second makes all of that second's questions
late, not one a connection ("coordinated omission": G. Tene, *How NOT to Measure Latency*, 2013).
"""

from __future__ import annotations

from ..errors import require

require("httptools", extra="server")

from .limits import Limits  # noqa: E402
from .plan import LoadError, Plan  # noqa: E402
from .questions import read_questions, synthetic_questions  # noqa: E402
from .result import Result  # noqa: E402
from .run import run  # noqa: E402

__all__ = [
    "Limits",
    "LoadError",
    "Plan",
    "Result",
    "read_questions",
    "run",
    "synthetic_questions",
]
