"""Imported in the process that workers are forked from: what each of them would load for itself otherwise."""

from __future__ import annotations

from ndc_urban.lexicon import load_lexicon

load_lexicon()
