from dataclasses import replace

from scanner.window.form import Field, Option, Purpose, Step, opened, pressed

LIST = (Option("Khémisset · الخميسات", 1), Option("Rabat · الرباط", 2), Option("Salé · سلا", 3))
WALK_IN = opened(
    Purpose.WALK_IN, Field("field_name"), Field("field_delegation", narrows=True), options=LIST
)


def after_keys(form, *keys):
    step = Step.STAYS
    for key in keys:
        form, step = pressed(form, key)
    return form, step


def test_letters_go_to_one_field_and_enter_to_the_next():
    form, step = after_keys(WALK_IN, *"Ali x", "backspace", "enter", *"sal")

    assert (form.texts, form.at, step) == (("Ali ", "sal"), 1, Step.STAYS)
    assert [option.value for option in form.shown_options] == [3]


def test_the_list_is_narrowed_without_accents_and_in_arabic():
    def left(text):
        return [o.value for o in after_keys(WALK_IN, "tab", *text)[0].shown_options]

    assert [left("khe"), left("الرب"), left("zz"), left("")] == [[1], [2], [], [1, 2, 3]]


def test_arrows_move_the_mark_within_the_list():
    form, _ = after_keys(WALK_IN, "down", "down", "down", "down")
    up, _ = after_keys(form, "up")

    assert [form.choice.value, up.choice.value, after_keys(up, *["up"] * 5)[0].choice.value] == [
        3,
        2,
        1,
    ]


def test_what_was_chosen_stays_marked_while_a_field_is_typed_that_does_not_filter_it():
    refused = opened(Purpose.OVERRIDE, Field("field_pin", secret=True), options=LIST)

    form, _ = after_keys(refused, "down", "down", *"482193", "backspace")
    named, _ = after_keys(WALK_IN, "down", *"Ali")

    assert (form.choice.value, named.choice.value) == (3, 2)


def test_a_form_is_submitted_with_all_it_needs_and_only_then():
    _, nameless = after_keys(WALK_IN, "enter", "enter")
    _, no_delegation = after_keys(WALK_IN, "a", "enter", *"zz", "enter")
    _, whole = after_keys(WALK_IN, "a", "enter", "enter")

    assert [nameless, no_delegation, whole] == [Step.STAYS, Step.STAYS, Step.SUBMITTED]


def test_a_nameless_form_goes_back_to_the_name():
    form, _ = after_keys(WALK_IN, "enter", "enter")

    assert form.at == 0


def test_escape_closes_and_while_the_server_is_asked_nothing_else_works():
    waiting = replace(WALK_IN, is_waiting=True)

    assert after_keys(waiting, "a", "enter", "tab") == (waiting, Step.STAYS)
    assert after_keys(waiting, "escape")[1] == Step.CLOSED


def test_a_list_without_fields_is_chosen_from_with_enter():
    form = opened(Purpose.CAMERA, options=LIST)

    chosen, step = after_keys(form, "down", "x", "enter")

    assert (chosen.choice, step) == (LIST[1], Step.SUBMITTED)
