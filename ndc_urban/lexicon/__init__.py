"""Urban vocabulary of six languages as data, and its matcher: text becomes concepts, the same in every language.

Not here: what else is particular to a language (`ndc_urban.languages`), and what the model makes of the concepts
(`ndc_urban.model`).
"""

from ndc_urban.lexicon.concept import STRENGTHS, Concept
from ndc_urban.lexicon.matcher import Lexicon, Match, load_lexicon

__all__ = ["STRENGTHS", "Concept", "Lexicon", "Match", "load_lexicon"]
