"""Urban vocabulary of six languages as data, and its matcher: text becomes language-independent concepts."""

from ndc_urban.lexicon.concept import STRENGTHS, Concept
from ndc_urban.lexicon.matcher import Lexicon, Match, load_lexicon

__all__ = ["STRENGTHS", "Concept", "Lexicon", "Match", "load_lexicon"]
