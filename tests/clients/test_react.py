"""The React client: checked, tested, built, packed, and used by an application of its own."""

from __future__ import annotations

import json
import re
import shutil
import tarfile
from pathlib import Path

import pytest

from .npm import node, npm
from .test_react_sources import PAGES
from .vite import application, examples, readme_form

RENDER = """
const html = renderToString(createElement(MatchNotice, {
  result: { exists: true, complete: true }, onConfirm() {},
}));
function Form() {
  const { lookup, isLoading, result, clear } = useContactLookup();
  return JSON.stringify([typeof lookup, isLoading, result, typeof clear]);
}
console.log(JSON.stringify([html.includes("Welcome back"), renderToString(createElement(Form))]));
"""
ESM = """
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { MatchNotice, useContactLookup } from "have-we-met-react";
"""
CJS = """
const { createElement } = require("react");
const { renderToString } = require("react-dom/server");
const { MatchNotice, useContactLookup } = require("have-we-met-react");
"""


def test_the_types_are_fresh(react: Path) -> None:
    """The types are those that the server's description gives. After a change: ``make client``."""
    npm("run", "types", "--", "--check", cwd=react)


def test_its_types_hold(react: Path) -> None:
    """Sources, tests and page pass the strict type checker."""
    npm("run", "check", cwd=react)


def test_its_own_tests_pass(react: Path) -> None:
    """With the newest React, as developed."""
    assert re.search(r"Tests +\d+ passed", npm("test", cwd=react))


def test_its_own_tests_pass_on_react_18(react: Path, tmp_path: Path) -> None:
    """With the oldest React that it is for."""
    copy = tmp_path / "react"
    shutil.copytree(react, copy, symlinks=True)
    npm("install", "--no-save", "--prefer-offline", "react@18", "react-dom@18", cwd=copy)

    assert re.search(r"Tests +\d+ passed", npm("test", cwd=copy))
    assert (
        str(node('console.log(JSON.stringify(require("react").version))', copy, "commonjs")) < "19"
    )


def test_the_page_is_what_the_sources_give(react: Path, tmp_path: Path) -> None:
    """The script that is checked in can be built again, byte for byte."""
    npm("run", "page", cwd=react, PAGES=str(tmp_path))

    for name in ("register.js", "register.licences.txt"):
        assert (tmp_path / name).read_bytes() == (PAGES / name).read_bytes()


def test_what_is_packed(packed: Path) -> None:
    """Both kinds of modules with their types, the page that explains them, the licence; no more."""
    with tarfile.open(packed) as archive:
        files = {name.removeprefix("package/") for name in archive.getnames()}

    built = {f"dist/index.{end}" for end in ("js", "cjs", "d.ts", "d.cts")}
    assert files == {"package.json", "README.md", "LICENSE", *built}


@pytest.mark.parametrize("version", ["18", "19"])
def test_a_fresh_application(packed: Path, tmp_path: Path, version: str) -> None:
    """The pages' examples, in an application that knows only the package, are checked and built."""
    pages = ("clients/react/README.md", "docs/how-to/put-it-in-a-form.md")
    others = [text for page in pages for text in examples(page, "ts")]
    assert others
    files = {f"example{place}.ts": text for place, text in enumerate(others)}
    built = application(tmp_path, packed, readme_form(), version, files)

    (script,) = (built / "assets").glob("*.js")
    assert "Welcome back!" in script.read_text("utf-8")
    rendered = [
        True,
        json.dumps(["function", False, None, "function"], separators=(",", ":")).replace(
            '"', "&quot;"
        ),
    ]
    assert node(ESM + RENDER, tmp_path) == rendered
    assert node(CJS + RENDER, tmp_path, "commonjs") == rendered
