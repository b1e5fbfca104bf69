"""Who may ask a server, for what, how often, and under which policy: credentials and their limits.

>>> from have_we_met.access import Credential
>>> Credential.checked(policy="public", origins=["https://shop.example"]).operations
('lookup', 'create', 'decide')
"""

from __future__ import annotations

from .api_key import ApiKey
from .credential import OPERATIONS, POLICIES, Credential
from .keeping import Issued, create, credentials, revoke, rotate
from .limits import Limits

__all__ = [
    "OPERATIONS",
    "POLICIES",
    "ApiKey",
    "Credential",
    "Issued",
    "Limits",
    "create",
    "credentials",
    "revoke",
    "rotate",
]
