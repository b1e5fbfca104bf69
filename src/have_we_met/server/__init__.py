"""The HTTP server: the guide's routes over a resolver, health, and a page to try it on.

>>> from have_we_met.server import Settings, create_app
>>> app = create_app(Settings(url="sqlite:///contacts.db"))
>>> sorted(app.openapi()["paths"])
['/api/contacts', '/api/contacts/decide', '/api/contacts/lookup', '/healthz', '/readyz']
"""

from __future__ import annotations

from ..errors import require

for _module in ("fastapi", "uvicorn", "cryptography", "msgspec", "jinja2"):
    require(_module, extra="server")

from .app import create_app, from_environment, open_resolver  # noqa: E402
from .echo import mount_echo  # noqa: E402
from .form import Form  # noqa: E402
from .run import serve  # noqa: E402
from .settings import Settings, SettingsError  # noqa: E402

__all__ = [
    "Form",
    "Settings",
    "SettingsError",
    "create_app",
    "from_environment",
    "mount_echo",
    "open_resolver",
    "serve",
]
