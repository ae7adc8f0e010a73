"""Makes the reference pages of the site from the code: commands, files with their columns, and errors.

What a column means is in `columns.toml` beside this file; which columns there are is in the code. A test compares them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

from ndc_urban import errors
from ndc_urban.cli.app import PROGRAM, app

COLUMNS = Path(__file__).with_name("columns.toml")
PAGES = ("reference/commands.md", "reference/files.md", "reference/errors.md")
_MADE = "*This page is made from the code.*\n"


def pages() -> dict[str, str]:
    """The Markdown of each page by its path in the site."""
    return dict(zip(PAGES, (commands_page(), files_page(), errors_page()), strict=True))


def commands() -> Iterator[tuple[str, Any]]:
    """Every command that does something, with its full name."""
    yield from _below(typer.main.get_command(app), PROGRAM)


def _below(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        yield name, command
        return
    for child, below in command.commands.items():
        yield from _below(below, f"{name} {child}")


def commands_page() -> str:
    """Every command with its arguments and options."""
    parts = ["# Commands", _MADE]
    for name, command in commands():
        parts.append(f"## {name}\n")
        parts.append(_paragraphs(command.help or ""))
        rows = [_parameter(each) for each in command.params if "--help" not in each.opts]
        parts.append(_table(("argument or option", "meaning", "default"), rows))
    return "\n".join(parts) + "\n"


def _paragraphs(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n")) + "\n"


def _parameter(each: Any) -> tuple[str, str, str]:
    """The row of an argument or option."""
    name = ", ".join(f"`{opt}`" for opt in (*each.opts, *each.secondary_opts))
    if each.param_type_name == "argument":
        name = f"`{each.metavar or each.name.upper()}`"
    shown = each.show_default
    default = shown if isinstance(shown, str) else "" if not shown else _default(each.default)
    return name, " ".join((each.help or "").split()), "required" if each.required else default


def _default(value: Any) -> str:
    if value is None or value is False or value == "" or callable(value):
        return ""
    return f"`{value}`"


def described() -> Mapping[str, Any]:
    """What `columns.toml` says."""
    return tomllib.loads(COLUMNS.read_text(encoding="utf-8"))


def columns_of(file: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns of a file, from its place in the code: `module:NAME` or `module:NAME[key]`."""
    module, _, place = file["code"].partition(":")
    name, _, key = place.rstrip("]").partition("[")
    found = getattr(import_module(module), name)
    return tuple(found[key] if key else found)


def meaning(column: str, file: Mapping[str, Any], common: Mapping[str, str]) -> str:
    """What a column means in a file; empty where nothing is said of it."""
    return str(file.get("columns", {}).get(column) or common.get(column, ""))


def files_page() -> str:
    """Every file that commands write, with its columns."""
    told = described()
    parts = ["# Files and columns", _MADE]
    parts.append(
        "Tables are CSV in UTF-8 with a header. Dates are written as 2027-12-31, numbers with a point. An empty cell "
        "means that there is no value. New columns are added at the end.\n"
    )
    for name, file in told["files"].items():
        parts.append(f"## {name}\n")
        parts.append(f"{file['about']} Made by `{PROGRAM} {file['made_by']}`.\n")
        rows = [(f"`{each}`", meaning(each, file, told["common"])) for each in columns_of(file)]
        parts.append(_table(("column", "meaning"), rows))
    return "\n".join(parts) + "\n"


def errors_page() -> str:
    """Every error with its code, as scripts see it, and what to do."""
    rows = [
        (
            f"`{kind.code}`",
            kind.__name__,
            " ".join((kind.default_remedy or "").split()),
            str(kind.exit_status),
        )
        for kind in sorted(_kinds(errors.NdcUrbanError), key=lambda kind: kind.code)
        if kind.default_remedy
    ]
    return "\n".join(
        (
            "# Errors",
            _MADE,
            "An error ends a command with a message, a remedy and its code in brackets; in `failures.csv` it is the "
            "column `error`. The remedy may be more exact than the one here.\n",
            _table(("code", "class", "what to do", "exit status"), rows),
            "",
        )
    )


def _kinds(base: type[errors.NdcUrbanError]) -> Iterator[type[errors.NdcUrbanError]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
