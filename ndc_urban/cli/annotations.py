"""`ndc-urban annotations`: people's labels, out to the tools that coders use and back again."""

from __future__ import annotations

import typer

from ndc_urban.cli.annotations_agreement import agreement_cli
from ndc_urban.cli.annotations_export import export_cli
from ndc_urban.cli.annotations_import import import_cli
from ndc_urban.cli.annotations_relocate import anchor_cli, relocate_cli
from ndc_urban.cli.annotations_sources import sources_cli

annotations_app = typer.Typer(
    name="annotations",
    help="People's labels: coding sheets out to coders' tools, and labels back with checks.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
annotations_app.command("export")(export_cli)
annotations_app.command("import")(import_cli)
annotations_app.command("anchor")(anchor_cli)
annotations_app.command("relocate")(relocate_cli)
annotations_app.command("agreement")(agreement_cli)
annotations_app.command("sources")(sources_cli)
