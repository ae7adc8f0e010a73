"""What is written comes back the same, in every format, whatever the characters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from coding_sheets import alike, export_bundles, write_files
from hypothesis import Phase, given, settings

from ndc_urban.exchange.export_bundle import ExportBundle
from ndc_urban.exchange.names import FormatName
from ndc_urban.exchange.protocol import ExchangeFormat
from ndc_urban.exchange.registry import FORMATS as REGISTRY

pytestmark = pytest.mark.slow

EXAMPLES = {FormatName.csv: 100, FormatName.jsonl: 100, FormatName.docbin: 50, FormatName.xlsx: 25}
"""Where a format is quick, or slow; others have 60."""

FORMATS: dict[str, tuple[ExchangeFormat, str, int]] = {
    name: (format.module, f"x{format.suffix}", EXAMPLES.get(name, 60))
    for name, format in REGISTRY.items()
    if name is not FormatName.qdc  # the codebook alone: it holds no codings
}


@cache
def bundles() -> Sequence[ExportBundle]:
    """The same for all formats, as making them takes longer than most formats do."""
    made: list[ExportBundle] = []

    @settings(max_examples=max(examples for _, _, examples in FORMATS.values()), phases=[Phase.generate])
    @given(export_bundles())
    def make(bundle: ExportBundle) -> None:
        made.append(bundle)

    make()
    return made


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_written_comes_back(name: str, tmp_path: Path) -> None:
    module, file, examples = FORMATS[name]
    assert len(bundles()) >= examples
    for number, bundle in enumerate(bundles()[:examples]):
        path = tmp_path / str(number) / file
        write_files(module.write(bundle, path))
        back = module.read(path)
        wrong = [problem for problem in back.problems if problem.severity != "note"]
        assert not wrong, bundle
        assert alike(back.sheet, bundle.sheet)
