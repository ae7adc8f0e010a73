"""Which declarations of a page's own style sheets apply to an element: as much of CSS as decides what is shown.

Selectors of tags, classes, ids and simple attributes are understood, also inside each other and as children; rules with
other selectors (`:hover`, `::before`, siblings) are ignored, as are those for print and for narrow screens. Style
sheets in other files are not loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_STYLE_SHEET = 1_000_000
"""Characters of all style sheets of a page together; the largest libraries of styles have a third of it."""

MAX_RULES = 5_000
"""Rules that may hide something; a page has some dozens."""

Declarations = Mapping[str, str]

_BRACES = re.compile(r"[{}]")
_DECLARATION = re.compile(r"\s*([a-z-]+)\s*:\s*(.*?)\s*(!\s*important)?\s*", re.IGNORECASE | re.DOTALL)
_COMBINATOR = re.compile(r"\s*>\s*|\s+")
_COMPOUND = re.compile(
    r"(\*|[a-z][\w-]*)?((?:[.#][\w-]+|\[[\w-]+(?:=[\"']?[\w-]*[\"']?)?\])*)", re.IGNORECASE
)
_PART = re.compile(r"([.#])([\w-]+)|\[([\w-]+)(?:=[\"']?([\w-]*)[\"']?)?\]")
_ENTERED = ("@media", "@supports", "@layer")

_OF_ATTRIBUTE = (1_000, 0, 0)
"""Specificity of a style attribute: must be greater than that of any selector."""

_Weight = tuple[int, tuple[int, int, int]]
"""Whether declared important, then the specificity (ids, classes and attributes, tags)."""


@dataclass(frozen=True, slots=True)
class _Compound:
    """A selector of one element."""

    tag: str
    ids: tuple[str, ...]
    classes: tuple[str, ...]
    attributes: tuple[tuple[str, str | None], ...]

    @property
    def key(self) -> str:
        """The name under which rules are looked up that end in this selector."""
        if self.ids:
            return f"#{self.ids[0]}"
        return f".{self.classes[0]}" if self.classes else self.tag or "*"

    def matches(self, element: HtmlElement) -> bool:
        if self.tag and self.tag != element.tag:
            return False
        if any(element.get("id") != each for each in self.ids):
            return False
        if self.classes and not set(self.classes) <= set((element.get("class") or "").split()):
            return False
        return all(
            element.get(name) is not None and value in (None, element.get(name))
            for name, value in self.attributes
        )


@dataclass(frozen=True, slots=True)
class _Rule:
    """A selector, from its last compound to its first, and what is declared for the elements that it selects.

    `is_child` says of each compound but the last whether it must be the parent of the one before it in the list.
    """

    compounds: tuple[_Compound, ...]
    is_child: tuple[bool, ...]
    declarations: tuple[tuple[str, str, bool], ...]

    @property
    def specificity(self) -> tuple[int, int, int]:
        ids = sum(len(each.ids) for each in self.compounds)
        classes = sum(len(each.classes) + len(each.attributes) for each in self.compounds)
        return ids, classes, sum(bool(each.tag) for each in self.compounds)

    def matches(self, element: HtmlElement) -> bool:
        return self.compounds[0].matches(element) and self._around(element, 1)

    def _around(self, element: HtmlElement, at: int) -> bool:
        """Whether what is around the element matches the compounds from `at` on."""
        if at == len(self.compounds):
            return True
        for ancestor in element.iterancestors():
            if self.compounds[at].matches(ancestor) and self._around(ancestor, at + 1):
                return True
            if self.is_child[at - 1]:
                return False
        return False


@dataclass(frozen=True)
class StyleSheet:
    """The rules of a page, by the key of their last selector, each with its place in the order of rules."""

    rules: Mapping[str, tuple[tuple[int, _Rule], ...]]

    def declared(self, element: HtmlElement) -> Declarations:
        """What is declared for an element, the declaration that wins for each property."""
        weights: dict[str, tuple[_Weight, int]] = {}
        found: dict[str, str] = {}
        for order, rule in self._candidates(element):
            if rule.matches(element):
                _add(found, weights, rule.declarations, rule.specificity, order)
        inline = element.get("style")
        if inline:
            _add(found, weights, tuple(_declarations(inline)), _OF_ATTRIBUTE, 0)
        return found

    def _candidates(self, element: HtmlElement) -> Iterator[tuple[int, _Rule]]:
        if not self.rules:
            return
        keys = [str(element.tag), "*", f"#{element.get('id')}"]
        keys.extend(f".{name}" for name in (element.get("class") or "").split())
        for key in dict.fromkeys(keys):
            yield from self.rules.get(key, ())


def style_sheet(root: HtmlElement, properties: frozenset[str]) -> StyleSheet:
    """The style sheets in a page, as far as they declare one of `properties`."""
    css = "\n".join(style.text or "" for style in root.iter("style") if _applies(style.get("media", "")))
    rules: dict[str, list[tuple[int, _Rule]]] = {}
    for order, rule in enumerate(_rules(_without_comments(css[:MAX_STYLE_SHEET]), properties)):
        if order == MAX_RULES:
            break
        rules.setdefault(rule.compounds[0].key, []).append((order, rule))
    return StyleSheet({key: tuple(each) for key, each in rules.items()})


def _add(
    found: dict[str, str],
    weights: dict[str, tuple[_Weight, int]],
    declarations: tuple[tuple[str, str, bool], ...],
    specificity: tuple[int, int, int],
    order: int,
) -> None:
    for name, value, important in declarations:
        weight = ((int(important), specificity), order)
        if name not in weights or weight >= weights[name]:
            weights[name], found[name] = weight, value


def _without_comments(css: str) -> str:
    first, *others = css.split("/*")
    return first + "".join(each.partition("*/")[2] for each in others)


def _applies(media: str) -> bool:
    """Whether a media query holds on the screen of a computer."""
    query = media.lower()
    if "print" in query and "screen" not in query:
        return False
    return not any(word in query for word in ("max-", "prefers", "not ", "speech", "orientation"))


def _rules(css: str, properties: frozenset[str]) -> Iterator[_Rule]:
    """The rules in order, one for each selector, those of blocks that apply included."""
    at = 0
    while (opening := css.find("{", at)) >= 0:
        head = re.split(r"[;}]", css[at:opening])[-1].strip()
        if head.startswith(_ENTERED) and _applies(head):
            at = opening + 1
        elif head.startswith("@"):
            at = _end_of_block(css, opening)
        else:
            closing = css.find("}", opening)
            closing = closing if closing >= 0 else len(css)
            declarations = tuple(
                each for each in _declarations(css[opening + 1 : closing]) if each[0] in properties
            )
            if declarations:
                yield from _selected(head, declarations)
            at = closing + 1


def _end_of_block(css: str, opening: int) -> int:
    depth = 0
    for brace in _BRACES.finditer(css, opening):
        depth += 1 if brace.group() == "{" else -1
        if not depth:
            return brace.end()
    return len(css)


def _declarations(text: str) -> Iterator[tuple[str, str, bool]]:
    """Name, value and whether it is important, in lower case."""
    for part in text.split(";"):
        match = _DECLARATION.fullmatch(part)
        if match:
            yield match[1].lower(), match[2].lower(), match[3] is not None


def _selected(head: str, declarations: tuple[tuple[str, str, bool], ...]) -> Iterator[_Rule]:
    for selector in head.split(","):
        texts = _COMBINATOR.split(selector.strip())
        matches = [_COMPOUND.fullmatch(text) for text in texts]
        if not all(match and match.group() for match in matches):
            continue
        compounds = [_compound(match) for match in matches if match]
        children = [">" in each for each in _COMBINATOR.findall(selector.strip())]
        yield _Rule(tuple(reversed(compounds)), tuple(reversed(children)), declarations)


def _compound(match: re.Match[str]) -> _Compound:
    parts = list(_PART.finditer(match[2]))
    return _Compound(
        tag="" if match[1] in (None, "*") else match[1].lower(),
        ids=tuple(part[2] for part in parts if part[1] == "#"),
        classes=tuple(part[2] for part in parts if part[1] == "."),
        attributes=tuple((part[3].lower(), part[4]) for part in parts if part[3]),
    )
