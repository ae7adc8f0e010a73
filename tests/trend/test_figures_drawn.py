"""The figures as drawn: their size, their bytes, and that no label is cut off or stands on another."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path

import matplotlib as mpl
import pytest
from invented_trend import ROUNDS, invented_trend
from lxml import etree
from matplotlib.figure import Figure
from matplotlib.text import Text

from ndc_urban.trend.figures import bars, canvas, draw, moves, sectors, world
from ndc_urban.trend.figures.canvas import Drawing
from ndc_urban.trend.figures.world import grid
from ndc_urban.trend.frames import frame_of
from ndc_urban.trend.tables import CORRECTED, COUNT, LABELLED, Trend

pytestmark = pytest.mark.slow

YEARS = tuple(str(year) for year in range(2016, 2025))
NAMED = ("First NDCs", "NDCs of 2022", "NDCs 3.0")
SOURCE = "Source: invented for the tests, " + "with more and more words about where it comes from, " * 8
Draw = Callable[[Trend, str], object]

ALL: dict[str, tuple[object, Draw]] = {
    "levels": (bars, bars.draw_levels),
    "moves": (moves, moves.draw_moves),
    "sectors": (sectors, sectors.draw_sectors),
    "maps": (world, world.draw_maps),
}


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Figure]]:
    """Figures as they are when they are finished, not yet written."""
    figures: list[Figure] = []

    def keep(figure: Figure, *_: object) -> None:
        figure.draw_without_rendering()
        figures.append(figure)

    for module, _ in ALL.values():
        monkeypatch.setattr(module, "finished", keep)
    yield figures


def test_all_figures_are_made(drawings: tuple[Drawing, ...]) -> None:
    assert [drawing.name for drawing in drawings] == [
        "slide",
        "levels",
        "moves",
        "sectors",
        *(f"map-{name}" for name in ROUNDS),
    ]


def test_a_picture_is_a_slide_of_16_by_9(drawings: tuple[Drawing, ...]) -> None:
    for drawing in drawings:
        width, height = struct.unpack(">II", drawing.png[16:24])
        assert width / height == pytest.approx(16 / 9, rel=0.002)
        assert width >= 1900
        root = etree.fromstring(drawing.svg)
        assert (root.get("width"), root.get("height")) == ("1280", "720")


def test_neither_day_nor_program_is_in_the_files(drawings: tuple[Drawing, ...]) -> None:
    for drawing in drawings:
        assert b"dc:date" not in drawing.svg
        assert b"tEXt" not in drawing.png


def test_text_in_the_svg_stays_text(drawings: tuple[Drawing, ...]) -> None:
    words = {drawing.name: "".join(etree.fromstring(drawing.svg).itertext()) for drawing in drawings}
    assert "at least" in words["levels"]
    assert all(code in words["map-2022"] for code in ("KEN", "FJI", "TUV"))


def test_tiles_tell_their_party_where_a_pointer_rests(drawings: tuple[Drawing, ...]) -> None:
    (world_,) = [drawing for drawing in drawings if drawing.name == "map-2022"]
    (tile,) = etree.fromstring(world_.svg).xpath("//*[@id='map-2022-tile-KEN']/*[local-name()='title']")
    assert tile.text.startswith(("Party KEN: ", "KEN: "))


def test_the_same_bytes_whatever_the_settings_of_the_user_which_do_not_change(
    whole: Trend, drawings: tuple[Drawing, ...]
) -> None:
    """Every kind of figure is drawn again, with the map of one round."""
    parties = whole.table("parties")
    first = replace(parties, frame=parties.frame[parties.frame["round"] == ROUNDS[0]])
    one_map = replace(whole, tables=tuple(first if each is parties else each for each in whole.tables))
    with mpl.rc_context({"font.size": 31, "axes.facecolor": "red", "svg.fonttype": "path"}):
        again = draw(one_map)
        assert mpl.rcParams["font.size"] == 31
    assert [drawing.name for drawing in again] == ["slide", "levels", "moves", "sectors", f"map-{ROUNDS[0]}"]
    by_name = {drawing.name: drawing for drawing in drawings}
    for drawing in again:
        assert drawing == by_name[drawing.name], drawing.name


def test_a_description_has_the_numbers(drawings: tuple[Drawing, ...]) -> None:
    by_name = {drawing.name: drawing.description for drawing in drawings}
    assert (
        "published, percent: 2022: low 36, moderate 40, strong 24, at least moderate 64" in by_name["levels"]
    )
    assert "Parties rose" in by_name["moves"]
    assert "Adaptation, NDC 3.0, percent:" in by_name["sectors"]


def test_the_moves_are_those_of_the_table(whole: Trend) -> None:
    table = frame_of(whole, "transitions")
    found = moves.moves_of(whole)
    for place, (before, after) in enumerate(pairwise(ROUNDS)):
        rows = table[(table["from_round"] == before) & (table["to_round"] == after)]
        for row in rows.to_dict("records"):
            assert found.flows[place][row["from_level"], row["to_level"]] == row["parties"]
    assert {sum(nodes.values()) for nodes in found.nodes} == {found.parties}


def test_one_round_has_no_moves() -> None:
    assert moves.draw_moves(invented_trend(["2022"]), SOURCE) is None


@pytest.mark.usefixtures("sketched")
def test_many_bars_are_spread_over_a_slide_for_each_basis() -> None:
    made = bars.draw_levels(case_of("nine years"), SOURCE)
    assert [drawing.name for drawing in made] == [
        "levels-documents",
        "levels-parties",
    ]


CASES: dict[str, Callable[[], Trend]] = {
    "three rounds": lambda: invented_trend(codes=tuple(grid())),
    "one round": lambda: invented_trend(["2022"], estimates=(COUNT,)),
    "nine years": lambda: invented_trend(YEARS, codes=tuple(grid()), estimates=(COUNT, CORRECTED, LABELLED)),
    "named rounds": lambda: invented_trend(NAMED),
}


@cache
def case_of(name: str) -> Trend:
    """Made once for all figures."""
    return CASES[name]()


HELD = [(name, case) for name in ALL for case in CASES if name != "maps" or case == "three rounds"]
"""Maps are one for each round, so more rounds change nothing on them."""


@pytest.mark.parametrize(("name", "case"), HELD)
def test_labels_are_whole_and_stand_free(name: str, case: str, drawn: list[Figure]) -> None:
    with canvas.settings(name):
        ALL[name][1](case_of(case), SOURCE)
        for figure in drawn[:3]:
            assert_readable(figure)
    assert drawn or (name, case) == ("moves", "one round")


def assert_readable(figure: Figure) -> None:
    """All texts lie within the slide, are large enough and do not touch each other."""
    page = figure.bbox
    boxes = []
    for text in figure.findobj(Text):
        if not text.get_visible() or not text.get_text().strip():
            continue
        box = text.get_window_extent()
        assert page.x0 <= box.x0 and box.x1 <= page.x1, text.get_text()
        assert page.y0 <= box.y0 and box.y1 <= page.y1, text.get_text()
        assert text.get_size() >= 6, text.get_text()
        # a box has room above and below the letters, and digits and capitals have nothing below the line
        height = 0.22 * text.get_size() * figure.dpi / 72
        boxes.append((text.get_text(), box.x0 + 1, box.x1 - 1, box.y0 + height, box.y1 - height / 2))
    for one, other in combinations(boxes, 2):
        beside = one[2] <= other[1] or other[2] <= one[1] or one[4] <= other[3] or other[4] <= one[3]
        assert beside, (one[0], other[0])


def test_other_commands_do_not_load_the_drawing_library() -> None:
    code = (
        "import sys, ndc_urban.cli.app, ndc_urban.trend.figures, ndc_urban.trend.report;"
        "sys.exit(any(name in sys.modules for name in ('matplotlib', 'xlsxwriter', 'pandas')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_first_figure_of_a_new_user_says_nothing(tmp_path: Path) -> None:
    """matplotlib makes its list of fonts then, and would tell so."""
    code = (
        "from invented_trend import invented_trend; from ndc_urban.trend.figures import draw;"
        "draw(invented_trend(['2022'], without=('levels', 'sectors', 'parties')))"
    )
    environment = os.environ | {
        "MPLCONFIGDIR": str(tmp_path),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=environment)
    assert (done.stdout, done.stderr) == (b"", b"")
