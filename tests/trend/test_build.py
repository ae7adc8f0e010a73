"""A whole trend over an invented world: tables, coverage, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
import tiny_trend
from tiny_trend import CODES, digest, write_labels, write_panel, write_run

from ndc_urban.errors import (
    AnnotationsInvalid,
    NoResultsForPanel,
    PanelInvalid,
    PathMissing,
    RunsDiffer,
    UsageError,
)
from ndc_urban.trend import Trend, trend
from ndc_urban.trend.labels import NO_LABELS, load_labels
from ndc_urban.trend.matching import match
from ndc_urban.trend.panel import load_panel
from ndc_urban.trend.populations import paired
from ndc_urban.trend.report.sections import sections_of
from ndc_urban.trend.results import load_results
from ndc_urban.trend.rounding import points
from ndc_urban.trend.tables import COLUMNS


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    return tiny_trend.world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def told(world: tuple[Path, Path, Path]) -> Trend:
    run, panel, annotations = world
    return trend([run], panel, annotations=annotations)


def rows(trend: Trend, table: str, **values: str) -> pd.DataFrame:
    frame = trend.table(table).frame
    for column, value in values.items():
        frame = frame[frame[column] == value]
    return frame


def share(trend: Trend, **values: str) -> float:
    (row,) = rows(trend, "levels", **values).to_dict("records")
    return float(row["share"])


def small(tmp_path: Path, documents: dict[str, str], **options: object) -> tuple[Path, Path]:
    """A run over these documents and a panel of round 2022 that names them."""
    run = write_run(tmp_path / "run", documents, **options)  # type: ignore[arg-type]
    panel = write_panel(tmp_path / "c" / "panel.csv", [("2022", name[:3], name) for name in documents])
    return run, panel


def test_all_tables_are_there_in_their_order(told: Trend) -> None:
    assert [table.name for table in told.tables] == list(COLUMNS)


def test_levels_have_every_round_basis_and_estimate(told: Trend) -> None:
    levels = told.table("levels").frame
    ours = levels[levels["estimate"] != "published"]
    assert len(ours) == 3 * 2 * 4 * 4
    complete = ours.dropna(subset="share")
    assert ((complete["low"] <= complete["share"]) & (complete["share"] <= complete["high"])).all()
    wide = ours.pivot_table(index=["round", "basis", "estimate"], columns="level", values="share")
    sums = wide[["low", "moderate", "strong"]].sum(axis=1)
    assert sums.tolist() == pytest.approx([1.0] * len(sums))
    assert (wide["moderate"] + wide["strong"]).tolist() == pytest.approx(wide["at least moderate"].tolist())


def test_documents_and_parties_differ_by_the_unions_members(told: Trend) -> None:
    units = {
        (row["round"], row["basis"]): row["units"]
        for row in rows(told, "levels", estimate="count", level="strong").to_dict("records")
    }
    assert units["2016-17", "Parties"] - units["2016-17", "documents"] == 28
    assert units["2022", "Parties"] - units["2022", "documents"] == 27


def test_published_figures_stand_on_their_own_basis(told: Trend) -> None:
    published = rows(told, "levels", estimate="published")
    assert set(zip(published["round"], published["basis"], strict=True)) == {
        ("2016-17", "documents"),
        ("2022", "Parties"),
    }
    assert share(told, estimate="published", round="2022", level="at least moderate") == pytest.approx(0.6)
    assert share(told, estimate="published", round="2016-17", level="strong") == pytest.approx(0.14)
    notes = " ".join(told.table("levels").notes)
    assert "50 documents" in notes
    assert "60 Parties" in notes
    assert "if its level were low" in notes
    assert "another cycle" in notes  # told apart, on no line


def test_the_correction_moves_the_count_towards_the_labels(told: Trend) -> None:
    values = {
        estimate: share(told, round="2022", basis="documents", level="at least moderate", estimate=estimate)
        for estimate in ("count", "corrected", "labelled")
    }
    assert values["corrected"] < values["count"]
    assert abs(values["corrected"] - values["labelled"]) < abs(values["count"] - values["labelled"])


def test_the_reference_round_is_as_published(told: Trend) -> None:
    reference = share(
        told, round="2016-17", basis="documents", estimate="anchored", level="at least moderate"
    )
    assert reference == pytest.approx(0.6, abs=0.05)


def test_too_few_labels_are_refused_in_the_table(told: Trend) -> None:
    refused = rows(told, "levels", round="2026", estimate="corrected")
    assert refused["share"].isna().all()
    assert refused["note"].str.startswith("Refused: ").all()


def test_changes_are_of_the_same_parties(told: Trend) -> None:
    change = rows(told, "change", basis="documents", estimate="count", level="strong")
    assert list(zip(change["from_round"], change["to_round"], strict=True)) == [
        ("2016-17", "2022"),
        ("2016-17", "2026"),
        ("2022", "2026"),
    ]
    assert change["n"].tolist() == [len(CODES), 37, 37]
    parties = told.table("parties").frame
    by_round = {
        name: part.set_index("iso3")["level"] for name, part in parties.groupby("round") if name != "2022"
    }
    both = by_round["2016-17"].index.intersection(by_round["2026"].index)
    own = both.intersection(list(CODES))
    expected = (by_round["2026"][own] == "strong").mean() - (by_round["2016-17"][own] == "strong").mean()
    assert change["change"].tolist()[1] == pytest.approx(expected)


def test_transitions_count_every_party_of_both_rounds(told: Trend) -> None:
    moves = rows(told, "transitions", from_round="2016-17", to_round="2022")
    assert len(moves) == 9
    assert moves["parties"].sum() == len(CODES)
    listed = [iso3 for text in moves["iso3"] for iso3 in text.split(";") if iso3]
    assert sorted(listed) == sorted(CODES)


def test_groups_split_the_documents(told: Trend) -> None:
    groups = rows(told, "groups", round="2022", level="strong")
    for grouping, part in groups.groupby("grouping"):
        assert part["units"].sum() == len(CODES), grouping
    overall = share(told, round="2022", basis="documents", estimate="count", level="strong")
    regions = groups[groups["grouping"] == "region"]
    assert (regions["share"] * regions["units"]).sum() / len(CODES) == pytest.approx(overall)


def test_parties_list_the_unions_members_with_its_document(told: Trend) -> None:
    france = rows(told, "parties", round="2022", iso3="FRA").iloc[0]
    assert france["document"] == "EUU_2022"
    assert france["party"] == "France"
    assert rows(told, "parties", round="2022", iso3="GBR").empty
    assert len(rows(told, "parties", round="2016-17", iso3="GBR")) == 1


def test_sectors_topics_and_themes_count_documents(told: Trend) -> None:
    moderate = share(told, round="2022", basis="documents", estimate="count", level="at least moderate")
    transport = rows(told, "sectors", round="2022", strand="mitigation", sector="tr").iloc[0]
    assert transport["share"] == pytest.approx(moderate)
    assert (transport["rank"], transport["published_rank"]) == (1, 2)
    assert rows(told, "sectors", round="2022", strand="adaptation", sector="tr").iloc[0]["share"] == 0
    assert rows(told, "sectors", round="2022", strand="any", sector="tr").iloc[0]["share"] == pytest.approx(
        moderate
    )
    hazards = rows(told, "topics", round="2022", topic="hazards").iloc[0]
    assert (hazards["share"], hazards["published"]) == (pytest.approx(moderate), 0.4)
    assert rows(told, "topics", round="2022", topic="finance").iloc[0]["published"] == pytest.approx(0.1)
    assert rows(told, "topics", round="2016-17", topic="hazards")["published"].isna().all()
    assert rows(told, "themes", round="2022", theme="housing").iloc[0]["share"] == pytest.approx(moderate)


def test_the_same_input_gives_the_same_tables(world: tuple[Path, Path, Path], told: Trend) -> None:
    run, panel, annotations = world
    again = trend([run], panel, annotations=annotations)
    for table in told.tables:
        pd.testing.assert_frame_equal(table.frame, again.table(table.name).frame)
    assert again.notes == told.notes
    assert dict(again.provenance) == dict(told.provenance)


def test_a_run_that_lacks_parts_is_noted(world: tuple[Path, Path, Path], told: Trend, tmp_path: Path) -> None:
    run, panel, annotations = world
    part = Path(shutil.copytree(run, tmp_path / "part"))
    info = json.loads((part / "run.json").read_text("utf-8"))
    info["missing_shards"] = [{"run": "0f", "shard": "2/2"}]
    (part / "run.json").write_text(json.dumps(info), "utf-8")
    note = "Part 2/2 of the run is missing, and with it its documents."
    assert note in trend([part], panel, annotations=annotations).notes
    assert note not in told.notes


def test_cross_fitted_documents_are_noted(told: Trend) -> None:
    coverage = rows(told, "coverage", round="2022", basis="documents").iloc[0]
    assert coverage["cross_fitted"] > 0
    assert "Out-of-fold" in rows(told, "levels", round="2022", estimate="count").iloc[0]["note"]


def test_what_is_missing_is_in_the_coverage_and_not_in_the_shares(tmp_path: Path) -> None:
    documents = dict.fromkeys((f"{code}_2022" for code in CODES[:10]), "strong")
    status = {f"{CODES[0]}_2022": "needs_ocr", f"{CODES[1]}_2022": "failed"}
    run, _ = small(tmp_path, documents, status=status)
    panel = write_panel(tmp_path / "panel.csv", [("2022", code, f"{code}_2022") for code in CODES[:12]])
    told = trend([run], panel)
    coverage = rows(told, "coverage", basis="documents").iloc[0]
    counts = coverage[["expected", "scored", "needs_ocr", "failed", "missing"]].tolist()
    assert counts == [12, 8, 1, 1, 2]
    assert coverage["missing_parties"].split(";") == sorted(CODES[i] for i in (0, 1, 10, 11))
    levels = rows(told, "levels", basis="documents", estimate="count", level="strong").iloc[0]
    assert (levels["share"], levels["units"]) == (1.0, 8)
    assert any("4 of 12" in note for note in told.notes)


def test_a_round_of_which_few_documents_are_scored_has_no_corrected_share(tmp_path: Path) -> None:
    """With one part of a run alone, all that is scored may be labelled, and the limits would be of no width."""
    codes = CODES[:12]
    run = write_run(
        tmp_path / "run", {f"{code}_{year}": "strong" for code in codes[:5] for year in ("2021", "2022")}
    )
    entries = [
        (name, code, f"{code}_{year}")
        for code in codes
        for name, year in (("2022", "2021"), ("2026", "2022"))
    ]
    panel = write_panel(tmp_path / "c" / "panel.csv", entries)
    labels = write_labels(tmp_path / "labels", {document: "strong" for _, _, document in entries})
    told = trend([run], panel, annotations=labels)
    for basis in ("documents", "Parties"):
        levels = rows(told, "levels", basis=basis, estimate="corrected")
        assert levels["share"].isna().all()
        assert set(levels["note"]) == {"Refused: only 5 of 12 documents are scored."}
        changes = rows(told, "change", basis=basis, estimate="corrected")
        assert changes["change"].isna().all()
    steps = told.table("recommended").frame["next_step"]
    assert set(steps) == {"Score the documents of this round first: ndc-urban score FOLDER --out RUN."}


def test_a_fitted_prediction_is_never_used(tmp_path: Path) -> None:
    names = [f"{code}_2022" for code in CODES[:6]]
    run, panel = small(tmp_path, dict.fromkeys(names, "low"), fitted_only=names[:2])
    told = trend([run], panel)
    coverage = rows(told, "coverage", basis="documents").iloc[0]
    assert (coverage["scored"], coverage["missing"]) == (4, 2)
    assert "was trained on them" in " ".join(told.table("coverage").notes)


def test_without_annotations_there_is_no_corrected_estimate(world: tuple[Path, Path, Path]) -> None:
    run, panel, _ = world
    told = trend([run], panel)
    refused = rows(told, "levels", estimate="corrected")
    assert refused["share"].isna().all()
    assert refused["note"].str.contains("no labelled document").all()
    assert any("--annotations" in note for note in told.notes)


def test_annotations_beside_the_panels_folder_are_found(
    world: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    run, panel, annotations = world
    (tmp_path / "corpus").mkdir()
    for name in ("panel.csv", "published.csv"):
        (tmp_path / "corpus" / name).write_bytes((panel.parent / name).read_bytes())
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "levels.csv").write_bytes((annotations / "levels.csv").read_bytes())
    told = trend([run], tmp_path / "corpus" / "panel.csv")
    assert rows(told, "levels", round="2022", estimate="corrected")["share"].notna().all()


def test_labels_without_probabilities_give_no_correction(
    world: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    run, panel, annotations = world
    frame = pd.read_csv(annotations / "levels.csv").drop(columns="inclusion_probability")
    frame.to_csv(tmp_path / "levels.csv", index=False)
    told = trend([run], panel, annotations=tmp_path)
    refused = rows(told, "levels", round="2022", estimate="corrected")
    assert refused["note"].str.contains("inclusion probabilities").all()
    assert rows(told, "levels", round="2022", estimate="labelled")["share"].notna().all()


def test_several_runs_make_one_trend(tmp_path: Path) -> None:
    one = write_run(tmp_path / "one", {"KEN_2022": "low"})
    two = write_run(tmp_path / "two", {"RWA_2022": "strong"})
    panel = write_panel(tmp_path / "panel.csv", [("2022", "KEN", "KEN_2022"), ("2022", "RWA", "RWA_2022")])
    told = trend([one, two], panel)
    assert rows(told, "coverage", basis="documents").iloc[0]["scored"] == 2


def test_two_models_are_refused(tmp_path: Path) -> None:
    one = write_run(tmp_path / "one", {"KEN_2022": "low"})
    two = write_run(tmp_path / "two", {"RWA_2022": "strong"}, model="b" * 64)
    panel = write_panel(tmp_path / "panel.csv", [("2022", "KEN", "KEN_2022")])
    with pytest.raises(RunsDiffer, match="different models"):
        trend([one, two], panel)


def test_a_run_that_knows_nobody_of_the_panel_is_refused(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", {"KEN_2022": "low"})
    panel = write_panel(tmp_path / "panel.csv", [("2022", "RWA", "RWA_2022")])
    with pytest.raises(NoResultsForPanel):
        trend([run], panel)


def test_a_panel_without_files_takes_the_partys_one_document(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", {"KEN_x": "low", "RWA_y": "strong"})
    (tmp_path / "panel.csv").write_text("round,iso3\n2022,KEN\n2022,RWA\n", encoding="utf-8")
    told = trend([run], tmp_path / "panel.csv")
    assert rows(told, "coverage", basis="documents").iloc[0]["scored"] == 2


def test_two_documents_of_a_party_without_a_file_named_are_refused(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", {"KEN_x": "low", "KEN_y": "strong"})
    (tmp_path / "panel.csv").write_text("round,iso3\n2022,KEN\n", encoding="utf-8")
    with pytest.raises(PanelInvalid, match="2 documents of that Party"):
        trend([run], tmp_path / "panel.csv")
    (tmp_path / "panel.csv").write_text("round,iso3,path\n2022,KEN,KEN_y.pdf\n", encoding="utf-8")
    told = trend([run], tmp_path / "panel.csv")
    assert rows(told, "parties").iloc[0]["level"] == "strong"


def test_another_file_of_an_ndc_is_used_and_named(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", {"KEN_pdf": "moderate"})
    (tmp_path / "documents.csv").write_text(
        "file,sha256,document,iso3,language,kind,submission_date\n"
        f"html/KEN.html,unread,KEN_2022,KEN,en,html,2020-12-28\n"
        f"pdf/KEN.pdf,{digest('KEN_pdf')},KEN_2022,KEN,fr,pdf,2020-12-28\n",
        encoding="utf-8",
    )
    (tmp_path / "panel.csv").write_text(
        "round,iso3,document,english_text\n2022,KEN,KEN_2022,html/KEN.html\n", encoding="utf-8"
    )
    told = trend([run], tmp_path / "panel.csv")
    assert rows(told, "parties").iloc[0]["level"] == "moderate"
    assert "KEN (PDF in fr)" in " ".join(told.table("coverage").notes)


def test_a_run_without_a_file_is_refused(tmp_path: Path) -> None:
    run, panel = small(tmp_path, {"KEN_2022": "strong"})
    (run / "estimation.csv").unlink()
    with pytest.raises(PathMissing, match=r"estimation\.csv is missing"):
        trend([run], panel)


def test_unsound_runs_are_refused(tmp_path: Path) -> None:
    run, panel = small(tmp_path, {"KEN_2022": "strong"})
    with pytest.raises(PathMissing):
        trend([tmp_path / "nowhere"], panel)
    (run / "run.json").write_text("{}", encoding="utf-8")
    with pytest.raises(PanelInvalid, match="which model"):
        trend([run], panel)


def test_an_unsound_estimation_table_is_refused(tmp_path: Path) -> None:
    run, panel = small(tmp_path, {"KEN_2022": "strong"})
    text = (run / "estimation.csv").read_text(encoding="utf-8")
    (run / "estimation.csv").write_text(
        text.replace("strong,", "mighty,", 1).replace("\n", "\n", 1), encoding="utf-8"
    )
    with pytest.raises(PanelInvalid, match="damaged"):
        trend([run], panel)
    (run / "estimation.csv").write_text("sha256\nx\n", encoding="utf-8")
    with pytest.raises(PanelInvalid, match="damaged"):
        trend([run], panel)


def test_rounds_and_years_exclude_each_other(world: tuple[Path, Path, Path]) -> None:
    run, panel, _ = world
    with pytest.raises(UsageError, match="cannot be combined"):
        trend([run], panel, rounds=["2022"], years=[2022])


def test_one_round_alone(world: tuple[Path, Path, Path]) -> None:
    run, panel, annotations = world
    told = trend([run], panel, annotations=annotations, rounds=["2022"])
    assert set(told.table("levels").frame["round"]) == {"2022"}
    assert told.table("change").frame.empty
    assert told.table("transitions").frame.empty
    assert (
        rows(told, "levels", estimate="anchored")["share"].notna().all()
    )  # the reference round is the panel's


def test_the_first_coder_counts_and_an_adjudicated_level_before_all(tmp_path: Path) -> None:
    (tmp_path / "levels.csv").write_text(
        "document,coder,level,inclusion_probability,adjudicates\n"
        "KEN_2022,B,low,0.5,\nKEN_2022,A,moderate,0.5,\n"
        "RWA_2022,A,low,0.5,\nRWA_2022,Z,strong,0.5,A;B\n",
        encoding="utf-8",
    )
    labels = load_labels(tmp_path)
    assert labels.by_document["KEN_2022"].level == 1
    assert labels.by_document["RWA_2022"].level == 2


@pytest.mark.parametrize(
    "row", ["KEN_2022,A,mighty,0.5", "KEN_2022,A,low,1.5", "KEN_2022,A,low,0", "KEN_2022,A,low,x"]
)
def test_unsound_labels_are_refused_by_row(tmp_path: Path, row: str) -> None:
    text = f"document,coder,level,inclusion_probability\n{row}\n"
    (tmp_path / "levels.csv").write_text(text, encoding="utf-8")
    with pytest.raises(AnnotationsInvalid, match="row 2"):
        load_labels(tmp_path)


def test_labels_are_found_by_the_hash_of_a_file(tmp_path: Path) -> None:
    names = [f"{code}_2022" for code in CODES[:40]]
    run, panel = small(tmp_path, dict.fromkeys(names, "low"))
    frame = pd.DataFrame(
        {"document": [f"own{i}" for i in range(40)], "coder": "A", "level": "strong",
         "inclusion_probability": 1.0, "sha256": [digest(name) for name in names]}
    )  # fmt: skip
    frame.to_csv(tmp_path / "levels.csv", index=False)
    told = trend([run], panel, annotations=tmp_path)
    assert share(told, basis="documents", estimate="corrected", level="strong") == 1.0


def test_write_labels_round_trip(tmp_path: Path) -> None:
    folder = write_labels(tmp_path / "labels", {"KEN_2022": "strong"}, probability=None)
    assert load_labels(folder).by_document["KEN_2022"].level == 2


def test_over_many_rounds_change_is_given_for_neighbours_and_the_ends(tmp_path: Path) -> None:
    rounds = ("2018", "2019", "2020", "2021")
    names = {f"{code}_{round_}": "low" for round_ in rounds for code in CODES[:5]}
    run = write_run(tmp_path / "run", names)
    panel = write_panel(tmp_path / "panel.csv", [(name[4:], name[:3], name) for name in names])
    change = trend([run], panel).table("change").frame
    assert list(dict.fromkeys(zip(change["from_round"], change["to_round"], strict=True))) == [
        ("2018", "2019"),
        ("2019", "2020"),
        ("2020", "2021"),
        ("2018", "2021"),
    ]


def test_britain_is_paired_with_the_union_that_it_left(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", {"EUU_2016-17": "low", "EUU_2022": "low", "GBR_2022": "strong"})
    standings = [
        ("2016-17", "EUU", "EUU_2016-17"), ("2022", "EUU", "EUU_2022"), ("2022", "GBR", "GBR_2022"),
    ]  # fmt: skip
    panel = load_panel(write_panel(tmp_path / "panel.csv", standings))
    matched = match(panel, load_results([run]), NO_LABELS)
    first, second = paired(matched, "2016-17", "2022", "Parties")
    assert (first.weight.tolist(), second.weight.tolist()) == ([29], [28, 1])
    assert second.unit == ("EUU", "GBR")
    first, second = paired(matched, "2016-17", "2022", "documents")
    assert (first.unit, second.unit) == (("EUU",), ("EUU",))


def test_differences_to_the_published_figures_are_explained_once(told: Trend) -> None:
    notes = [note for note in told.table("levels").notes if note.startswith("Difference to the published")]
    (parties,) = [note for note in notes if "at least moderate in 2022" in note]
    levels = {
        estimate: rows(
            told, "levels", round="2022", basis="Parties", level="at least moderate", estimate=estimate
        ).iloc[0]
        for estimate in ("count", "corrected", "published")
    }
    values = {estimate: row["share"] for estimate, row in levels.items()}
    assert f"count {points(values['count'] - values['published'])} points" in parties
    errors = points(values["count"] - values["corrected"])
    assert f"Of the count's difference, {errors} points are due to errors of classification" in parties
    assert "NDC alone decides 34.1 points" in parties
    outside, within = (
        parties.partition(f"The published figure is {where} the 95% interval of ")[2].partition(".")[0]
        for where in ("outside", "within")
    )
    for estimate in ("count", "corrected"):
        inside = levels[estimate]["low"] <= values["published"] <= levels[estimate]["high"]
        assert estimate in (within if inside else outside)
    assert not any(
        "from the published figure" in note.lower()
        for section in sections_of(told)
        for table in section.tables
        for note in table.notes
    )
