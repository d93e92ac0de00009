"""Some hundred strange inputs for each reader of strangers' bytes; `script/proof fuzz` has more."""

from __future__ import annotations

import inspect
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkin.web.api.contract import parsed_as
from checkin.web.site.state import API
from tests.fuzzing import __main__ as command
from tests.fuzzing import guided, routes
from tests.fuzzing.mutating import KINDS, Edit, mutated, random_edits
from tests.fuzzing.routes import ROUTES, Sender
from tests.fuzzing.running import Fault, Part, input_of, run
from tests.fuzzing.targets import TARGETS

EDITS = st.lists(
    st.builds(
        Edit,
        st.integers(0, len(KINDS) - 1),
        st.floats(0, 1, exclude_max=True),
        st.integers(0, 2**16),
    ),
    max_size=6,
)
#: these are drawn, or answered by a whole server: the next test has some of theirs
QUICK = sorted(set(TARGETS) - {"api", "drawn-svg", "pictures"})


@pytest.mark.parametrize("name", QUICK)
@settings(
    max_examples=40,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_a_reader_refuses_what_it_does_not_understand_and_raises_nothing_else(name, data):
    target = TARGETS[name]
    changed = st.builds(mutated, st.sampled_from(target.seeds), EDITS)

    with target.opened() as read:
        read(data.draw(changed | st.binary(max_size=200)))


@pytest.mark.parametrize("name", ["api", "drawn-svg", "pictures"])
def test_a_hundred_inputs_are_answered_within_time_and_memory(name):
    assert run(Part(name, 0, range(100))) == []


def test_every_route_that_takes_a_body_is_tried(app):
    api = app.extensions[API]
    taking = {rule.rule for rule in api.url_map.iter_rules() if "POST" in rule.methods}
    of_pages = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods and _reads_bytes(app.view_functions[rule.endpoint])
    }

    assert taking == set(ROUTES)
    assert len(taking) > 20
    assert of_pages == set(routes.OF_PAGES)
    assert set(routes.OF_PAGES.values()) <= set(TARGETS)


def _reads_bytes(view):
    """Whether a page's view takes something else than a form."""
    source = inspect.getsource(inspect.unwrap(view))
    return any(
        word in source for word in ("get_data(", "get_json(", "request.data", "request.stream")
    )


@pytest.mark.parametrize("rule", ROUTES)
def test_what_is_changed_is_a_body_that_the_route_takes(rule):
    for body in ROUTES[rule].bodies:
        assert parsed_as(ROUTES[rule].model, body)


def test_each_route_answers_a_body_of_its_own():
    """Not that it is asked by nobody: what a stranger is answered tries nothing behind it."""
    answered = {}

    def heard(rule, answer):
        answered.setdefault(rule, set()).add(answer.status_code)

    with routes.opened(heard) as read:
        for seed in routes.SEEDS:
            read(seed)

    strangers = {rule for rule, route in ROUTES.items() if route.by is Sender.NOBODY}
    assert set(answered) == set(ROUTES)
    assert {rule for rule, found in answered.items() if 401 in found} <= strangers


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("raise", "KeyError"),
        ("loop", "TooSlow"),
        ("hoard", "MemoryError"),
        ("die", "the process ended: -6"),
    ],
)
def test_each_kind_of_fault_is_told(name, told):
    faults = run(Part(name, 0, range(3), "tests.fuzzing.faulty"))

    assert faults != []
    assert all(told in fault.what for fault in faults)


def test_faults_are_told_once_for_a_kind_and_kept_as_files(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(command, "FOLDER", tmp_path / "fuzz")
    found = command.Findings()

    found.add([Fault("svg", number, b"%d" % number, "Traceback\nKeyError: 1") for number in (1, 2)])
    found.add([Fault("csv", 3, b"3", "it took 9.0 s")])
    found.end()

    said = capsys.readouterr().out
    assert said.count("Traceback") == 1
    assert "svg: 2 times KeyError: 1\ncsv: 1 times it took 9.0 s\n3 faults\n" in said
    assert sorted(file.read_bytes() for file in (tmp_path / "fuzz").iterdir()) == [b"1", b"2", b"3"]


def test_an_input_is_always_the_same_for_its_number():
    target = TARGETS["csv"]

    assert input_of(target, 0, 7) == input_of(target, 0, 7)
    assert len({input_of(target, 0, number) for number in range(200)}) > 150


def test_changes_keep_to_a_size():
    edits = random_edits(Random(0)) * 50

    assert len(mutated(b"a" * 90_000, edits)) <= 100_000


def test_where_atheris_is_absent_that_is_said(monkeypatch, capsys):
    monkeypatch.setattr(guided, "find_spec", lambda _name: None)

    with pytest.raises(SystemExit) as ended:
        guided.guide(["svg"], 1, 0)

    assert (ended.value.code, capsys.readouterr().err.strip()) == (2, guided.ABSENT)
