"""Fills the generated parts of the pages from the code: ``python docs/generate.py``.

A part stands between ``<!-- generated: NAME -->`` and ``<!-- /generated -->``. What is around it is
written by hand.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import click
from front_door import names
from signatures import first, function_of, prose, table

from have_we_met import errors, preset
from have_we_met.cli.group import have_we_met as command_line
from have_we_met.compare import MEASURES
from have_we_met.keys import TRANSFORMS, Key
from have_we_met.model import PRESETS
from have_we_met.normalise import NORMALISERS
from have_we_met.server.problems import KINDS
from have_we_met.services.validators import VALIDATORS
from have_we_met.services.validators.phone import Kind
from have_we_met.store.contacts import Contacts, own_table
from have_we_met.store.lasting_statements import LastingStatements
from have_we_met.store.late_statements import LateStatements
from have_we_met.store.side import SideTables, side_tables
from have_we_met.store.sqlite_words import DIALECT, fit
from have_we_met.store.statements import Statements
from have_we_met.telemetry import METRICS
from have_we_met.telemetry.logs import KNOWN

DOCS = Path(__file__).parent
_PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- /generated -->)", re.DOTALL)


def filled(page: str) -> str:
    """Give a page with its generated parts as the code has them now."""
    return _PART.sub(lambda found: f"{found[1]}\n{PARTS[found[2]]()}\n\n{found[3]}", page)


def pages() -> Iterator[Path]:
    """Every page of the documentation."""
    yield DOCS.parent / "README.md"
    yield from sorted(DOCS.rglob("*.md"))


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; status 1 where a page is stale.")
def main(check: bool) -> None:
    """Write the pages that are stale."""
    stale = {path: new for path in pages() if (new := filled(old := _read(path))) != old}
    for path, text in stale.items():
        if not check:
            path.write_text(text, "utf-8")
        click.echo(f"{'stale' if check else 'wrote'}: {path.relative_to(DOCS.parent)}")
    raise SystemExit(bool(check and stale))


def _read(path: Path) -> str:
    return path.read_text("utf-8")


# --- docs/reference/model.md --------------------------------------------------------------------


def field_types() -> str:
    """Each field type with its normaliser's docstring and options."""
    return "\n\n".join(_with_options(name, cls) for name, cls in NORMALISERS.items())


def measures() -> str:
    """Each measure with its docstring, which names its levels, and its options."""
    return "\n\n".join(_with_options(name, MEASURES[name]) for name in sorted(MEASURES))


def validators() -> str:
    """Each validator with its docstring and options."""
    return "\n\n".join(_with_options(name, cls) for name, cls in VALIDATORS.items())


def _with_options(name: str, cls: Any) -> str:
    rows = [
        (f"`{option.name}`", _default(option), _takes(option.type))
        for option in dataclasses.fields(cls)
    ]
    options = table(("option", "default", "takes"), rows) if rows else "It has no options."
    return f"### `{name}`\n\n{prose(cls)}\n\n{options}"


def _default(option: dataclasses.Field[Any]) -> str:
    return "" if option.default is dataclasses.MISSING else f"`{option.default!r}`"


_SIMPLE: Mapping[str, str] = {
    "str": "text",
    "tuple[str, ...]": "a list of texts",
    "tuple[Kind, ...]": f"a list of `{'`, `'.join(get_args(Kind))}`",
    "Annotated[float, Field(gt=0)]": "a number above 0",
    "Any": "an object, in Python only",
    "bool": "true or false",
    "bool | None": "true or false",
    "str | None": "text",
}


def _takes(annotation: object) -> str:
    text = str(annotation)
    if text in _SIMPLE:
        return _SIMPLE[text]
    if choices := re.findall(r"['\"]([\w-]+)['\"]", text):
        return ", ".join(f"`{choice}`" for choice in choices)
    named = _NAMED.get(text, text)
    low, high = (re.search(rf"{bound}=([\d.]+)", named) for bound in ("ge", "le"))
    kind = "a whole number" if "int" in named else "a number"
    if low and high:
        return f"{kind} from {low[1]} to {high[1]}"
    return f"{kind}, {low[1]} or more" if low else kind


_NAMED: Mapping[str, str] = {
    "Share": "Annotated[float, Field(ge=0, le=1)]",
    "Component": "'full', 'street', 'number', 'unit', 'city', 'region', 'postal_code'",
}

_TRIED: Mapping[str, tuple[str, str, str]] = {
    "identity": ("`field`", "the value itself", "ada"),
    "domain": (
        "`domain(field)`",
        "what stands behind the @; nothing for a free-mail provider",
        "ada@analytical.example",
    ),
    "local": (
        "`local(field)`",
        "what stands before the @, without dots and dashes; nothing for a desk such as `info`",
        "ada.lovelace@analytical.example",
    ),
    "soundex": ("`soundex(field)`", "American Soundex", "lovelace"),
    "metaphone": ("`metaphone(field)`", "Metaphone", "lovelace"),
    "double_metaphone": (
        "`double_metaphone(field)`",
        "Double Metaphone: one or two pronunciations",
        "schmidt",
    ),
    "nysiis": ("`nysiis(field)`", "NYSIIS", "lovelace"),
    "formal": ("`formal(field)`", "the formal names that a given name may stand for", "bob"),
    "called": ("`called(field)`", "how those formal names sound, by Metaphone", "bob"),
    "letter": ("`letter(field)`", "the first letter", "lovelace"),
    "first": ("`first(field, 3)`", "the first so many characters", "lovelace"),
    "last": ("`last(field, 4)`", "the last so many characters", "+14155552671"),
    "tokens": ("`tokens(field)`", "each word", "analytical engines"),
    "year": ("`year(field)`", "the year of a date, whole or partial", "1815-12-10"),
}


def transforms() -> str:
    """Each transform, the types that it says something about, and what it makes of a value."""
    return table(
        ("transform", "written", "gives", "says something of", "example"),
        (_transform(name) for name in TRANSFORMS),
    )


def _transform(name: str) -> tuple[str, ...]:
    written, gives, value = _TRIED[name]
    row = TRANSFORMS[name]
    kinds = [kind for kind in NORMALISERS if kind in row.says]
    said = "every type" if len(kinds) == len(NORMALISERS) else ", ".join(f"`{k}`" for k in kinds)
    texts = Key.parse(written.strip("`")).parts[0].cut()(value)
    return f"`{name}`", written, gives, said, f"`{value}` → `{'`, `'.join(texts)}`"


def presets() -> str:
    """Each preset and its keys, beside the exact ones."""
    rows = ((f"`{name}`", "<br>".join(f"`{k}`" for k in preset(name).keys)) for name in PRESETS)
    return table(("preset", "keys besides e-mail and phone"), rows)


# --- the other pages ----------------------------------------------------------------------------


def commands() -> str:
    """The help of every command, as it is printed."""
    return "\n\n".join(_helps(command_line, "have-we-met"))


def _helps(command: click.Command, name: str) -> Iterator[str]:
    context = click.Context(command, info_name=name)
    usage = " ".join([name, *command.collect_usage_pieces(context)])
    yield f"## {name}\n\n```text\n{usage}\n```"
    yield _told(command.help or "")
    rows = [_option(p) for p in command.params if isinstance(p, click.Option)]
    if rows:
        yield table(("option", "default", "variable", "what it says"), rows)
    yield _told(command.epilog or "")
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            yield from _helps(command.commands[inner], f"{name} {inner}")


def _told(text: str) -> str:
    """A command's help; what must keep its lines becomes a block."""
    return "\n\n".join(map(_lines, inspect.cleandoc(text).split("\n\n")))


def _lines(paragraph: str) -> str:
    if not paragraph.startswith("\b\n"):
        return paragraph
    lines = paragraph.removeprefix("\b\n").splitlines()
    kept = [line.removeprefix("  ") if line.startswith("  ") else f"# {line}" for line in lines]
    return "```sh\n" + "\n".join(kept) + "\n```"


def _option(option: click.Option) -> tuple[str, ...]:
    choices = option.type.choices if isinstance(option.type, click.Choice) else ()
    takes = "" if option.is_flag else option.metavar or " or ".join(choices) or option.type.name
    default = f"`{option.default}`" if option.show_default else ""
    variable = f"`{option.envvar}`" if option.envvar else ""
    flags = "/".join([*option.opts[:1], *option.secondary_opts])
    written = f"{flags} {takes.replace('|', ' or ').upper() if not choices else takes}"
    return f"`{written.strip()}`", default, variable, option.help or ""


def problems() -> str:
    """Every error over HTTP."""
    return table(
        ("status", "title", "when", "headers"),
        (
            (
                kind.status,
                kind.title,
                first(error),
                ", ".join(f"`{n}: {v}`" for n, v in kind.headers),
            )
            for error, kind in KINDS.items()
        ),
    ).replace(first(Exception), "anything that is not foreseen here")


def metrics() -> str:
    """Every metric, with its labels."""
    rows = (
        (f"`{m.name}`", m.kind, ", ".join(f"`{label}`" for label in m.labels), m.says)
        for m in METRICS
    )
    return table(("metric", "kind", "labels", "what it says"), rows)


def log_names() -> str:
    """Everything that an event of the log may hold."""
    return table(("name", "what it says"), ((f"`{name}`", says) for name, says in KNOWN.items()))


def tree() -> str:
    """The tree of errors, as the module draws it."""
    drawn = (inspect.getdoc(errors) or "").split("::\n\n")[1].split("\n\n")[0]
    return f"```text\n{inspect.cleandoc(drawn)}\n```"


def statements() -> str:
    """Every statement by the name under which logs and errors know it."""
    rows = [
        (f"`{n}`", first(function_of(member)))
        for cls in (Statements, LastingStatements, LateStatements)
        for n, member in vars(cls).items()
        if _is_one(n, function_of(member))
    ]
    example = Statements(_example(), DIALECT, key_limit=64)
    sql = example.candidates(1).text
    return f"{table(('name', 'what it does'), rows)}\n\n{_CANDIDATES}\n\n```sql\n{sql}\n```"


_CANDIDATES = "The one that a lookup waits for, on SQLite, for the contact model and a single key:"


def _is_one(name: str, member: object) -> bool:
    if name.startswith("_") or name == "count_of" or not inspect.isfunction(member):
        return False
    return member.__annotations__.get("return") == "Statement"


def _example() -> SideTables:
    model = preset("contacts")
    table = own_table("contacts", model)
    fields = {field: field for field in model.field_names}
    return side_tables(Contacts(table, fields, fit), model, 1)


PARTS: Mapping[str, Callable[[], str]] = {
    "commands": commands,
    "field_types": field_types,
    "log_names": log_names,
    "measures": measures,
    "metrics": metrics,
    "names": names,
    "presets": presets,
    "problems": problems,
    "statements": statements,
    "transforms": transforms,
    "tree": tree,
    "validators": validators,
}

if __name__ == "__main__":
    main()
