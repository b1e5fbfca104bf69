"""What is consulted beside the store: validators of fields, and look-ups elsewhere."""

from __future__ import annotations

from .reply import Asked, Reply

__all__ = ["Asked", "Reply"]
