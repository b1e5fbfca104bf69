"""A fresh Vite application that knows only the packed client."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from .npm import npm

ROOT = Path(__file__).parents[2]
APP = {
    "name": "app",
    "private": True,
    "type": "module",
    "scripts": {"build": "tsc && vite build"},
}
TYPESCRIPT = {
    "compilerOptions": {
        "target": "ES2022",
        "lib": ["ES2022", "DOM"],
        "module": "ESNext",
        "moduleResolution": "bundler",
        "jsx": "react-jsx",
        "strict": True,
        "noEmit": True,
    },
    "include": ["main.tsx", "example*"],
}
HTML = (
    '<!doctype html><html lang="en"><title>Sign up</title><link rel="icon" href="data:,">'
    '<div id="root"></div><script type="module" src="/main.tsx"></script></html>'
)
MOUNT = """
import { createRoot } from "react-dom/client";
createRoot(document.getElementById("root")!).render(<RegistrationForm />);
"""


def examples(page: str, language: str) -> list[str]:
    """What a page shows in a language."""
    text = (ROOT / page).read_text("utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def readme_form() -> str:
    """The form that the client's own page shows."""
    (form,) = examples("clients/react/README.md", "tsx")
    return form


def application(
    folder: Path, packed: Path, form: str, version: str, files: Mapping[str, str] | None = None
) -> Path:
    """Make an application that shows a form, check and build it; gives the folder to be served."""
    for name, text in {
        **(files or {}),
        "package.json": json.dumps(APP),
        "tsconfig.json": json.dumps(TYPESCRIPT),
        "index.html": HTML,
        "main.tsx": form + MOUNT,
    }.items():
        (folder / name).write_text(text, "utf-8")
    react = ("react", "react-dom", "@types/react", "@types/react-dom")
    wanted = [str(packed), *(f"{name}@{version}" for name in react), "vite@6", "typescript@5"]
    npm("install", "--prefer-offline", "--no-audit", "--no-fund", *wanted, cwd=folder)
    npm("run", "build", cwd=folder)
    return folder / "dist"
