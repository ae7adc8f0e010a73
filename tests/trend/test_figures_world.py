"""The world as tiles: every Party has one, about where it lies."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from invented_trend import EU, MEMBERS, invented_trend

from ndc_urban.parties import ISO3
from ndc_urban.trend.figures.world import Tile, grid, tiles_of
from ndc_urban.trend.frames import frame_of

PANEL = Path(__file__).parents[2] / "corpus" / "panel.csv"
PARTIES_TO_THE_CONVENTION = 198
"""197 States and the European Union."""


def test_all_parties_have_a_tile_and_no_two_the_same() -> None:
    cells = [
        code
        for row in csv.reader(
            (Path(grid.__wrapped__.__code__.co_filename).parent / "tiles.csv").read_text().splitlines()
        )
        for code in row
        if code
    ]
    assert len(cells) == len(set(cells)) == PARTIES_TO_THE_CONVENTION
    assert len(set(grid().values())) == PARTIES_TO_THE_CONVENTION
    assert set(cells) - {EU} <= ISO3


def test_all_parties_of_the_panel_and_all_members_of_the_union_are_on_the_map() -> None:
    with PANEL.open(encoding="utf-8", newline="") as stream:
        panel = {row["iso3"] for row in csv.DictReader(stream)}
    assert len(panel) > 160
    assert panel <= set(grid())
    assert set(MEMBERS) <= set(grid())


@pytest.mark.parametrize(
    "codes",
    ["CAN USA MEX BLZ NIC", "NOR NLD LUX LIE", "KAZ UZB", "SDN CAF CMR", "BRA PRY ARG", "JPN PHL PNG"],
)
def test_from_north_to_south(codes: str) -> None:
    rows = [grid()[code][1] for code in codes.split()]
    assert rows == sorted(rows)
    assert len(set(rows)) == len(rows)


@pytest.mark.parametrize(
    "codes",
    ["USA BHS PRT ESP ITA GRC TUR IRN IND THA VNM FJI", "ECU BRA SEN NGA ETH IDN NRU", "CHL NAM MOZ AUS NZL"],
)
def test_from_west_to_east(codes: str) -> None:
    columns = [grid()[code][0] for code in codes.split()]
    assert columns == sorted(columns)


def test_members_of_the_union_are_marked_and_other_parties_are_not() -> None:
    parties = frame_of(invented_trend(), "parties")
    tiles = tiles_of(parties[parties["round"] == "2022"])
    assert {code for code, tile in tiles.items() if tile.in_union} == set(MEMBERS)
    assert {tiles[code].level for code in MEMBERS} == {tiles[EU].level}


def test_a_party_without_a_row_is_not_in_the_round_and_one_without_level_is() -> None:
    parties = frame_of(invented_trend(["2022"]), "parties").head(3).copy()
    parties.loc[parties.index[2], ["level", "p_low", "p_moderate", "p_strong"]] = None
    unscored = str(parties["iso3"].iloc[2])
    tiles = tiles_of(parties)
    assert tiles["KEN"] == Tile("KEN", "KEN")
    assert tiles[unscored].in_round
    assert not tiles[unscored].level


def test_a_second_level_shows_from_a_quarter() -> None:
    parties = frame_of(invented_trend(["2022"]), "parties").head(2).copy()
    parties["level"] = "moderate"
    parties[["p_low", "p_moderate", "p_strong"]] = [[0.3, 0.6, 0.1], [0.2, 0.6, 0.2]]
    first, second = parties["iso3"]
    tiles = tiles_of(parties)
    assert tiles[first].other == "low"
    assert tiles[second].other == ""


def test_a_party_that_the_map_does_not_know_is_shown_all_the_same() -> None:
    parties = frame_of(invented_trend(["2022"]), "parties").head(1).copy()
    parties["iso3"] = "XKX"
    assert tiles_of(parties)["XKX"].in_round
