"""Documents made by a script, as many as are wanted: for measurements that need numbers, not content."""

from __future__ import annotations

import random
from pathlib import Path

SENTENCES = (
    "The city of {place} will extend its bus network by {number} kilometres before 2030.",
    "Municipal governments draw up plans for drainage and green spaces in {number} towns.",
    "Farmers in the {place} region will receive seeds that need less water.",
    "Emissions from the production of cement fall by {number} percent against the reference.",
    "A fund for losses in coastal villages is set up with {number} million.",
    "Solar panels on public buildings of {place} save {number} gigawatt hours a year.",
    "The ministry reports on {number} indicators each year.",
    "Forests of the {place} district are mapped and {number} hectares are planted.",
)
PLACES = ("Ferrowmere", "Oskelund", "Tarquay", "Belmora", "Nivelle-Haut", "Sandreach")


def write_plans(folder: Path, number: int, seed: int = 1) -> None:
    """Writes that many text files of a page or two, all different, into a new folder."""
    chance = random.Random(seed)
    folder.mkdir(parents=True)
    for at in range(number):
        paragraphs = [f"# Plan {at}\n", "## Measures\n"]
        for _ in range(chance.randrange(8, 25)):
            chosen = chance.choice(SENTENCES)
            paragraphs.append(
                chosen.format(place=chance.choice(PLACES), number=chance.randrange(2, 900)) + "\n"
            )
        (folder / f"plan-{at:06}.md").write_text("\n".join(paragraphs), encoding="utf-8")
