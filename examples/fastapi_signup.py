"""A sign-up in FastAPI, on a table that SQLAlchemy maps: the same person signs up once.

Run it with: uvicorn fastapi_signup:app (SIGNUP_DB names another database). A form for people is at
/register, a route for programs at /signup.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from fastapi import FastAPI, Header, HTTPException, Response
from pydantic import BaseModel
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

from have_we_met import InputError, Resolver, create_store, preset
from have_we_met.orm import keep
from have_we_met.server import Form

URL = os.environ.get("SIGNUP_DB", "sqlite:///signup.db")
MODEL = preset("contacts", region="GB")
SECRET = os.environ.get("SIGNUP_SECRET", "for this example only")

form = Form(MODEL, secret=SECRET)  # answers anybody: yes, maybe or no, and masked hints


class Base(DeclarativeBase):
    pass


class Contact(Base):
    """A table of the application's own, with columns and a key as it likes them."""

    __tablename__ = "members"

    id: Mapped[str] = mapped_column("member_no", primary_key=True, default=lambda: str(uuid4()))
    email: Mapped[str | None] = mapped_column("mail")
    phone: Mapped[str | None]
    first_name: Mapped[str | None]
    last_name: Mapped[str | None]
    newsletter: Mapped[bool] = mapped_column(default=False, server_default="0")


engine = create_engine(URL)
Session = sessionmaker(engine)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The application's own table first, then what matching needs beside it."""
    Base.metadata.create_all(engine)
    store = await create_store(URL, MODEL, table=Contact)
    keeper = keep(Contact, MODEL, Session)  # what the ORM writes is indexed as it is written
    app.state.resolver = Resolver(store)
    form.open(app.state.resolver)
    try:
        yield
    finally:
        await form.close()
        keeper.stop()
        await app.state.resolver.close()
        engine.dispose()


app = FastAPI(lifespan=lifespan)


class SignUp(BaseModel):
    """What the form sends."""

    email: str
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class Change(BaseModel):
    """What a member changes."""

    email: str


class Answer(BaseModel):
    """What whoever signs up may know: an id and no more, since anybody may ask."""

    id: str
    is_new: bool


@app.post("/signup", status_code=201)
async def sign_up(
    form: SignUp, response: Response, idempotency_key: str | None = Header(None)
) -> Answer:
    """Give the member who we have met already, or a new one; a doubt is for somebody to settle."""
    said = form.model_dump(exclude_none=True)
    try:
        made = await app.state.resolver.get_or_create(said, idempotency_key=idempotency_key)
    except InputError as wrong:
        raise HTTPException(422, [str(problem) for problem in wrong.problems]) from None
    if made.record_id is None:
        raise HTTPException(409, "you may be a member already; please sign in, or call us")
    response.status_code = 201 if made.created else 200
    return Answer(id=made.record_id, is_new=made.created)


@app.put("/members/{member_id}/email", status_code=204)
def change_email(member_id: str, change: Change) -> None:
    """Change a member as one always did, by the ORM; the next sign-up knows the new address."""
    with Session.begin() as session:
        member = session.get(Contact, member_id)
        if member is None:
            raise HTTPException(404, "no such member")
        member.email = change.email


app.mount("/", form)  # the last, so that the routes above come first
