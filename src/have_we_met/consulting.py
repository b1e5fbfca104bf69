"""Services on the resolver's roads: before a record is looked up or written, and after."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from .answer import Flag, Lookup, Registration
from .asking import Ask, Question, Step
from .errors import Problem, RecordRejected, ServiceUnavailable
from .looking import answer, nothing_asked, nothing_to_ask_by
from .model import Model
from .record import Record
from .services.client import Client
from .services.hearing import Heard
from .verdict import Status

if TYPE_CHECKING:
    from .services.stage import Stage

Again = Callable[[], Awaitable[bool]]
"""Says whether a request was answered before, so that it gets that answer and no other."""


class Consulting:
    """Consults the services of a model; does nothing where it names none."""

    def __init__(self, model: Model) -> None:
        self._stage = _open_stage(model) if model.services else None

    @property
    def clients(self) -> Mapping[str, Client]:
        """Who asks each service, by the service's name."""
        return self._stage.clients if self._stage else {}

    @property
    def steps(self) -> tuple[Step, ...]:
        """What stands on a lookup's way."""
        return (self._step,) if self._stage else ()

    def _step(self, rest: Ask) -> Ask:
        stage = self._stage
        assert stage is not None

        async def ask(question: Question) -> Lookup:
            with question.budget.part("services"):
                heard = await stage.before(question.record, question.until)
            if heard.refusals:
                return _rejected(heard, question.started)
            if problem := nothing_to_ask_by(stage.model, heard.record):
                return heard.onto(nothing_asked(problem, question.started))
            found = heard.onto(await rest(question.changed(record=heard.record)))
            return await stage.after(heard.record, found, question.until)

        return ask

    async def before_writing(
        self, record: Record, until: float, again: Again | None = None
    ) -> Heard:
        """Consult the services about a record that is going to be written.

        Raises :class:`RecordRejected` or :class:`ServiceUnavailable` where one says not to take it;
        but not of a request that comes ``again``, which gets the answer that it got.
        """
        if self._stage is None:
            return Heard(record)
        heard = await self._stage.before(record, until)
        if not heard.refusals:
            return heard
        if again is None or not await again():
            raise _refusal(heard.refusals)
        return Heard(record)

    async def after_writing(self, heard: Heard, made: Registration, until: float) -> Registration:
        """Add what was heard, and what services say that want to know what became of it."""
        if self._stage is None:
            return made
        lookup = await self._stage.after(heard.record, heard.telling(made.lookup), until)
        return replace(made, lookup=lookup)

    async def close(self) -> None:
        """Let go of what services hold."""
        if self._stage is not None:
            await self._stage.close()


def _open_stage(model: Model) -> Stage:
    from .services.stage import Stage  # only now, since most models name no service

    return Stage(model)


def _rejected(heard: Heard, started: float) -> Lookup:
    """Answer a lookup that a service stopped: nobody was looked for, so nothing is complete."""
    message = _sentence(heard.refusals[0])
    return heard.onto(answer(Status.ERROR, started, message=message, complete=False))


def _refusal(refusals: tuple[Flag, ...]) -> RecordRejected | ServiceUnavailable:
    """Say what is wrong with the record; or, if nothing is, which service could not be heard."""
    wrong = [flag for flag in refusals if flag.kind != "failure"]
    if wrong:
        return RecordRejected(Problem(flag.field, flag.reason) for flag in wrong)
    return ServiceUnavailable(f"{_sentence(refusals[0])}; nothing was written")


def _sentence(flag: Flag) -> str:
    if flag.kind == "failure":
        return f"service {flag.service} {flag.reason}"
    return f"{flag.field}: {flag.reason}" if flag.field else flag.reason
