"""Make an SVG plain: of a stranger's drawing only what a logo needs is kept, and written anew.

What is kept is a list, so that whatever SVG has or will have besides is left out or refused:
scripts, pictures and styles from elsewhere, filters, patterns, and elements that are drawn many
times. Names are those of SVG 1.1, https://www.w3.org/TR/SVG11/.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, ParseError, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

#: elements inside one another; each may be a layer, as large as the whole picture
_MOST_DEPTH = 32
_MOST_ELEMENTS = 10_000
_MOST_LAYERS = 500
_LONGEST_VALUE = 200_000
_MOST_DASHES = 32
#: how many times wider than high, or higher than wide
_MOST_SHAPE = 100

_SVG = "http://www.w3.org/2000/svg"
_TEXTS = {"text", "tspan"}
_GRADIENTS = {"linearGradient", "radialGradient"}
_SHAPES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
_ELEMENTS = {"svg", "g", "defs", "stop", "clipPath", "mask"} | _SHAPES | _TEXTS | _GRADIENTS
#: they draw nothing
_LEFT_OUT = {"title", "desc", "metadata"}
_STYLE_NAMES = """
clip-path clip-rule color display fill fill-opacity fill-rule font-family font-size font-style
font-weight letter-spacing mask opacity stop-color stop-opacity stroke stroke-dasharray
stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width
text-anchor visibility word-spacing
"""
_ATTRIBUTE_NAMES = """
clipPathUnits cx cy d dx dy fx fy gradientTransform gradientUnits height id maskContentUnits
maskUnits offset points preserveAspectRatio r rx ry spreadMethod transform viewBox width x x1 x2 y
y1 y2
"""
_STYLES = frozenset(_STYLE_NAMES.split())
_ATTRIBUTES = _STYLES | frozenset(_ATTRIBUTE_NAMES.split())
_LAYERS = {"clip-path", "mask", "opacity"}
_LINK = "href"
_NUMBER = r"\+?\d{0,12}\.?\d{1,12}(?:[eE][+-]?\d{1,2})?"
_ANY = r"[-+.\deE]+"
_BOX = re.compile(rf"\s*{_ANY}[\s,]+{_ANY}[\s,]+(?P<width>{_NUMBER})[\s,]+(?P<height>{_NUMBER})\s*")
#: in one unit
_SIDES = re.compile(
    rf"\s*(?P<width>{_NUMBER})(?P<unit>[a-z]{{0,2}}|%)\s+(?P<height>{_NUMBER})(?P=unit)\s*"
)
_OWN_ID = re.compile(r"#[\w.:-]+")
_ADDRESS = re.compile(r"url\(\s*['\"]?(?!['\"]?#)[^)]{0,40}|\\|@import", re.IGNORECASE)


class NotPlainError(ValueError):
    """A drawing that holds what is not kept, or more of it than a logo needs.

    Attributes:
        what: the words of the drawing that are refused.
    """

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def plain_svg(text: str) -> str:
    """Return a drawing with nothing in it but shapes, texts, colours and gradients.

    Attributes and elements that draw nothing, such as an editor's own, are left out.

    Raises:
        NotPlainError: it holds more.
        ValueError: it is no SVG.
    """
    try:
        root = fromstring(text, forbid_dtd=True)
    except DefusedXmlException:
        raise NotPlainError("<!DOCTYPE") from None
    except ParseError as fault:
        raise ValueError(str(fault)) from None
    if _name_of(root) != "svg":
        raise ValueError("there is no drawing in it")
    plain = _PlainDrawing().of(root)
    _bound_shape(plain)
    plain.set("xmlns", _SVG)
    return tostring(plain, encoding="unicode")


def _bound_shape(root: Element) -> None:
    """Let a drawing say its shape in one way, and refuse one that is hardly more than a line.

    Libraries make a picture as high as its shape asks for when it is a pixel wide.
    """
    if "viewBox" in root.attrib:
        root.attrib.pop("width", None)
        root.attrib.pop("height", None)
        sides = _BOX.fullmatch(root.attrib["viewBox"])
    elif {"width", "height"} & root.attrib.keys():
        sides = _SIDES.fullmatch(f"{root.get('width')} {root.get('height')}")
    else:
        root.set("viewBox", "0 0 100 100")
        return
    width, height = (float(sides["width"]), float(sides["height"])) if sides else (0.0, 0.0)
    if not 0 < width <= height * _MOST_SHAPE or not 0 < height <= width * _MOST_SHAPE:
        raise NotPlainError("viewBox, width, height")


class _PlainDrawing:
    """Copies a drawing and counts what it copies."""

    def __init__(self) -> None:
        self._elements = self._layers = 0

    def of(self, element: Element, depth: int = 1) -> Element:
        """Return an element of SVG with what is kept of it."""
        self._count(depth)
        name = element.tag.rpartition("}")[2]
        kept = Element(name, self._attributes(element, name))
        kept.text, kept.tail = (element.text, element.tail) if name in _TEXTS else (None, None)
        for child in element:
            if _is_drawn(child):
                kept.append(self.of(child, depth + 1))
        return kept

    def _count(self, depth: int) -> None:
        self._elements += 1
        if depth > _MOST_DEPTH:
            raise NotPlainError(f"> {_MOST_DEPTH} < < <")
        if self._elements > _MOST_ELEMENTS:
            raise NotPlainError(f"> {_MOST_ELEMENTS} <…>")

    def _attributes(self, element: Element, name: str) -> dict[str, str]:
        kept: dict[str, str] = {}
        for full_name, value in element.attrib.items():
            attribute = full_name.rpartition("}")[2]
            _refuse_dangerous(attribute, value, name)
            if attribute == "style":
                kept |= _styles(value)
            elif attribute in _ATTRIBUTES or attribute == _LINK:
                kept[attribute] = value
        self._layers += len(_LAYERS & kept.keys())
        if self._layers > _MOST_LAYERS:
            raise NotPlainError(f"> {_MOST_LAYERS} opacity, mask, clip-path")
        return kept


def _name_of(element: Element) -> str | None:
    """Return the name of an element of SVG; None for one of another vocabulary, or a comment."""
    if not isinstance(element.tag, str):
        return None
    namespace, _end, name = element.tag.rpartition("}")
    return name if namespace in ("", "{" + _SVG) else None


def _is_drawn(element: Element) -> bool:
    name = _name_of(element)
    if name is None or name in _LEFT_OUT:
        return False
    if name not in _ELEMENTS:
        raise NotPlainError(f"<{name[:40]}")
    return True


def _refuse_dangerous(attribute: str, value: str, element: str) -> None:
    if attribute.lower().startswith("on"):
        raise NotPlainError(f"{attribute[:40]}=")
    if len(value) > _LONGEST_VALUE:
        raise NotPlainError(f"{attribute[:40]}=… > {_LONGEST_VALUE}")
    if found := _ADDRESS.search(value):
        raise NotPlainError(found.group())
    if attribute == "stroke-dasharray" and len(value.split()) + value.count(",") > _MOST_DASHES:
        raise NotPlainError(attribute)
    if attribute == _LINK and not (element in _GRADIENTS and _OWN_ID.fullmatch(value)):
        raise NotPlainError(f"{_LINK}={value[:40]}")


def _styles(text: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in text.split(";"))
    named = {name.strip().lower(): value.strip() for name, _colon, value in pairs}
    for name, value in named.items():
        _refuse_dangerous(name, value, "")
    return {name: value for name, value in named.items() if name in _STYLES}
