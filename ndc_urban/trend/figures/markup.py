"""SVG for screen readers and for pages with several figures: a description, and ids that are unique."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

_SVG = "http://www.w3.org/2000/svg"
_LINK = "{http://www.w3.org/1999/xlink}href"
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_FALLBACKS = "'DejaVu Sans', Verdana, Helvetica, Arial, sans-serif"
"""Verdana is about as wide as DejaVu Sans and the others are narrower, so no label becomes too wide."""
_FONT = re.compile(r"'DejaVu Sans'(, [^;\"]+)?")


def accessible(svg: bytes, name: str, title: str, description: str, tips: Mapping[str, str]) -> bytes:
    """The SVG with a title and a description for screen readers, and `name` before every id.

    `tips` maps ids of parts to their tooltips.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, load_dtd=False)
    root = etree.fromstring(svg, parser)
    for metadata in root.findall(f"{{{_SVG}}}metadata"):
        root.remove(metadata)
    for element in [each for each in root.iter(etree.Element) if each.get("id") in tips]:
        _put_first(element, "title", tips[element.attrib["id"]])
    for element in root.iter(etree.Element):
        _prefix(element, name)
    _put_first(root, "desc", description).set("id", f"{name}-desc")
    _put_first(root, "title", title).set("id", f"{name}-title")
    for attribute in ("width", "height"):  # pixels instead of points: some programs read no other unit
        root.set(attribute, f"{float(root.attrib[attribute].removesuffix('pt')) * 96 / 72:.0f}")
    root.set("role", "img")
    root.set("aria-labelledby", f"{name}-title {name}-desc")
    root.set("lang", "en")
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def inline(svg: bytes) -> str:
    """The SVG as part of a page: without declaration, as wide as the page."""
    root = etree.fromstring(svg)
    for attribute in ("width", "height"):
        root.attrib.pop(attribute, None)
    return etree.tostring(root, encoding="unicode")


def _put_first(element: etree._Element, tag: str, words: str) -> etree._Element:
    child = etree.Element(f"{{{_SVG}}}{tag}")
    child.text = words
    element.insert(0, child)
    return child


def _prefix(element: etree._Element, name: str) -> None:
    for attribute, value in element.attrib.items():
        if attribute == "id":
            element.set(attribute, f"{name}-{value}")
        elif attribute == _LINK and value.startswith("#"):
            element.set(attribute, f"#{name}-{value[1:]}")
        else:
            with_names = _REFERENCE.sub(rf"url(#{name}-\1)", value)
            element.set(attribute, _FONT.sub(_FALLBACKS, with_names) if attribute == "style" else with_names)
