"""Late verdicts: records created upon an incomplete answer, looked at again when there is time.

An answer may be given while something was missing: a key was over-full, a service or the database
did not answer in time. Whoever is created then may be somebody who was there before. So the unit
that creates a record upon such an answer notes it, and these functions go through the notes::

    revisit   look again at what is due, with more time and further than a lookup does
    deliver   tell a webhook's receiver what was found
    watch     do both again and again, until told to stop
    notes     read what was noted and found
    tally     count it
    forget    delete what was noted of a record, and its name from all other notes

A note survives everything: a process that dies while it looks or tells leaves it to the next one.
"""

from __future__ import annotations

from ..store.late_note import Doubt, Finding, Near, Note, State, Tally, Verdict
from .deliver import Delivered, deliver
from .look import LongLook
from .notes import forget, notes, tally
from .revisit import Revisited, revisit
from .watch import watch
from .webhook import Webhook

__all__ = [
    "Delivered",
    "Doubt",
    "Finding",
    "LongLook",
    "Near",
    "Note",
    "Revisited",
    "State",
    "Tally",
    "Verdict",
    "Webhook",
    "deliver",
    "forget",
    "notes",
    "revisit",
    "tally",
    "watch",
]
