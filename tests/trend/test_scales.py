"""The two scales of a level, UN-Habitat's grades, and the report for people."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import docx
import pandas as pd
import pytest
from docx.shared import Cm, Pt
from tiny_trend import CODES, level_for, world, write_panel, write_run

from ndc_urban.errors import RunsDiffer, UsageError
from ndc_urban.trend import Trend, trend
from ndc_urban.trend.frames import rows_of, with_titles
from ndc_urban.trend.report.headlines import headlines
from ndc_urban.trend.report.printing import Printed
from ndc_urban.trend.report.sections import sections_of
from ndc_urban.trend.report.short_tables import recommended_printed, terminal_lines
from ndc_urban.trend.report.word import _widths, word
from ndc_urban.trend.tables import TEXT_MISSING

GRADES = {"low": "C", "moderate": "B+", "strong": "A"}
OTHER = {"low": (0.2, 0.6, 0.2), "moderate": (0.05, 0.25, 0.7), "strong": (0.05, 0.25, 0.7)}


def with_scales(run: Path) -> None:
    """Adds the columns of the second scale: each level one higher."""
    estimation = pd.read_csv(run / "estimation.csv", keep_default_na=False)
    estimation["scale"], estimation["other_scale"] = "codebook", "un-habitat"
    estimation["other_level"] = estimation["level"].map(
        {"low": "moderate", "moderate": "strong", "strong": "strong"}
    )
    for place, name in enumerate(("low", "moderate", "strong")):
        estimation[f"other_p_{name}"] = estimation["level"].map(lambda level, p=place: OTHER[level][p])
    estimation.to_csv(run / "estimation.csv", index=False)


def write_grades(folder: Path, names: dict[str, str]) -> None:
    rows = [
        {"iso3": code, "party": code, "ndc_2_0": "No", "ndc_3_0": GRADES[level], "champ_endorser": "yes"}
        for code, level in names.items()
    ]
    pd.DataFrame(rows).to_csv(folder / "un_habitat_grades.csv", index=False)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Rounds 2022 and 2026 with both scales; 45 of 55 NDCs of 2026 are graded."""
    root = tmp_path_factory.mktemp("graded")
    documents = {f"{code}_{name}": level_for(code, name) for name in ("2022", "2026") for code in CODES}
    run = write_run(root / "run", documents)
    with_scales(run)
    panel = write_panel(root / "corpus" / "panel.csv", [(name[4:], name[:3], name) for name in documents])
    write_grades(panel.parent, {code: level_for(code, "2026") for code in CODES[10:]})
    return run, panel


@pytest.fixture(scope="module")
def on_grades(graded: tuple[Path, Path]) -> Trend:
    return trend([graded[0]], graded[1], scale="un-habitat")


def test_the_scale_picks_level_and_labels(graded: tuple[Path, Path], on_grades: Trend) -> None:
    parties = on_grades.table("parties").frame
    assert set(parties["scale"]) == {"un-habitat"}
    assert set(parties["level"]) == {"moderate", "strong"}
    assert set(parties["other_level"]) <= {"low", "moderate", "strong"}
    row = parties[(parties["round"] == "2026") & (parties["iso3"] == CODES[12])].iloc[0]
    assert row["labelled_level"] == row["graded_level"] == level_for(CODES[12], "2026")
    first = trend([graded[0]], graded[1]).table("parties").frame
    assert set(first["scale"]) == {"codebook"}
    assert (first["labelled_level"] == "").all()


def test_grades_correct_the_round_that_was_graded(on_grades: Trend) -> None:
    table = on_grades.table("recommended").frame.set_index(["round", "basis"])
    row = table.loc[("2026", "documents")]
    assert row["estimate"] == "corrected"
    levels = [level_for(code, "2026") for code in CODES]
    truth = levels.count("strong") / len(levels)
    assert row["strong_low"] <= truth <= row["strong_high"]
    assert table.loc[("2022", "documents"), "estimate"] == "count"
    assert "--scale codebook" in table.loc[("2022", "documents"), "next_step"]


def test_every_table_and_figure_names_its_scale(on_grades: Trend) -> None:
    printed = recommended_printed(on_grades)
    assert "un-habitat" in printed.caption
    for name in ("levels", "change", "transitions", "groups", "missing", "label_error"):
        frame = on_grades.table(name).frame
        ours = frame[frame["estimate"] != "published"] if "estimate" in frame else frame
        assert set(ours["scale"]) <= {"un-habitat"}, name
    assert on_grades.provenance["scale"] == "un-habitat"
    assert {"codebook", "un-habitat"} == set(on_grades.table("specification").frame["scale"])


def test_endorsers_of_champ_are_a_group(on_grades: Trend) -> None:
    groups = on_grades.table("groups").frame
    champ = groups[(groups["grouping"] == "champ") & (groups["round"] == "2026")]
    assert dict(zip(champ["group"], champ["units"], strict=False)) == {
        "yes": len(CODES) - 10,
        "not known": 10,
    }


def test_a_run_without_a_scale_is_the_codebooks(tmp_path: Path) -> None:
    run, panel, annotations = world(tmp_path)
    told = trend([run], panel, annotations=annotations, rounds=["2022"])
    assert told.provenance["scale"] == "codebook"
    with pytest.raises(UsageError, match="no levels on the scale un-habitat"):
        trend([run], panel, scale="un-habitat")


def test_runs_on_different_scales_are_refused(tmp_path: Path) -> None:
    runs = [write_run(tmp_path / name, {f"{name}_2022": "low"}) for name in ("KEN", "RWA")]
    for run, scale in zip(runs, ("codebook", "un-habitat"), strict=True):
        table = pd.read_csv(run / "estimation.csv")
        table["scale"] = scale
        table.to_csv(run / "estimation.csv", index=False)
    panel = write_panel(tmp_path / "panel.csv", [("2022", "KEN", "KEN_2022"), ("2022", "RWA", "RWA_2022")])
    with pytest.raises(RunsDiffer, match="different scales"):
        trend(runs, panel)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Trend:
    """The invented world, with a registry: Rwanda's document of 2026 is missing, Ghana's of 2022 is superseded."""
    run, panel, annotations = world(tmp_path_factory.mktemp("world"))
    frame = pd.read_csv(panel)
    frame["submission_date"] = frame["round"].map(
        {"2016-17": "2016-10-01", "2022": "2021-10-01", "2026": "2025-10-01"}
    )
    kept = frame[(frame["round"] != "2026") | (frame["iso3"] != "RWA")]
    kept.to_csv(panel, index=False)
    dates = {"2016-17": "2016-10-01", "2022": "2021-10-01", "2026": "2025-10-01"}
    lines = ["code,party,fileType,submissionDate"]
    lines += [
        f"{code},{code},NDC,{dates[name]}" for name, code in zip(frame["round"], frame["iso3"], strict=True)
    ]
    lines.append("GHA,Ghana,NDC,2022-03-01")
    (panel.parent / "registry.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return trend([run], panel, annotations=annotations)


def test_a_superseded_text_is_noted_beside_the_headline(told: Trend) -> None:
    coverage = told.table("coverage").frame.set_index(["round", "basis"])
    assert coverage.loc[("2022", "documents"), "superseded_parties"] == "GHA"
    lines = [line for line in headlines(told) if line.startswith("Superseded by then")]
    assert [line.count("GHA") for line in lines] == [1]


def test_a_missing_ndc_has_bounds_and_a_weight(told: Trend) -> None:
    table = told.table("missing").frame
    rows = table[(table["round"] == "2026") & (table["basis"] == "documents")]
    assert set(rows["missing_parties"]) == {"RWA"}
    assert ((rows["least"] <= rows["weighted"]) & (rows["weighted"] <= rows["most"])).all()
    assert (rows["weighted_low"] < rows["weighted_high"]).all()
    for row in rows.itertuples():
        assert (row.most - row.least) * row.expected == pytest.approx(row.expected - row.scored)
    cells = [
        row for section in sections_of(told) if section.key == "parties" for row in section.tables[0].rows
    ]
    assert next(row[-1] for row in cells if row[0] == "RWA") == TEXT_MISSING


def test_the_headline_has_n_and_the_figure_without_the_union(told: Trend) -> None:
    line = next(line for line in headlines(told) if line.startswith("By Parties"))
    assert "without the EU" in line
    assert "n 40" in line
    levels = told.table("levels").frame
    heavy = levels[levels["heaviest"] == "EUU"]
    assert (heavy["heaviest_weight"] > 0.1).all()
    row = heavy[
        (heavy["round"] == "2022") & (heavy["estimate"] == "count") & (heavy["level"] == "strong")
    ].iloc[0]
    by_documents = levels[
        (levels["round"] == "2022") & (levels["estimate"] == "count") & (levels["basis"] == "documents")
    ].set_index("level")
    others = by_documents.loc["strong", "share"] * 55 - (level_for("EUU", "2022") == "strong")
    assert row["share_without"] == pytest.approx(others / 54, abs=1 / 54)


def test_label_error_widens_the_corrected_interval_alone(graded: tuple[Path, Path], on_grades: Trend) -> None:
    wider = trend([graded[0]], graded[1], scale="un-habitat", label_error=0.05)
    for estimate, widens in (("corrected", True), ("count", False)):
        spans = []
        for told in (on_grades, wider):
            levels = told.table("levels").frame
            row = (
                levels[
                    (levels["round"] == "2026")
                    & (levels["basis"] == "documents")
                    & (levels["estimate"] == estimate)
                ]
                .set_index("level")
                .loc["strong"]
            )
            spans.append(row["high"] - row["low"])
        assert bool(spans[1] > spans[0]) is widens
    with pytest.raises(UsageError, match="label error"):
        trend([graded[0]], graded[1], label_error=0.9)


def test_the_terminal_prints_the_percents_of_the_report(told: Trend) -> None:
    printed = recommended_printed(told)
    lines = [line.split() for line in terminal_lines(told) if "w/o" not in line][1:]
    for row, words in zip(printed.rows, lines, strict=True):
        assert words[3].rstrip("%") == row[2].split()[0]


def test_the_word_document_opens_with_the_table(told: Trend) -> None:
    from ndc_urban.trend.report.about import about

    sections = [
        replace(section, tables=tuple(replace(table, rows=table.rows[:3]) for table in section.tables))
        for section in sections_of(told)
    ]
    data = word(about(told), sections, ())
    assert data == word(about(told), sections, ())
    document = docx.Document(io.BytesIO(data))
    assert document.paragraphs[0].style.name == "Title"
    head = [cell.text for cell in document.tables[0].rows[0].cells]
    assert head[:4] == ["Round", "Counted by", "At least moderate", "Strong"]
    texts = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert all(section.title in texts for section in sections)


def test_columns_of_the_word_document_are_as_wide_as_their_words() -> None:
    printed = Printed("A table", ("Round", "Documents"), (("2022", "28 (27–31)"), ("NDC 3.0", "44 (40–48)")))
    first, second = _widths(printed, Cm(17))
    assert second > first
    assert first >= len("NDC 3.0") * Pt(4.5)
    assert first + second <= Cm(17) + 2
    narrow = _widths(printed, Cm(1))
    assert sum(narrow) < first + second  # no room: words alone are kept whole


def test_reports_call_rounds_by_their_titles_and_csv_files_by_their_names(told: Trend) -> None:
    titled = with_titles(told)
    assert set(told.table("levels").frame["round"]) == {"2016-17", "2022", "2026"}
    assert set(titled.table("levels").frame["round"]) == {"2016-17", "2022", "NDC 3.0"}
    assert set(titled.table("change").frame["to_round"]) == {"2022", "NDC 3.0"}
    texts = [text for section in sections_of(told) for text in (*section.sentences, *section.notes)]
    assert any(
        re.match(r"Missing, so not in the shares: \d+ of \d+ NDCs in NDC 3.0 ", text) for text in texts
    )
    calendar = replace(told, provenance=dict(told.provenance) | {"calendar_years": True})
    assert set(with_titles(calendar).table("levels").frame["round"]) == {"2016-17", "2022", "2026"}


def test_every_specification_has_limits_around_its_change(told: Trend) -> None:
    table = told.table("specification").frame
    others = table[(table["rule"] != "most likely level") | (table["length"] != "as it is")]
    assert len(others) > 2
    assert (others["low"] <= others["change"]).all()
    assert (others["change"] <= others["high"]).all()
    assert (others["low"] < others["high"]).any()


def test_topics_by_parties_weigh_the_document_of_the_union(told: Trend) -> None:
    for name in ("topics", "themes"):
        for row in rows_of(told.table(name).frame):
            matched = row["share"] * row["units"]
            # the Union's one document either has it or not: nothing else may move the share
            others, members = row["units"] - 1, members_of(told, row["round"])
            expected = {(matched - has + has * members) / (others + members) for has in (0, 1)}
            assert any(abs(row["share_parties"] - each) < 1e-9 for each in expected)


def members_of(trend: Trend, name: str) -> int:
    """The Parties that the Union's document counts for in a round."""
    coverage = trend.table("coverage").frame
    scored = {row["basis"]: row["scored"] for row in rows_of(coverage[coverage["round"] == name])}
    return int(scored["Parties"] - scored["documents"] + 1)
