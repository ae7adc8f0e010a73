"""What a model folder keeps of cross-fitting: each coded file's prediction by a model that had not seen its Party.

Trends are estimated from these where a document was in the training data (cross-fitting; Chernozhukov et al. 2018).
"""

from __future__ import annotations

import csv
import io

from ndc_urban.codebook import LEVELS
from ndc_urban.model.profile import as_text
from ndc_urban.training.train import Trained

COLUMNS = (
    "sha256",
    "document",
    "iso3",
    "is_coded_version",
    "coded_level",
    "level",
    "p_low",
    "p_moderate",
    "p_strong",
    "profile",
)


def out_of_fold_csv(trained: Trained) -> bytes:
    """The table as CSV: a row per file, by document and file; `profile` as in `ndc_urban.model.profile`."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    written: set[str] = set()
    for version, said in zip(trained.documents, trained.probabilities, strict=True):
        if version.sha256 in written:
            continue
        written.add(version.sha256)
        rows.writerow(
            (
                version.sha256,
                version.document,
                version.party,
                "yes" if version.is_coded_version else "no",
                LEVELS[version.level],
                LEVELS[int(said.argmax())],
                *(f"{value:.6f}" for value in said),
                as_text(version.profile),
            )
        )
    return text.getvalue().encode()
