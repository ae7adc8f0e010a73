"""The command line: one file per command, which parses, calls a plain function and prints its result."""

from __future__ import annotations


def main() -> None:
    """Runs the program with the arguments it was started with, and ends with its exit status."""
    from ndc_urban.cli.app import run

    run()
