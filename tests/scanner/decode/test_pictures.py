"""The screen as pictures, without a window."""

import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from scanner.core.scan import Kind, Scan
from scanner.gate.volunteer_requests import Person
from scanner.window.card_lines import lines_of
from scanner.window.drawing import card
from scanner.window.drawing import compose as compose_module
from scanner.window.drawing import text as text_module
from scanner.window.drawing.compose import HEIGHT_PX, STRIP_PX, VIEW, WIDTH_PX, compose
from scanner.window.drawing.recent import LIST_PX, RECENT_PX, ROW_PX
from scanner.window.drawing.shapes import shape
from scanner.window.drawing.text import can_shape, draw_line, draw_paragraph
from scanner.window.form import Field, Option, Purpose, opened
from scanner.window.recent_scans import Card, RecentScans
from scanner.window.state import Screen, Sighting, after, dismissed
from tests.scanner.conftest import ROOT
from tests.scanner.decode.pictures import a_code, scene
from tests.scanner.verdicts import ALREADY, a_verdict

SOMEBODY = Person(1, "Amina Alaoui", "أمينة العلوي", "Salé", None, "confirmed")
CAMERA = np.repeat(scene()[:, :, None], 3, axis=2)


def test_a_line_of_both_scripts_runs_as_its_reader_reads():
    assert text_module._direction("Entré · باب") == "ltr"
    assert text_module._direction("Entré · باب", rtl=True) == "rtl"
    assert text_module._direction("باب") == "rtl"


def contrast(first, second):
    def light(colour):
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    dark, bright = sorted([light(first), light(second)])
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("kind", Kind)
def test_what_is_written_on_every_colour_can_be_read(kind):
    colours = card.COLOURS[kind]

    assert min(contrast(colours.ink, colour) for colour in (colours.card, colours.shade)) > 5


def test_the_scan_page_has_the_same_colours():
    css = (ROOT / "checkin/static/css/scan.css").read_text("utf-8")
    names = {"ok": Kind.ADMITTED}
    rule = r'\[data-kind="(\w+)"\] \{ --kind: (\S+); --kind-shade: (\S+); --on-kind: (\S+); \}'

    of_the_page = {
        Kind(names.get(kind, kind)): card.Colours(*(whole(colour) for colour in colours))
        for kind, *colours in re.findall(rule, css)
        if kind != "unconfirmed"
    }

    assert of_the_page == card.COLOURS


def whole(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    return f"#{digits.upper()}"


HELD = ("word", "name")


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("verdict", [a_verdict(), ALREADY, a_verdict("error", "wrong_event")])
def test_word_and_name_can_be_read_at_two_metres(language, verdict):
    # 16 minutes of arc, ISO 9241-303, are 9.3 mm at 2 m; the smallest screen, of 13.3 inches, is
    # 294 mm wide. Capitals of this font are 0.72 of its size high.
    lines = list(lines_of(Card(verdict, 0), language, "UTC"))

    blocks = card._fitted(lines, 700, VIEW[1] - 16)
    heights_mm = [block.size_px * 0.72 * 294 / WIDTH_PX for block in blocks]

    sizes = dict(zip((line.part for line in lines), heights_mm, strict=True))
    assert min(sizes[part] for part in HELD) > 9.3


def test_the_four_shapes_differ_without_their_colours():
    ink = {kind: np.asarray(shape(kind, 64, "#FFFFFF"))[:, :, 3] > 128 for kind in Kind}

    for one in Kind:
        for other in Kind:
            if one != other:
                assert (ink[one] ^ ink[other]).sum() > 0.25 * ink[one].sum()


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
@pytest.mark.parametrize("verdict", [a_verdict(), ALREADY, a_verdict(participant=None)])
def test_nothing_is_drawn_outside_its_column(language, verdict):
    drawn = card.card_image(Card(verdict, 0), language, "Africa/Casablanca", VIEW)
    image = np.asarray(drawn)
    colours = card.COLOURS[verdict.kind]
    background, shade = (tuple(bytes.fromhex(c[1:])) for c in (colours.card, colours.shade))
    if language == "ar":
        image = image[:, ::-1]

    column = VIEW[0] * 23 // 100
    assert (image[:, -30:] == background).all()
    assert (image[:, :15] == shade).all()
    assert (image[:, column + 1 : column + 25] == background).all()


def ink_of(text, **how):
    image = Image.new("L", (600, 80))
    draw_line(
        ImageDraw.Draw(image), text, left=0, right=600, middle=40, size_px=40, colour="#FFF", **how
    )
    return np.asarray(image) > 128


def test_arabic_letters_join():
    # Joined letters leave fewer gaps between columns of ink than the same letters set apart.
    def islands(ink):
        columns = ink.any(axis=0).astype(int)
        return int((np.diff(columns) == 1).sum())

    assert can_shape()
    assert islands(ink_of("محمد")) == 1
    assert islands(ink_of("م ح م د")) == 4


def test_arabic_starts_at_the_right_in_arabic():
    columns = ink_of("محمد", rtl=True).any(axis=0)

    assert columns[-60:].any()
    assert not columns[:400].any()


def test_a_long_text_is_set_smaller_then_cut():
    assert not ink_of("Fatima-Zahra El Amrani El Idrissi")[:, 598:].any()
    ends = ink_of("Fatima " * 40)
    assert ends[:, 540:].any()
    assert not ends[:, 598:].any()


def test_a_sentence_takes_the_lines_it_needs():
    image = Image.new("L", (400, 300))
    draw_paragraph(
        ImageDraw.Draw(image),
        "one two three four five six seven eight",
        left=0,
        right=400,
        middle=150,
        size_px=50,
        colour="#FFF",
    )
    rows = (np.asarray(image) > 128).any(axis=1).astype(int)

    assert (np.diff(rows) == 1).sum() >= 3
    assert rows[:50].sum() == rows[-50:].sum() == 0


def beside(picture):
    return picture[STRIP_PX : STRIP_PX + VIEW[1], VIEW[0] :]


def test_the_camera_has_the_view_and_below_the_list_what_a_card_leaves():
    empty = Screen(online=False)
    with_card = after(empty, a_verdict(), 0)
    blind, seeing, small = (
        compose(screen, camera)
        for screen, camera in ((empty, None), (empty, CAMERA), (with_card, CAMERA))
    )

    assert seeing.shape == (HEIGHT_PX, WIDTH_PX, 3)
    assert (blind[STRIP_PX : STRIP_PX + VIEW[1], : VIEW[0]] == 0).all()
    assert (seeing[STRIP_PX : STRIP_PX + VIEW[1], : VIEW[0]] > 0).all()
    assert (beside(seeing)[LIST_PX:] == 0).all()
    assert (beside(small)[LIST_PX:] > 0).all()


def test_the_list_has_the_colours_of_the_last_five_in_the_readers_order():
    screen = Screen()
    verdicts = [a_verdict("error", "revoked")] * 3 + [a_verdict(), ALREADY, a_verdict(offline=True)]
    for n, verdict in enumerate(verdicts):
        screen = after(screen, replace(verdict, scan=Scan(code=str(n))), n)

    french, arabic = (compose(replace(screen, language=tag), None) for tag in ("fr", "ar"))

    rows = [STRIP_PX + ROW_PX * n + 4 for n in range(5)]
    kinds = [v.kind for v in verdicts[:0:-1]]
    assert [tuple(map(int, french[y, VIEW[0] + 4])) for y in rows] == [
        bgr_of(card.COLOURS[kind].card) for kind in kinds
    ]
    assert (arabic[rows, RECENT_PX - 6] == french[rows, VIEW[0] + 4]).all()


def test_a_frame_is_drawn_around_each_code():
    seen = (Sighting("?", ((600, 300), (700, 300), (700, 400), (600, 400))),)
    plain, framed = compose(Screen(), CAMERA), compose(Screen(sightings=seen), CAMERA)

    assert (plain != framed).any()
    assert (compose(Screen(sightings=seen), None) == compose(Screen(), None)).all()


def test_a_frame_has_the_colour_of_its_own_verdict():
    verdicts = [a_verdict(), ALREADY, a_verdict("error", "revoked"), a_verdict(offline=True)]
    codes = [a_code(n) for n in range(5)]
    lefts = [150 + 200 * n for n in range(5)]
    seen = tuple(
        Sighting(code, ((x, 300), (x + 100, 300), (x + 100, 400), (x, 400)))
        for code, x in zip(codes, lefts, strict=True)
    )
    screen = Screen(sightings=seen)
    for code, verdict in zip(codes, verdicts, strict=False):
        screen = after(screen, replace(verdict, scan=Scan(code=code)), 0)

    picture = compose(dismissed(screen), CAMERA)

    # The view shows the middle of the camera's picture, as large as fills it.
    scale = VIEW[1] / 720
    cut = (round(1280 * scale) - VIEW[0]) // 2
    middle, at = STRIP_PX + round(350 * scale), [round(x * scale) - cut for x in lefts]
    colours = [tuple(map(int, picture[middle, x])) for x in at]
    assert colours == [*(compose_module._FRAMES_BGR[v.kind] for v in verdicts), (255, 255, 255)]


def test_the_mirror_turns_the_view_with_its_frames_and_not_the_words():
    seen = (Sighting("?", ((100, 300), (200, 300), (200, 400), (100, 400))),)
    plain, mirrored = (
        compose(Screen(sightings=seen, is_mirrored=turned), CAMERA) for turned in (False, True)
    )

    view = slice(STRIP_PX, STRIP_PX + VIEW[1]), slice(0, VIEW[0])
    assert (mirrored[view] == plain[view][:, ::-1]).all()
    mirrored[view] = plain[view]
    assert (mirrored == plain).all()


@pytest.mark.parametrize("count", [2, 3, 4])
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_badges_held_up_together_have_a_tile_each(count, language):
    verdicts = [a_verdict(), ALREADY, a_verdict("error", "revoked"), a_verdict(offline=True)]
    cards = tuple(Card(verdict, 0, party=1) for verdict in verdicts[:count])

    picture = compose(Screen(recent=RecentScans(cards=cards), language=language), None)

    colours = {tuple(map(int, pixel)) for pixel in picture[80:650:7, ::7].reshape(-1, 3)}
    faces = {card.COLOURS[v.kind].card for v in verdicts[:count]}
    assert {bgr_of(face) for face in faces} <= colours


def bgr_of(colour):
    return tuple(int(colour[at : at + 2], 16) for at in (5, 3, 1))


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
@pytest.mark.parametrize("purpose", Purpose)
def test_every_form_is_drawn_with_what_was_typed(language, purpose):
    fields = (Field("field_name"), Field("field_pin", secret=True))
    found = opened(Purpose.BADGE, at_s=1, options=(Option("Amina Alaoui", SOMEBODY),))
    subject = found if purpose == Purpose.NEW_BADGE else SOMEBODY
    empty = opened(purpose, *fields, at_s=1, subject=subject)
    typed = replace(empty, texts=("العمراني Élu", "4821"), notice=("asking", ()))

    pictures = [compose(Screen(language=language, form=f), CAMERA) for f in (empty, typed)]

    assert (pictures[0] != pictures[1]).any()
    top = pictures[0][STRIP_PX : STRIP_PX + 10]
    assert (top == top[0, 0]).all()  # it covers the camera's picture


def test_a_secret_is_drawn_as_dots():
    field = opened(Purpose.OVERRIDE, Field("field_pin", secret=True))

    pictures = [compose(Screen(form=replace(field, texts=(t,))), None) for t in ("4821", "9999")]

    assert (pictures[0] == pictures[1]).all()


def test_the_help_is_in_the_language_of_the_screen():
    french, arabic = (
        compose(Screen(is_helping=True, language=language), None) for language in ("fr", "ar")
    )

    assert (french[STRIP_PX:] != arabic[STRIP_PX:]).any()


def test_the_picture_follows_the_language_at_once():
    screen = after(Screen(), a_verdict(), 0)

    drawn = [compose(replace(screen, language=lang), None) for lang in ("fr", "ar", "fr")]

    assert (drawn[0] != drawn[1]).any()
    assert (drawn[0] == drawn[2]).all()
