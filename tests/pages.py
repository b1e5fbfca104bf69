"""Pages of documentation whose blocks are run, each page in a folder and a namespace of its own."""

from __future__ import annotations

import ast
import asyncio
import io
import json
import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType
from typing import Any

import click
import httpx
from click.testing import CliRunner

from have_we_met.cli.group import have_we_met
from have_we_met.server import Settings, create_app

_BLOCK = re.compile(r'^```(\w*)(?: title="([^"]+)")?\n(.*?)^```$', re.DOTALL | re.MULTILINE)
_CHANGING = {
    r"\b\d+(\.\d+)? ms": "N ms",
    r'"(milliseconds|seconds|rows_per_second)": [\d.]+': r'"\1": N',
    r"^(seconds|rows_per_second) +[\d.]+": r"\1 N",
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d": "MOMENT",
    r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00": "MOMENT",
    r"\b[0-9a-f]{64}\b": "SEAL",
    r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b": "UUID",
    r"\b[0-9a-f]{32}\b": "LOOKUP",
    r"\b[0-9a-f]{12}\b": "FINGERPRINT",
    r'"decisionToken": "[^"]+"': '"decisionToken": TOKEN',
}
"""What differs from run to run, or with every change of a model; and what stands for it."""


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the file that it is (if it is one), its text and its place."""

    language: str
    title: str | None
    text: str
    line: int
    span: tuple[int, int]


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks of a page."""
    for found in _BLOCK.finditer(page):
        line = page.count("\n", 0, found.start()) + 1
        yield Block(found[1], found[2], found[3], line, found.span(3))


def steady(text: str) -> str:
    """An output without what differs from run to run."""
    for changing, name in _CHANGING.items():
        text = re.sub(changing, name, text, flags=re.MULTILINE)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def commands(console: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with what it printed."""
    parts = re.split(r"^\$ (.*)\n", console, flags=re.MULTILINE)
    assert not parts[0], "a console block begins with a command"
    return list(zip(parts[1::2], parts[2::2], strict=True))


@dataclass
class Reader:
    """Somebody who follows a page, in the current folder."""

    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "page"})
    settings: Settings | None = None
    token: str = ""

    def outputs(self, page: str) -> Iterator[tuple[Block, str]]:
        """Run the blocks of a page; give each that shows output with what it should show."""
        printed = None
        for block in blocks(page):
            if block.title:
                Path(block.title).write_text(block.text, "utf-8")
            elif block.language == "python":
                printed = self.python(block)
                continue
            elif block.language == "console":
                ran = ((command, self.run(command)) for command, _ in commands(block.text))
                yield block, "".join(f"$ {command}\n{output}" for command, output in ran)
            elif block.language == "text" and printed:
                yield block, printed
            assert not printed or block.language == "text", f"line {block.line}: output not shown"
            printed = None
        assert not printed, "the output of the last block is not shown"

    def python(self, block: Block) -> str:
        """Run a block of Python, in which ``await`` may stand at the top."""
        code = compile(block.text, f"line {block.line}", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        assert isinstance(code, CodeType)
        with redirect_stdout(io.StringIO()) as printed:
            result = eval(code, self.names)
            if asyncio.iscoroutine(result):
                asyncio.run(result)
        return printed.getvalue()

    def run(self, line: str) -> str:
        """Run a command of a console, and give what it prints."""
        command, pretty, _ = line.partition(" | python3 -m json.tool")
        command, into, file = command.partition(" > ")
        program, *args = shlex.split(command)
        printed = {"have-we-met": self.tool, "curl": self.curl, "cat": self.cat}[program](args)
        if into:
            Path(file).write_text(printed, "utf-8")
            return ""
        return json.dumps(json.loads(printed), indent=4) + "\n" if pretty else printed

    def tool(self, args: list[str]) -> str:
        """Run our own command; a server is only made ready for ``curl``."""
        if args[0] == "serve" and "--host" not in args:
            self.settings = served(args)
            return ""
        return CliRunner().invoke(have_we_met, args, prog_name="have-we-met").output

    def cat(self, args: list[str]) -> str:
        """Show a file."""
        return Path(args[0]).read_text("utf-8")

    def curl(self, args: list[str]) -> str:
        """Ask the server."""
        assert self.settings, "no server was started"
        answer = asyncio.run(_asked(self.settings, _request(args, self.token)))
        self.token = str(json.loads(answer).get("decisionToken", ""))
        return answer + "\n"


def served(args: list[str]) -> Settings:
    """The settings of a server that is started so."""
    given = parsed(args)
    names = {"db": "url"}
    known = {names.get(name, name): value for name, value in given.items() if value is not None}
    known["marks_secret"] = "what a page has in its environment"
    return Settings(**known, secret="one for all the requests of a page")


def parsed(args: list[str]) -> dict[str, Any]:
    """What a command of ours understands; raises where it would not take it."""
    command: click.Command = have_we_met
    while isinstance(command, click.Group) and args and not args[0].startswith("-"):
        command, args = command.commands[args[0]], args[1:]
    parameters = command.make_parser(click.Context(command)).parse_args([*args])[0]
    context = command.make_context("have-we-met", [*args], resilient_parsing=True)
    return {**context.params, **parameters, "port": int(context.params.get("port") or 0) or 8000}


def _request(args: list[str], token: str) -> httpx.Request:
    data, headers, url = None, {}, ""
    given = iter(args)
    for arg in given:
        if arg == "-d":
            data = next(given).replace("$TOKEN", token).encode()
        elif arg == "-H":
            name, _, value = next(given).partition(": ")
            headers[name] = value
        elif arg != "-s":
            assert not arg.startswith("-"), f"curl {arg}"
            url = arg
    return httpx.Request("GET" if data is None else "POST", url, content=data, headers=headers)


async def _asked(settings: Settings, request: httpx.Request) -> str:
    app = create_app(settings)
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport) as client:
        return (await client.send(request)).text
