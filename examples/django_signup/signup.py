"""A sign-up in Django, in one file: the same person signs up once.

Run it with: python signup.py (SIGNUP_FILE names another SQLite file; an address and a port may
follow). A form for people is at /register, a route for programs at /signup.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import ExitStack
from functools import cache

import django
from django.conf import settings

FILE = os.environ.get("SIGNUP_FILE", "signup.db")
SECRET = os.environ.get("SIGNUP_SECRET", "for this example only")

settings.configure(
    SECRET_KEY=SECRET,
    ALLOWED_HOSTS=["localhost", "127.0.0.1", "testserver"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FILE}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    ROOT_URLCONF=__name__,
)
django.setup()

from django.db import connection, models  # noqa: E402
from django.http import HttpRequest, HttpResponse, JsonResponse  # noqa: E402
from django.urls import path, re_path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402
from django.views.decorators.http import require_POST  # noqa: E402

from have_we_met import InputError, preset  # noqa: E402
from have_we_met.server import Form  # noqa: E402
from have_we_met.sync import Resolver, open_resolver  # noqa: E402

FIELDS = ("email", "phone", "first_name", "last_name")


class Contact(models.Model):
    """A table as Django makes it, with an integer for its key."""

    email = models.EmailField(null=True)
    phone = models.CharField(max_length=40, null=True)
    first_name = models.CharField(max_length=100, null=True)
    last_name = models.CharField(max_length=100, null=True)
    newsletter = models.BooleanField(db_default=False)

    class Meta:
        app_label = "signup"
        db_table = "members"


_open = ExitStack()


@cache
def resolver() -> Resolver:
    """One for the process, which any of its threads may use; made at the first request."""
    model = preset("contacts", region="GB")
    url = f"sqlite:///{FILE}"
    return _open.enter_context(open_resolver(url, model, table="members", create=True))


@cache
def form() -> Form:
    """The form for people: it answers anybody with yes, maybe or no, and masked hints."""
    made = Form(resolver().model, secret=SECRET)
    made.open(resolver().asynchronous)
    _open.callback(resolver().call, made.close)
    return made


def close() -> None:
    """Let go of the store, when the process ends."""
    _open.close()
    form.cache_clear()
    resolver.cache_clear()


def create_table() -> None:
    """What ``migrate`` does in a project of more than one file."""
    if "members" not in connection.introspection.table_names():
        with connection.schema_editor() as editor:
            editor.create_model(Contact)


@csrf_exempt  # an interface for programs; a form on a page needs the token
@require_POST
def sign_up(request: HttpRequest) -> JsonResponse:
    """Give the member who we have met already, or a new one; a doubt is for somebody to settle."""
    try:
        form = json.loads(request.body)
        said = {name: form[name] for name in FIELDS if form.get(name)}
        made = resolver().get_or_create(
            said, idempotency_key=request.headers.get("Idempotency-Key")
        )
    except (ValueError, AttributeError):
        return JsonResponse({"wrong": ["send a JSON object"]}, status=400)
    except InputError as wrong:
        return JsonResponse({"wrong": [str(problem) for problem in wrong.problems]}, status=422)
    if made.record_id is None:
        said_so = "you may be a member already; please sign in, or call us"
        return JsonResponse({"perhaps": said_so}, status=409)
    answer = {"id": made.record_id, "is_new": made.created}
    return JsonResponse(answer, status=201 if made.created else 200)


@csrf_exempt  # it takes JSON, and of pages of its own origin alone
def register(request: HttpRequest) -> HttpResponse:
    """Whatever the form asks: its page, what that loads, and what it sends."""
    answer = resolver().call(
        form().answer,
        str(request.method),
        request.path,
        headers=request.headers,
        body=request.body,
        client=request.META["REMOTE_ADDR"],
    )
    headers = {name.decode(): value.decode() for name, value in answer.headers}
    return HttpResponse(answer.body, status=answer.status, headers=headers)


urlpatterns = [
    path("signup", sign_up),
    re_path("^(?:register$|pages/|api/contacts)", register),
]

if __name__ == "__main__":
    import atexit

    from django.core.management import execute_from_command_line

    create_table()
    atexit.register(close)
    execute_from_command_line(["signup.py", "runserver", "--noreload", *sys.argv[1:]])
