"""What is checked in of the React client belongs together; to see that needs no npm."""

from __future__ import annotations

import importlib.util
import json
import re
from hashlib import sha256
from pathlib import Path

from .npm import REACT

PAGES = Path(__file__).parents[2] / "src" / "have_we_met" / "server" / "pages"


def test_the_types_are_made_from_what_the_server_says() -> None:
    """The description that is checked in is that of the server. After a change: ``make client``."""
    spec = importlib.util.spec_from_file_location("openapi", REACT.parent / "openapi.py")
    assert spec
    assert spec.loader
    openapi = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(openapi)

    assert openapi.FILE.read_text("utf-8") == openapi.document()


def test_the_page_is_made_from_these_sources() -> None:
    """The script that is served names these sources. After a change: ``make client``."""
    files = [path for folder in ("src", "page") for path in (REACT / folder).glob("*.ts*")]
    paths = sorted(str(path.relative_to(REACT)) for path in [*files, REACT / "package-lock.json"])
    mark = sha256()
    for path in paths:
        if path != "src/openapi.ts":  # types, of which nothing is left in a script
            mark.update(f"{path}\n".encode() + (REACT / path).read_bytes())
    banner = (PAGES / "register.js").read_text("utf-8").partition("\n")[0]

    assert mark.hexdigest()[:16] in banner
    assert "register.licences.txt" in banner


def test_the_licences_of_what_is_inside_are_beside_it() -> None:
    """Each package in the script is named with its version and its licence."""
    text = (PAGES / "register.licences.txt").read_text("utf-8")
    locked = json.loads((REACT / "package-lock.json").read_text("utf-8"))["packages"]

    for name in ("react", "react-dom", "scheduler"):
        assert f"{name} {locked[f'node_modules/{name}']['version']}\n\nMIT License" in text


def test_no_place_is_named() -> None:
    """Neither a registry nor a folder of the machine that it was built on."""
    locked = (REACT / "package-lock.json").read_text("utf-8")
    built = (PAGES / "register.js").read_text("utf-8")

    assert '"resolved"' not in locked
    assert (
        re.findall(
            r'"https?://(?!(?:\w|[\w.-]*\b(?:github|opencollective|patreon|tidelift)))', locked
        )
        == []
    )
    assert "node_modules" not in built
    assert str(REACT.parents[1]) not in built


def test_nothing_but_react_is_needed() -> None:
    """The package brings nothing of its own along, and takes React 18 and 19."""
    package = json.loads((REACT / "package.json").read_text("utf-8"))

    assert "dependencies" not in package
    assert package["peerDependencies"] == {"react": "^18.0.0 || ^19.0.0"}
