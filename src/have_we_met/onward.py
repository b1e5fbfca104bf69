"""What goes along with calls to others for a lookup: headers that say which trace it is."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from types import MappingProxyType

ONWARD: ContextVar[Mapping[str, str]] = ContextVar("onward", default=MappingProxyType({}))
"""Headers to send with every request that is made for the lookup at hand; none unless set."""
