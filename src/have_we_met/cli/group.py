"""All commands, and what becomes of errors."""

from __future__ import annotations

import errno
import os
from typing import Any

import click

from ..errors import HaveWeMetError
from .add import add
from .advise import advise
from .audit import audit
from .db import db
from .demo import demo
from .erase import export, forget
from .explain import explain
from .import_ import import_
from .indexing import init, reindex
from .key import key
from .late import late
from .load import load
from .lookup import lookup
from .model import model
from .serve import serve
from .services import services
from .status import status
from .sync import sync
from .why_not import why_not

DEBUG = "HAVE_WE_MET_DEBUG"
"""The variable that lets unexpected errors show where they come from."""


class Commands(click.Group):
    """A group of commands whose errors are one message, status 1, and never quote a record."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which one needs them."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; errors of ours become messages, others are named and no more."""
        try:
            return super().invoke(ctx)
        except HaveWeMetError as exc:
            raise click.ClickException(str(exc)) from exc
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise  # click has words for these
        except OSError as exc:
            if exc.errno == errno.EPIPE:  # whoever read our output has read enough
                raise
            where = f"{exc.filename}: " if exc.filename else ""
            raise click.ClickException(f"{where}{exc.strerror or type(exc).__name__}") from exc
        except Exception as exc:
            if os.environ.get(DEBUG):
                raise
            # Its own message might quote a record.
            message = f"unexpected {type(exc).__name__}; {DEBUG}=1 shows where it comes from"
            raise click.ClickException(message) from exc


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="have-we-met", message="%(version)s")
def have_we_met() -> None:
    """Have we met this person? Identity resolution on the database that you already have.

    \b
    Begin with:
      have-we-met demo
    or with your own contacts:
      have-we-met import people.csv --db sqlite:///contacts.db
      have-we-met lookup '{"email": "ada@example.org"}'
    """


for _command in (
    demo,
    init,
    import_,
    lookup,
    explain,
    why_not,
    add,
    serve,
    key,
    load,
    model,
    services,
    sync,
    status,
    late,
    forget,
    export,
    audit,
    advise,
    reindex,
    db,
):
    have_we_met.add_command(_command)
