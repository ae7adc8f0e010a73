"""What was read and scored before, so that it need not be done again: entries on the user's disk, as plain JSON lines.

`entries.py` keeps and checks entries of any kind, `place.py` says where, `versions.py` what makes an entry outdated,
and `reading.py` reads a document or takes it from the cache. Not here: what a scored document is (`ndc_urban.runs`).
"""
