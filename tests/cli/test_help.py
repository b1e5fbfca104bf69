from __future__ import annotations

import io
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from have_we_met.cli.group import have_we_met

from .running import run

FILES = ("people.csv", "kunden.csv", "ada.json", "people.jsonl", "model.toml", "questions.jsonl")


def commands(group: click.Group = have_we_met, *path: str) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)
        else:
            yield (*path, name)


ALL = list(commands())


def examples() -> Iterator[list[str]]:
    for path in ALL:
        for line in run(*path, "--help").output.splitlines():
            if line.strip().startswith("have-we-met "):
                yield shlex.split(line, comments=True)[1:]


def test_all_commands() -> None:
    """These are the commands; the list is the reference."""
    assert {" ".join(path) for path in ALL} == {
        *("demo", "init", "import", "lookup", "explain", "why-not", "add", "serve", "reindex"),
        *("sync", "status", "late list", "late run", "late forget"),
        *("key create", "key list", "key rotate", "key revoke"),
        *("advise", "db upgrade", "db check", "db sql"),
        *("key create", "key list", "key rotate", "key revoke"),
        *("forget", "export", "audit check", "audit list", "audit export", "audit prune"),
        *("model check", "model show", "load", "services check"),
    }


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_help_has_an_example(path: tuple[str, ...]) -> None:
    """Each command says what it does and shows how."""
    result = run(*path, "--help")

    assert result.exit_code == 0
    assert f"have-we-met {' '.join(path)}" in result.output


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_help_speaks_of_the_arguments(path: tuple[str, ...]) -> None:
    """What a help calls by a word in capitals is called so in the line of usage, or an option."""
    usage, _, rest = run(*path, "--help").output.partition("\n\n")
    said, _, options = rest.partition("\nOptions:\n")
    behind = re.findall(r"^ +--\S+ (\S+)", options, re.MULTILINE)

    arguments = _capitals(" ".join([usage, *behind]))
    assert _capitals(said.replace("JSON Lines", "")) <= arguments | {"CSV", "HTTP", "SQL", "TOML"}


def _capitals(text: str) -> set[str]:
    return set(re.findall(r"(?<!\w)[A-Z_]{2,}\b", text))


@pytest.mark.parametrize("example", [*examples()], ids=" ".join)
def test_examples_parse(
    example: list[str], tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each example is a command line that is understood."""
    monkeypatch.chdir(str(tmp_path))
    for name in FILES:
        Path(name).write_text("{}")
    words = example[: example.index("<")] if "<" in example else example
    words = words[: words.index(">")] if ">" in words else words
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{}")))

    command: click.Command = have_we_met
    context = click.Context(command)
    while isinstance(command, click.Group):
        name, command, words = command.resolve_command(context, words)
        assert command is not None

    command.make_context(name, words)  # raises a usage error where it is not understood


def test_version() -> None:
    """The version is that of the package."""
    from have_we_met import __version__

    assert run("--version").output.strip() == __version__


def test_no_arguments() -> None:
    """Without a command the help is shown."""
    assert "demo" in run().output


HEAVY = ("numpy", "sqlalchemy", "pydantic", "rich", "asyncio", "fastapi", "rapidfuzz")


def test_help_needs_nothing_heavy() -> None:
    """The command line itself imports click and little else, so that help comes at once."""
    program = f"""
import sys, types
from pathlib import Path
package = types.ModuleType("have_we_met")
package.__path__ = [{str(__import__("have_we_met").__path__[0])!r}]
sys.modules["have_we_met"] = package
before = set(sys.modules)
import have_we_met.cli.group
print(*sorted(set(sys.modules) & {set(HEAVY)!r}))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert done.stdout.strip() == "", done.stderr
