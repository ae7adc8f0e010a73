"""Scores many documents in parallel, one bad file never stopping the rest, into a folder that says how."""

from ndc_urban.runs.folder import RunFolder, load_run
from ndc_urban.runs.progress import Progress, ProgressCallback
from ndc_urban.runs.run import Counts, Run
from ndc_urban.runs.scoring import score

__all__ = ["Counts", "Progress", "ProgressCallback", "Run", "RunFolder", "load_run", "score"]
