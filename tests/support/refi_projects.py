"""REFI-QDA projects in tests: what is in one, and how other programs save it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET  # of files that were written here

P = "{urn:QDA-XML:project:1.0}"
Change = Callable[[ET.Element, dict[str, bytes]], None]


def project_of(path: Path) -> tuple[ET.Element, dict[str, str]]:
    """The XML of a project, and the texts of its sources by GUID."""
    archive = zipfile.ZipFile(path)
    sources = {
        Path(name).stem: archive.read(name).decode("utf-8")
        for name in archive.namelist()
        if name.startswith("sources/")
    }
    return ET.fromstring(archive.read("project.qde")), sources  # noqa: S314


def rewritten(path: Path, change: Change, *, keep_note: bool = False) -> Path:
    """A project as another program saves it: without the note, and with what `change` does to its XML and texts."""
    archive = zipfile.ZipFile(path)
    root = ET.fromstring(archive.read("project.qde"))  # noqa: S314
    if not keep_note:
        root.remove(next(root.iter(f"{P}Notes")))
    texts = {name: archive.read(name) for name in archive.namelist() if name != "project.qde"}
    change(root, texts)
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("project.qde", ET.tostring(root))
        for name, data in texts.items():
            out.writestr(name, data)
    return path


def as_qualcoder(root: ET.Element, texts: dict[str, bytes]) -> None:
    """As QualCoder saves a project: a selection for each code, named by its whole text, users in alphabetical order."""
    root.set("origin", "QualCoder 4.0 Beta")
    users = next(root.iter(f"{P}Users"))
    users[:] = sorted(users, key=lambda user: user.get("name", ""))
    for source in root.iter(f"{P}TextSource"):
        text = texts[f"sources/{source.get('guid')}.txt"].decode()
        for selection in list(source.iter(f"{P}PlainTextSelection")):
            at = list(source).index(selection)
            source.remove(selection)
            start, end = int(selection.get("startPosition", "")), int(selection.get("endPosition", ""))
            for coding in list(selection.iter(f"{P}Coding")):
                alone = ET.Element(selection.tag, {**selection.attrib, "name": text[start:end]})
                alone.extend(child for child in selection if child.tag == f"{P}Description")
                alone.append(coding)
                source.insert(at, alone)


def guid_of_user(root: ET.Element, name: str) -> str:
    """The GUID of a user, who is added where there is none of the name."""
    users = next(root.iter(f"{P}Users"))
    for user in users:
        if user.get("name") == name:
            return user.get("guid", "")
    guid = f"11111111-1111-1111-1111-{len(users):012}"
    ET.SubElement(users, f"{P}User", guid=guid, name=name)
    return guid


def shifted(root: ET.Element, texts: dict[str, bytes]) -> None:
    """As a program saves a project that counts UTF-16 units and does not say what was selected."""
    for source in root.iter(f"{P}TextSource"):
        text = texts[f"sources/{source.get('guid')}.txt"].decode()
        for selection in source.iter(f"{P}PlainTextSelection"):
            selection.attrib.pop("name")
            for end in ("startPosition", "endPosition"):
                before = text[: int(selection.get(end, ""))]
                selection.set(end, str(len(before.encode("utf-16-le")) // 2))


def add_variable(root: ET.Element, name: str, value: str) -> None:
    """A variable of the first source."""
    variables = root.find(f"{P}Variables")
    if variables is None:
        variables = ET.SubElement(root, f"{P}Variables")
    ET.SubElement(variables, f"{P}Variable", guid=f"new {name}", name=name, typeOfVariable="Text")
    given = ET.SubElement(next(root.iter(f"{P}TextSource")), f"{P}VariableValue")
    ET.SubElement(given, f"{P}VariableRef", targetGUID=f"new {name}")
    ET.SubElement(given, f"{P}TextValue").text = value


def add_coding(
    root: ET.Element,
    span: tuple[int, int],
    code: str,
    user: str,
    *,
    text: str | None = None,
    memo: str = "",
    timestamp: str = "2026-09-02T10:00:00Z",
) -> None:
    """A coding by a user on the first source; `text` is what the program says was selected."""
    guids = {str(each.get("name")): str(each.get("guid")) for each in root.iter(f"{P}Code")}
    source = next(root.iter(f"{P}TextSource"))
    by = {"creatingUser": guid_of_user(root, user), "creationDateTime": timestamp}
    guid = f"22222222-2222-2222-2222-{len(source):012}"
    selection = ET.Element(
        f"{P}PlainTextSelection", guid=guid, startPosition=str(span[0]), endPosition=str(span[1]), **by
    )
    if text is not None:
        selection.set("name", text)
    if memo:
        ET.SubElement(selection, f"{P}Description").text = memo
    if code:
        coding = ET.SubElement(selection, f"{P}Coding", guid=guid.replace("2", "3"), **by)
        ET.SubElement(coding, f"{P}CodeRef", targetGUID=guids[code])
    source.insert(1, selection)
