"""Takes out of a page what nobody sees in a browser, and names what the page shows of other files.

Text is hidden by `hidden`, by styles (`display: none`, `visibility: hidden`, letters of no size, places far outside
the page and so on), in a closed dialog, and in the options of a list that are not chosen. What only a screen reader
leaves out (`aria-hidden`) is not hidden. Styles that hide the whole page are ignored: a script shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ndc_urban.reading.html_styles import Declarations, StyleSheet, style_sheet

if TYPE_CHECKING:
    from lxml.html import HtmlElement

NEVER_SHOWN = frozenset(
    "head script style noscript noframes template iframe frame object embed img video audio canvas map datalist "
    "annotation annotation-xml metadata defs symbol clippath mask pattern marker".split()
)
"""Elements whose text is a program, a setting, a part of a drawing (SVG) kept for use elsewhere, or shown only where
something else fails.
"""

_DRAWN = frozenset({"svg", "g", "text", "tspan", "textpath", "switch", "foreignobject"})
"""Elements of drawings that hold text; their attributes may say what styles say (SVG 2, presentation attributes)."""

_DRAWN_GROUPS = frozenset({"svg", "g", "switch"})
"""Of these those that show no text of their own, only what is in other elements inside."""

_DRAWN_PROPERTIES = ("display", "visibility", "opacity", "font-size")

FAR_OUTSIDE = -500
"""Pixels to the left of the page or above it; pages move text by -999 or -9999 to hide it, by less to arrange it."""

MAX_INVISIBLE_SIZE = 1
"""Pixels or points of letters that nobody can read; the smallest print has five."""

MAX_NAMED_FRAMES = 5
"""In a note; a page with more is an index of files, and the first ones show which."""

MAX_NAME = 100
"""Characters of an address in a note: the host and the start of a path, on one line of a terminal. Chosen by eye."""

_PROPERTIES = frozenset(
    "display visibility font-size opacity color position left top right text-indent clip clip-path width height "
    "max-height max-width overflow content-visibility transform".split()
)
_LENGTH = re.compile(r"(-?\d*\.?\d+)(px|pt|em|rem|%|in|cm|mm)?")
_CLIPPED = re.compile(r"rect\(\s*([01](?:px)?[\s,]+){3}[01](?:px)?\s*\)")
_SCALED_AWAY = re.compile(r"scale[xy]?\(\s*0+(?:\.0*)?\s*[,)]")
_CIRCLED = re.compile(r"circle\(\s*0(?:px|%)?[\s)]")
_TEXT_INPUTS = frozenset({"", "text", "number", "date", "email", "url", "tel"})
_FRAMED = {"iframe": "src", "frame": "src", "object": "data", "embed": "src"}
_TRACKER_SIZES = frozenset({"0", "1"})
"""Width or height of frames that count visitors."""

_NOT_A_FILE = ("about:", "javascript:", "data:", "blob:")
_SHOWN_AS_DOCUMENT = re.compile(r"\.(?:[sx]?html?|aspx?|php|pdf|txt|docx?)(?:[?#]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Inherited:
    """What an element hands down to those inside: whether their text shows unless they say otherwise."""

    is_invisible: bool = False
    has_no_size: bool = False
    is_transparent: bool = False

    @property
    def shows_text(self) -> bool:
        return not (self.is_invisible or self.has_no_size or self.is_transparent)

    def inside(self, declared: Declarations) -> _Inherited:
        """As an element with these declarations hands it down."""
        visibility, size, color = (declared.get(name) for name in ("visibility", "font-size", "color"))
        return _Inherited(
            self.is_invisible if visibility in (None, "inherit") else visibility in ("hidden", "collapse"),
            self.has_no_size if size in (None, "inherit") else _is_no_size(size or ""),
            self.is_transparent if color in (None, "inherit") else color == "transparent",
        )


def without_hidden_text(root: HtmlElement) -> int:
    """Takes the hidden text out of a page; returns how many characters it had."""
    styles = style_sheet(root, _PROPERTIES)
    hidden = 0
    stack: list[tuple[HtmlElement, _Inherited]] = [(root, _Inherited())]
    while stack:
        element, around = stack.pop()
        is_page = element.tag in ("html", "body")
        declared = {} if is_page else _declared(element, styles)
        if not is_page and _is_taken_out(element, declared):
            hidden += _characters(element)
            element.drop_tree()
            continue
        if element.tag in NEVER_SHOWN:
            continue
        look = around.inside(declared)
        if not look.shows_text:
            hidden += _blank(element)
        if element.tag in _DRAWN:
            _take_names(element)
        if element.tag in _DRAWN_GROUPS:
            hidden += _blank(element)
        if element.tag == "select":
            hidden += _close(element)
        _show_value(element)
        stack.extend((child, look) for child in element if isinstance(child.tag, str))
    return hidden


def _declared(element: HtmlElement, styles: StyleSheet) -> Declarations:
    declared = styles.declared(element)
    if element.tag not in _DRAWN:
        return declared
    attributes = {name: value for name in _DRAWN_PROPERTIES if (value := element.get(name))}
    if element.tag == "svg" and "0" in (element.get("width"), element.get("height")):
        attributes["display"] = "none"  # drawings of no size hold shapes for others
    return {**attributes, **declared} if attributes else declared


def _is_taken_out(element: HtmlElement, declared: Declarations) -> bool:
    display = declared.get("display")
    if display is not None:
        if display == "none":
            return True
    elif element.get("hidden") is not None or (element.tag == "dialog" and element.get("open") is None):
        return True
    return _is_nothing(declared) or _is_outside(declared)


def _is_nothing(declared: Declarations) -> bool:
    """Whether an element is fully transparent, or has no room for what is in it."""
    if _number(declared.get("opacity", "")) == 0 or declared.get("content-visibility") == "hidden":
        return True
    if _SCALED_AWAY.match(declared.get("transform", "")) or _CIRCLED.match(declared.get("clip-path", "")):
        return True
    sides = ("height", "max-height", "width", "max-width")
    has_no_room = any(_number(declared.get(name, "")) == 0 for name in sides)
    return has_no_room and declared.get("overflow") in ("hidden", "clip")


def _is_outside(declared: Declarations) -> bool:
    """Whether an element is moved off the page, or cut down to a point."""
    if _is_far(declared.get("text-indent", "")):
        return True
    if declared.get("position") not in ("absolute", "fixed"):
        return False
    is_clipped = _CLIPPED.fullmatch(declared.get("clip", "")) or declared.get("clip-path") in (
        "inset(50%)",
        "inset(100%)",
    )
    return bool(is_clipped) or any(_is_far(declared.get(name, "")) for name in ("left", "top", "right"))


def _is_far(value: str) -> bool:
    match = _LENGTH.fullmatch(value)
    pixels = {
        "em": 16.0,
        "rem": 16.0,
        "in": 96.0,
        "cm": 38.0,
        "mm": 3.8,
        "%": 5.0,
    }  # roughly, of a wide screen
    return match is not None and float(match[1]) * pixels.get(match[2] or "px", 1.0) <= FAR_OUTSIDE


def _is_no_size(value: str) -> bool:
    match = _LENGTH.fullmatch(value)
    if match is None:
        return False
    number = float(match[1])
    return number == 0 or (match[2] in ("px", "pt") and number <= MAX_INVISIBLE_SIZE)


def _number(value: str) -> float | None:
    match = _LENGTH.fullmatch(value)
    return float(match[1]) if match else None


def _take_names(drawing: HtmlElement) -> None:
    """Takes the names and descriptions of a drawing and its parts, which are shown under the mouse at most."""
    for child in list(drawing):
        if child.tag in ("title", "desc"):
            child.drop_tree()


def _close(menu: HtmlElement) -> int:
    """Leaves of a list the option that is shown while it is closed; lists of several lines show all."""
    options = list(menu.iter("option"))
    if not options or menu.get("multiple") is not None or (menu.get("size") or "1") != "1":
        return 0
    chosen = next((each for each in options if each.get("selected") is not None), options[0])
    others = [each for each in options if each is not chosen]
    hidden = sum(map(_characters, others))
    for other in others:
        other.drop_tree()
    return hidden


def _characters(element: HtmlElement) -> int:
    texts = [element.text, *(text for each in element.iterdescendants() for text in _texts(each))]
    return sum(len("".join(text.split())) for text in texts if text and element.tag not in NEVER_SHOWN)


def _texts(element: HtmlElement) -> Iterator[str | None]:
    if element.tag not in NEVER_SHOWN:
        yield element.text
    yield element.tail


def _blank(element: HtmlElement) -> int:
    """Takes the text that stands in an element itself; what is in others inside it may be shown."""
    texts = [element.text, *(child.tail for child in element)]
    element.text = " " if element.text else None
    for child in element:
        child.tail = " " if child.tail else None
    return sum(len("".join(text.split())) for text in texts if text)


def _show_value(element: HtmlElement) -> None:
    """Puts what is filled into a field of a form where a reader finds text."""
    if (
        element.tag == "input"
        and (element.get("type") or "").lower() in _TEXT_INPUTS
        and element.get("value")
    ):
        element.text = f" {' '.join(element.get('value', '').split())} "


def frames_note(root: HtmlElement) -> str | None:
    """Names the files that a page shows in frames, which are not part of its own file; None where there are none."""
    names = list(dict.fromkeys(name for element in root.iter(*_FRAMED) if (name := _framed_file(element))))
    if not names:
        return None
    shown = [name if len(name) <= MAX_NAME else f"{name[:MAX_NAME]}…" for name in names[:MAX_NAMED_FRAMES]]
    more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
    return (
        f"The page shows other files in frames, which are not read with it: {', '.join(shown)}{more}. "
        "Save them and score them as well."
    )


def _framed_file(element: HtmlElement) -> str:
    """The address of the file that a frame shows; empty for pictures, programs and frames without a file."""
    address = " ".join((element.get(_FRAMED[str(element.tag)]) or "").split())
    if not address or address.lower().startswith(_NOT_A_FILE):
        return ""
    if _TRACKER_SIZES & {element.get("width"), element.get("height")}:
        return ""
    if any(str(around.tag) in ("noscript", "template") for around in element.iterancestors()):
        return ""
    if element.tag in ("object", "embed") and not _SHOWN_AS_DOCUMENT.search(address):
        return ""
    return address
