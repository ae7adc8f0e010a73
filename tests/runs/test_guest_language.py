"""A document in Portuguese, which is none of the six languages: read, scored by concepts, named in the tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from ndc_urban.model import default_model_folder
from ndc_urban.runs import score

PAGE = """<html><body><h1>Contribuição</h1><h2>Cidades e transporte urbano</h2>
<p>A câmara municipal vai alargar a rede de elétricos aos bairros periféricos e todos os edifícios públicos da
cidade serão renovados antes do fim da década com a ajuda do banco nacional.</p>
<h2>Florestas</h2>
<p>O governo vai plantar árvores nas zonas do interior e proteger as florestas contra os incêndios.</p>
</body></html>"""


@pytest.mark.skipif(not (default_model_folder() / "config.json").is_file(), reason="needs the shipped model")
def test_a_portuguese_document(tmp_path: Path) -> None:
    path = tmp_path / "ndc.html"
    path.write_text(PAGE, encoding="utf-8")
    run = score([path], tmp_path / "run", jobs=1)
    (row,) = run.documents.to_dict("records")
    assert (row["status"], row["language"], row["passages"]) == ("ok", "pt", 2)
    assert row["level"] in {"low", "moderate", "strong"}
    assert run.passages["p_urban"].between(0, 1).all()
