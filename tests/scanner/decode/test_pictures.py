"""The screen as pictures, without a window."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from scanner.core.scan import Kind
from scanner.window.drawing import card
from scanner.window.drawing import compose as compose_module
from scanner.window.drawing import text as text_module
from scanner.window.drawing.compose import HEIGHT_PX, STRIP_PX, WIDTH_PX, compose
from scanner.window.drawing.shapes import shape
from scanner.window.drawing.text import can_shape, draw_line, draw_paragraph
from scanner.window.form import Field, Purpose, opened
from scanner.window.state import Card, Screen, Sighting, after, with_notice
from tests.scanner.decode.pictures import a_code, scene
from tests.scanner.verdicts import ALREADY, a_verdict

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
def test_white_on_every_colour_can_be_read(kind):
    assert min(contrast("#FFFFFF", colour) for colour in card.COLOURS[kind]) > 5


def test_the_four_shapes_differ_without_their_colours():
    ink = {kind: np.asarray(shape(kind, 64, "#FFFFFF"))[:, :, 3] > 128 for kind in Kind}

    for one in Kind:
        for other in Kind:
            if one != other:
                assert (ink[one] ^ ink[other]).sum() > 0.25 * ink[one].sum()


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
@pytest.mark.parametrize("verdict", [a_verdict(), ALREADY, a_verdict(participant=None)])
def test_nothing_is_drawn_outside_its_column(language, verdict):
    image = np.asarray(card.card_image(verdict, language, "Africa/Casablanca"))
    background, shade = (tuple(bytes.fromhex(c[1:])) for c in card.COLOURS[verdict.kind])
    if language == "ar":
        image = image[:, ::-1]

    assert (image[:, -36:] == background).all()
    assert (image[:, :30] == shade).all()
    assert (image[:, 297:330] == background).all()


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


def test_the_camera_gets_the_room_that_the_card_leaves():
    empty = Screen(online=False)
    with_card = after(empty, a_verdict(), 0)

    for screen in (empty, with_card, with_notice(empty, "not_ours", 0)):
        picture = compose(screen, CAMERA)
        assert picture.shape == (HEIGHT_PX, WIDTH_PX, 3)
    assert (compose(empty, None)[:500] == 0).all()
    assert (compose(empty, CAMERA)[: HEIGHT_PX - STRIP_PX - 120] > 0).all()


def test_a_frame_is_drawn_around_each_code():
    seen = (Sighting("?", ((600, 300), (700, 300), (700, 400), (600, 400))),)
    plain, framed = compose(Screen(), CAMERA), compose(Screen(sightings=seen), CAMERA)

    assert (plain != framed).any()
    assert (compose(Screen(sightings=seen), None) == compose(Screen(), None)).all()


def test_a_frame_has_the_colour_of_its_own_verdict():
    verdicts = [a_verdict(), ALREADY, a_verdict("error", "revoked"), a_verdict(offline=True)]
    codes = [a_code(n) for n in range(5)]
    lefts = [100 + 220 * n for n in range(5)]
    seen = tuple(
        Sighting(code, ((x, 300), (x + 100, 300), (x + 100, 400), (x, 400)))
        for code, x in zip(codes, lefts, strict=True)
    )
    faces = tuple((code, v.kind) for code, v in zip(codes, verdicts, strict=False))

    picture = compose(Screen(sightings=seen, faces=faces), CAMERA)

    # The view shows the middle of the camera's picture: 272 of its 720 lines are cut, half above.
    middle = 350 - (720 - (HEIGHT_PX - STRIP_PX - 116)) // 2
    colours = [tuple(map(int, picture[middle, x])) for x in lefts]
    assert colours == [*(compose_module._FRAMES_BGR[v.kind] for v in verdicts), (255, 255, 255)]


def test_the_mirror_turns_the_view_with_its_frames_and_not_the_words():
    seen = (Sighting("?", ((100, 300), (200, 300), (200, 400), (100, 400))),)
    view_px = HEIGHT_PX - STRIP_PX - 116
    plain, mirrored = (
        compose(Screen(sightings=seen, is_mirrored=turned), CAMERA) for turned in (False, True)
    )

    assert (mirrored[:view_px] == plain[:view_px, ::-1]).all()
    assert (mirrored[view_px:] == plain[view_px:]).all()


@pytest.mark.parametrize("count", [2, 3, 4])
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_badges_held_up_together_have_a_tile_each(count, language):
    verdicts = [a_verdict(), ALREADY, a_verdict("error", "revoked"), a_verdict(offline=True)]
    cards = tuple(Card(verdict, 0, party=1) for verdict in verdicts[:count])

    picture = compose(Screen(cards=cards, language=language), None)

    colours = {tuple(map(int, pixel)) for pixel in picture[250:650:7, ::7].reshape(-1, 3)}
    faces = {card.COLOURS[v.kind][0] for v in verdicts[:count]}
    assert {bgr_of(face) for face in faces} <= colours


def bgr_of(colour):
    return tuple(int(colour[at : at + 2], 16) for at in (5, 3, 1))


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
@pytest.mark.parametrize("purpose", Purpose)
def test_every_form_is_drawn_with_what_was_typed(language, purpose):
    empty = opened(purpose, Field("field_name"), Field("field_pin", secret=True), at_s=1)
    typed = replace(empty, texts=("العمراني Élu", "4821"), notice=("asking", ()))

    pictures = [compose(Screen(language=language, form=f), CAMERA) for f in (empty, typed)]

    assert (pictures[0] != pictures[1]).any()
    assert (pictures[0][:10] == pictures[0][0, 0]).all()  # it covers the camera's picture


def test_a_secret_is_drawn_as_dots():
    field = opened(Purpose.OVERRIDE, Field("field_pin", secret=True))

    pictures = [compose(Screen(form=replace(field, texts=(t,))), None) for t in ("4821", "9999")]

    assert (pictures[0] == pictures[1]).all()


def test_the_help_is_in_the_language_of_the_screen():
    french, arabic = (
        compose(Screen(is_helping=True, language=language), None) for language in ("fr", "ar")
    )

    assert (french[: HEIGHT_PX - STRIP_PX] != arabic[: HEIGHT_PX - STRIP_PX]).any()


def test_a_refusal_under_the_card_is_marked():
    red, green = Card(a_verdict("error", "revoked"), 0), Card(a_verdict(), 1)
    alone, covered = (
        compose(Screen(cards=(green,)), None),
        compose(Screen(cards=(red, green)), None),
    )

    assert (alone[:, -88:] != covered[:, -88:]).any()


def test_the_picture_follows_the_language_at_once():
    screen = Screen(cards=(Card(a_verdict(), 0),))

    drawn = [
        compose(Screen(cards=screen.cards, language=lang), None) for lang in ("fr", "ar", "fr")
    ]

    assert (drawn[0] != drawn[1]).any()
    assert (drawn[0] == drawn[2]).all()


def test_while_entries_are_stopped_the_organisers_words_are_shown_in_the_readers_language():
    said = {"fr": "Alarme incendie", "ar": "إنذار حريق", "en": "Fire alarm"}
    stopped = a_verdict("error", "invalid_time", stop=said)

    assert {language: card.sentence(stopped, language) for language in said} == said
    assert card.explanation(stopped, "ar", "UTC") == said["ar"]
