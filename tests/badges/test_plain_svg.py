"""Of a stranger's drawing only shapes, texts, colours and gradients are kept."""

from __future__ import annotations

import pytest

from badges.plain_svg import NotPlainError, plain_svg

_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {}>{}</svg>'
)


def svg(inside: str, attributes: str = "") -> str:
    return _SVG.format(attributes, inside)


def test_what_draws_is_kept_and_what_an_editor_adds_is_left_out():
    text = svg(
        '<title>T</title><metadata><x:rdf xmlns:x="http://example.org/rdf"/></metadata><!-- c -->'
        '<x:view xmlns:x="http://www.inkscape.org/namespaces/inkscape"/>'
        '<linearGradient id="a"><stop offset="0" style="stop-color:#fff;-inkscape-x:1"/>'
        '</linearGradient><linearGradient id="b" xlink:href="#a"/>'
        '<g class="k" data-name="Layer 1"><path d="M0 0L9 9" fill="url(#b)" style="stroke: red"/>'
        "<text x='1'>Élu <tspan>2</tspan>!</text></g>",
        'viewBox="0 0 9 9" version="1.1"',
    )

    assert plain_svg(text) == (
        '<svg viewBox="0 0 9 9" xmlns="http://www.w3.org/2000/svg">'
        '<linearGradient id="a"><stop offset="0" stop-color="#fff" /></linearGradient>'
        '<linearGradient id="b" href="#a" />'
        '<g><path d="M0 0L9 9" fill="url(#b)" stroke="red" />'
        '<text x="1">Élu <tspan>2</tspan>!</text></g></svg>'
    )


REFUSED = {
    "a filter": ('<filter id="f"><feGaussianBlur/></filter>', "<filter"),
    "an element drawn many times": ('<g id="a"/><use href="#a"/>', "<use"),
    "a symbol": ('<symbol id="a"/>', "<symbol"),
    "a pattern": ('<pattern id="p"><rect fill="url(#p)"/></pattern>', "<pattern"),
    "a marker": ('<marker id="m"/>', "<marker"),
    "a picture from elsewhere": ('<image href="file:///etc/passwd"/>', "<image"),
    "a style sheet": ("<style>@import url(http://example.org)</style>", "<style"),
    "a page": ("<foreignObject/>", "<foreignObject"),
    "a script": ("<script>x()</script>", "<script"),
    "an animation": ('<animate attributeName="x"/>', "<animate"),
    "what runs at a click": ('<g onclick="x()"/>', "onclick="),
    "a colour from elsewhere": ('<g fill="url(http://x/a.svg#x)"/>', "url(http://x/a.svg#x"),
    "a style from elsewhere": ("<g style=\"fill: url( '//x/a')\"/>", "url( '//x/a'"),
    "an address in disguise": (r'<g style="fill: \75rl(//x/a)"/>', "\\"),
    "a gradient from elsewhere": (
        '<linearGradient xlink:href="http://x/a.svg#b"/>',
        "href=http://x/a.svg#b",
    ),
    "a link": ('<g xlink:href="#b"/>', "href=#b"),
    "a hundred thousand dashes": (
        f'<path d="M0 0H9" stroke-dasharray="{"1 " * 100_000}"/>',
        "stroke-dasharray",
    ),
    "a path of 250 kB": (f'<path d="M0 0{"L1 1" * 62_500}"/>', "d=… > 200000"),
    "elements inside one another": ("<g>" * 40 + "</g>" * 40, "> 32 < < <"),
    "eleven thousand elements": ("<g/>" * 11_000, "> 10000 <…>"),
    "six hundred layers": ('<g opacity="0.5"/>' * 600, "> 500 opacity, mask, clip-path"),
}


@pytest.mark.parametrize(("inside", "what"), REFUSED.values(), ids=REFUSED)
def test_what_a_drawing_does_not_need_is_refused_by_its_name(inside, what):
    with pytest.raises(NotPlainError) as refused:
        plain_svg(svg(inside))

    assert refused.value.what == what


@pytest.mark.parametrize(
    "text", ['<!DOCTYPE svg SYSTEM "x"><svg/>', '<!DOCTYPE x [<!ENTITY a "b">]><svg>&a;</svg>']
)
def test_a_document_type_is_refused(text):
    with pytest.raises(NotPlainError, match="<!DOCTYPE"):
        plain_svg(text)


@pytest.mark.parametrize("text", ["<svg", "<html><svg/></html>", "", "<svg>&amp</svg>"])
def test_what_is_no_drawing_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - its words are expat's
        plain_svg(text)


@pytest.mark.parametrize(
    "attributes",
    [
        'viewBox="0 0 40 99999999999999999999"',
        'viewBox="0 0 1e9 1"',
        'viewBox="0 0 0 9"',
        'viewBox="0 0 9 -9"',
        'viewBox="none"',
        'width="9" height="1e9"',
        'width="9in" height="9px"',
        'width="9"',
    ],
)
def test_a_shape_of_which_a_picture_would_take_all_memory_is_refused(attributes):
    with pytest.raises(NotPlainError, match="viewBox, width, height"):
        plain_svg(svg("", attributes))


@pytest.mark.parametrize(
    ("attributes", "kept"),
    [
        ('viewBox="-1.5,0 40 30" width="1e9" height="1"', ' viewBox="-1.5,0 40 30"'),
        ('width="40mm" height="30mm"', ' width="40mm" height="30mm"'),
        ("", ' viewBox="0 0 100 100"'),
    ],
)
def test_a_shape_is_said_in_one_way(attributes, kept):
    assert plain_svg(svg("", attributes)) == f'<svg{kept} xmlns="http://www.w3.org/2000/svg" />'
