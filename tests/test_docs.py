"""The pages are true: their examples run, their tables and links hold, and nothing is left out."""

from __future__ import annotations

import importlib
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from have_we_met import (
    Comparison,
    Contradiction,
    Field,
    Level,
    Model,
    Request,
    Service,
    errors,
)
from have_we_met.files.formats import _BY_ENDING
from have_we_met.model import Cache
from have_we_met.resilience import BreakerSettings, RetrySettings
from have_we_met.server import Settings, create_app
from have_we_met.store import StoreOptions

from .pages import Block, Reader, blocks, commands, parsed, steady

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
OTHERS = {"make", "pip", "python", "export", "cat", "curl", "git"}
"""Programs of others that a page may name without showing what they print."""


def read(page: str) -> str:
    """The text of a page."""
    return (DOCS / page).read_text("utf-8")


def name_of(page: Path) -> str:
    """What a test is called."""
    return str(page.relative_to(ROOT))


every_page = pytest.mark.parametrize("page", PAGES, ids=name_of)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader begins in an empty folder, with nothing set."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)  # files of five rows need no second process
    for name in [name for name in os.environ if name.startswith("HAVE_WE_MET_")]:
        monkeypatch.delenv(name)


@every_page
def test_what_a_page_shows_is_what_is_printed(page: Path) -> None:
    """Every block of Python and every command runs, and prints what stands below it."""
    for block, printed in Reader().outputs(page.read_text("utf-8")):
        assert steady(block.text) == steady(printed), f"{name_of(page)}:{block.line}"


@every_page
def test_commands_that_are_only_shown_would_be_understood(page: Path) -> None:
    """A command of ours has these subcommands, options and arguments."""
    for block in blocks(page.read_text("utf-8")):
        for command in _shown(block):
            program, *args = shlex.split(command, comments=True)
            if program == "have-we-met":
                parsed([arg for arg in args if arg not in "<>|" and not arg.startswith(">")])
            else:
                assert program in OTHERS or program.startswith(".venv/")


def _shown(block: Block) -> Iterator[str]:
    if block.language == "sh":
        yield from (line for line in block.text.splitlines() if line and line[0] != "#")
    if block.language == "console":
        yield from (command for command, _ in commands(block.text))


def test_an_option_that_there_is_not_would_be_seen() -> None:
    """What is checked above can fail."""
    with pytest.raises(Exception, match="dbb"):
        parsed(["lookup", "--dbb", "sqlite://"])


@every_page
def test_models_can_be_read(page: Path) -> None:
    """Every TOML on a page is TOML, and every whole model but the wrong ones is right."""
    for block in blocks(page.read_text("utf-8")):
        if block.language == "toml":
            tomllib.loads(block.text)
            if block.title and "wrong" not in block.title:
                Model.from_toml(block.text)


# --- links --------------------------------------------------------------------------------------

_FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(page: Path) -> set[str]:
    """What can stand behind a # in a link to a page."""
    headings = re.findall(r"^#+ (.*)$", _FENCED.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", text).strip().lower().replace(" ", "-") for text in headings}


@every_page
def test_links_lead_somewhere(page: Path) -> None:
    """Every link between pages leads to a file that is there, and to a heading in it."""
    for link in _LINK.findall(_FENCED.sub("", page.read_text("utf-8"))):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_can_be_reached() -> None:
    """The index names every page."""
    index = DOCS / "README.md"
    linked = {
        (DOCS / link.partition("#")[0]).resolve() for link in _LINK.findall(read("README.md"))
    }

    assert set(DOCS.rglob("*.md")) - {index} <= linked


# --- nothing is left out ------------------------------------------------------------------------


def test_the_generated_parts_are_fresh() -> None:
    """Commands, options, field types, transforms, measures, presets, problems and names.

    After a change: ``make docs``.
    """
    command = [sys.executable, str(DOCS / "generate.py"), "--check"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (found.stdout + found.stderr, found.returncode) == ("", 0)


def test_every_generated_part_stands_on_a_page() -> None:
    """No part is made for nobody."""
    made = set(re.findall(r'^    "(\w+)": \1,$', read("generate.py"), re.MULTILINE))
    shown = {part for page in PAGES for part in re.findall(r"generated: (\w+)", page.read_text())}

    assert made
    assert made == shown


SETTINGS = [
    ("reference/model.md", "Settings", Model),
    ("reference/model.md", "Fields", Field),
    ("reference/model.md", "Comparisons", Comparison),
    ("reference/model.md", "A level:", Level),
    ("reference/model.md", "Contradictions", Contradiction),
    ("reference/model.md", "Services", Service),
    ("reference/model.md", "Requests", Request),
    ("reference/model.md", "Retries", RetrySettings),
    ("reference/model.md", "Breakers", BreakerSettings),
    ("reference/model.md", "Caches of services", Cache),
    ("reference/http.md", "Settings", Settings),
    ("reference/stores.md", "Options", StoreOptions),
    ("explanation/resilience.md", "Settings", BreakerSettings),
]


@pytest.mark.parametrize(("page", "heading", "cls"), SETTINGS)
def test_tables_of_settings_are_whole_and_true(page: str, heading: str, cls: type) -> None:
    """Every setting stands in its table with its default, and no other does."""
    text = re.split(rf"^#* ?{heading}$", read(page), flags=re.MULTILINE)[1]
    table = re.search(r"^\| setting .*?(?=\n\n|\Z)", text, re.DOTALL | re.MULTILINE)
    assert table
    rows = [
        [cell.strip(" `") for cell in row.split("|")[1:3]]
        for row in table[0].strip().split("\n")[2:]
    ]
    defaults = {f.name: "" if f.default is MISSING else repr(f.default) for f in fields(cls)}
    factories = {f.name: f.default_factory for f in fields(cls) if f.default_factory is not MISSING}
    defaults |= {name: repr(make()) for name, make in factories.items()}

    assert dict(rows) == {name: value for name, value in defaults.items() if name != "_"}


def test_every_error_is_explained() -> None:
    """Each error has a row that says what it means and what to do."""
    rows = re.findall(r"^\| `(\w+)` \|", read("reference/errors.md"), re.MULTILINE)
    ours = {n for n, v in vars(errors).items() if isinstance(v, type) and issubclass(v, Exception)}

    assert set(rows) == ours


def test_every_route_is_listed() -> None:
    """Each route that the server has for programs is a row of the table."""
    rows = re.findall(r"^\| `([A-Z]+ [\w/.]+)` \|", read("reference/http.md"), re.MULTILINE)
    secrets = dict.fromkeys(("secret", "marks_secret"), "sixteen and more")
    settings = Settings(url="sqlite://", erasure=True, export=True, **secrets)
    paths = create_app(settings).openapi()["paths"]
    routes = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}

    assert set(rows) == routes | {"GET /", "GET /register", "GET /openapi.json"}


def test_every_variable_is_named() -> None:
    """Whatever the environment can say is on a page of the reference."""
    source = "".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    variables = set(re.findall(r"HAVE_WE_MET_[A-Z]+", source)) - {"HAVE_WE_MET_SERVER"}  # our own
    pages = "".join(read(f"reference/{page.name}") for page in (DOCS / "reference").glob("*.md"))

    assert variables
    assert all(f"`{variable}" in pages for variable in variables)


def test_every_ending_of_files_is_named() -> None:
    """The page on importing lists each ending by which a format is known."""
    assert all(f"`{ending}`" in read("how-to/import-a-file.md") for ending in _BY_ENDING)


def test_the_changelog_speaks_of_what_there_is() -> None:
    """Full names in the changelog lead to something."""
    for path in re.findall(
        r"`(have_we_met\.[\w.]+)(?:\(\))?`", (ROOT / "CHANGELOG.md").read_text()
    ):
        assert _found(path), path


def _found(path: str) -> bool:
    """Whether a dotted name is a module, or an attribute of something in one."""
    for end in range(path.count(".") + 1, 0, -1):
        module, rest = ".".join(path.split(".")[:end]), path.split(".")[end:]
        try:
            thing: object = importlib.import_module(module)
        except ModuleNotFoundError:
            continue
        for name in rest:
            if not hasattr(thing, name) and name not in getattr(thing, "__dataclass_fields__", {}):
                return name == "problems"  # set by the errors that carry them
            thing = getattr(thing, name, None)
        return True
    return False


def test_the_figures_have_their_place() -> None:
    """The README keeps the marks between which measured figures are written."""
    readme = (ROOT / "README.md").read_text("utf-8")

    assert re.search(r"<!-- figures -->.*<!-- /figures -->", readme, re.DOTALL)
