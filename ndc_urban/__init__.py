"""Reads Nationally Determined Contributions and says how much of them is about cities, with the evidence."""

__version__ = "0.1.0"
