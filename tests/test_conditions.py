"""Conditions on the state of a queue: programs, what they mean, and every complaint."""

import itertools

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from routing.conditions import MAX_COUNT, Condition, Term, compile_condition
from routing.config import format_duration
from routing.errors import ExpressionError, UsageError
from routing.skills import MAX_CHARS, MAX_DEPTH, Op
from routing.units import MAX_DURATION_NS, MILLISECOND, MINUTE, SECOND

# --- Programs

PROGRAMS = [
    ("waiting > 10", "waiting GT 10"),
    ("waiting >= 0", "waiting GE 0"),
    (f"waiting<{MAX_COUNT}", f"waiting LT {MAX_COUNT}"),
    ("waiting <= 10", "waiting LE 10"),
    ("waiting == 10", "waiting EQ 10"),
    ("waiting != 10", "waiting NE 10"),
    ("10 > waiting", "waiting LT 10"),
    ("10 >= waiting", "waiting LE 10"),
    ("10 < waiting", "waiting GT 10"),
    ("10 <= waiting", "waiting GE 10"),
    ("10 == waiting", "waiting EQ 10"),
    ("10 != waiting", "waiting NE 10"),
    ("oldest > 2m", f"oldest GT {2 * MINUTE}"),
    ("1m30s < oldest", f"oldest GT {90 * SECOND}"),
    ("oldest > 1m 30s and waiting > 5", f"oldest GT {90 * SECOND}, waiting GT 5, AND"),
    ("oldest > 5 m or estimate > 1.5s", f"oldest GT {5 * MINUTE}, estimate GT {1500 * MILLISECOND}, OR"),
    ("oldest > 0 and estimate != 0", "oldest GT 0, estimate NE 0, AND"),
    ("estimate >= 500ms", f"estimate GE {500 * MILLISECOND}"),
    ("ready < 2", "ready LT 2"),
    ("ready(day) < 2", "ready[day] LT 2"),
    ("2 > ready (day)", "ready[day] LT 2"),
    ("logged_in( day and night! ) == 0", "logged_in[day and night!] EQ 0"),
    ("logged_in == 0", "logged_in EQ 0"),
    ("ready(not) > 0 and not ready(and) > 1", "ready[not] GT 0, ready[and] GT 1, NOT, AND"),
    ("service_level < 80", "service_level LT 80"),
    ("not waiting > 5", "waiting GT 5, NOT"),
    ("not not waiting > 5", "waiting GT 5"),
    ("not (not (not (waiting > 5)))", "waiting GT 5, NOT"),
    ("not (not waiting > 5 and ready > 1)", "waiting GT 5, NOT, ready GT 1, AND, NOT"),
    ("waiting > 1 or ready > 2 and oldest > 0", "waiting GT 1, ready GT 2, oldest GT 0, AND, OR"),
    ("(waiting > 1 or ready > 2) and oldest > 0", "waiting GT 1, ready GT 2, OR, oldest GT 0, AND"),
    ("waiting>1and ready>2", None),
    ("  waiting\n>\t5\u00a0", "waiting GT 5"),
]


def spelled(condition: Condition) -> str:
    words = []
    for op, term, group, value in condition.program:
        name = Term(term).name.lower() + (f"[{group}]" if group else "")
        words.append(f"{name} {Op(op).name} {value}" if Op.GE <= op <= Op.NE else Op(op).name)
    return ", ".join(words)


@pytest.mark.parametrize(("text", "program"), PROGRAMS)
def test_program(text: str, program: str | None) -> None:
    if program is None:
        with pytest.raises(ExpressionError, match="'1and' is no whole number"):
            compile_condition(text)
        return
    condition = compile_condition(text)
    assert spelled(condition) == program
    assert condition.text == text


def test_term_numbers_never_change() -> None:
    names = ("WAITING", "OLDEST", "READY", "LOGGED_IN", "SERVICE_LEVEL", "ESTIMATE")
    assert [(term.name, term.value) for term in Term] == [(name, place) for place, name in enumerate(names)]


def test_groups_and_terms() -> None:
    condition = compile_condition("ready(b) > 1 or logged_in(a) > 1 or ready(b) > 2 or not oldest > 5s")
    assert condition.groups == ("b", "a")
    assert condition.terms == {Term.READY, Term.LOGGED_IN, Term.OLDEST}
    assert compile_condition("waiting > 1").groups == ()


def test_connectives_carry_nothing() -> None:
    program = compile_condition("not (waiting > 1 and ready > 1) or oldest > 0").program
    assert [part for part in program if part[0] > Op.NE] == [
        (Op.AND, 0, "", 0),
        (Op.NOT, 0, "", 0),
        (Op.OR, 0, "", 0),
    ]


# --- Meaning


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("estimate > 0", False),
        ("estimate <= 0", False),
        ("not estimate > 0", True),
        ("not (estimate > 0 or waiting > 5)", True),
        ("estimate != 5s or waiting == 3", True),
    ],
)
def test_what_is_not_known_compares_false(text: str, holds: bool) -> None:
    values = {Term.WAITING: 3}
    assert compile_condition(text).holds(lambda term, _: values.get(term)) is holds


def test_groups_are_handed_to_read() -> None:
    asked: list[tuple[Term, str]] = []

    def read(term: Term, group: str) -> int:
        asked.append((term, group))
        return 0

    assert compile_condition("ready(day) == 0 and ready == 0 and waiting < 1").holds(read)
    assert asked == [(Term.READY, "day"), (Term.READY, ""), (Term.WAITING, "")]


TERMS = ("waiting", "ready", "ready(day)", "logged_in", "service_level", "oldest", "estimate")
comparisons = st.builds(
    lambda term, op, value, flipped: (
        lambda number: f"{number} {op} {term}" if flipped else f"{term} {op} {number}"
    )(format_duration(value) if term in ("oldest", "estimate") else value),
    st.sampled_from(TERMS),
    st.sampled_from((">=", ">", "<=", "<", "==", "!=")),
    st.integers(0, 100),
    st.booleans(),
)
conditions = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.builds("({})".format, inner),
        st.builds("not {}".format, inner),
        st.builds("{} and {}".format, inner, inner),
        st.builds("{} or {}".format, inner, inner),
    ),
    max_leaves=12,
)


def by_python(text: str, values: dict[str, int]) -> bool:
    """Evaluate with Python itself: durations up to 100ns lose their unit, groups become names."""
    plain = text.replace("ready(day)", "ready_day").replace("ns", "").replace("0s", "0")
    return bool(eval(plain, {"__builtins__": {}}, values))


@given(conditions, st.lists(st.integers(0, 100), min_size=len(TERMS), max_size=len(TERMS)))
@example("not waiting > 5 or oldest >= 10ns and 0s != estimate", [1] * 7)
def test_means_what_python_means(text: str, numbers: list[int]) -> None:
    values = dict(zip((term.replace("(day)", "_day") for term in TERMS), numbers, strict=True))

    def read(term: Term, group: str) -> int:
        return values[term.name.lower() + (f"_{group}" if group else "")]

    assert compile_condition(text, 255).holds(read) == by_python(text, values)


@given(conditions)
def test_program_is_well_formed_and_short(text: str) -> None:
    condition = compile_condition(text, 255)
    depth = leaves = 0
    for op, _, group, value in condition.program:
        if op in (Op.AND, Op.OR):
            depth -= 1
        elif op != Op.NOT:
            assert Op.GE <= op <= Op.NE
            depth, leaves = depth + 1, leaves + 1
        assert depth >= 1
        assert value >= 0
        assert group in ("", "day")
    assert depth == 1
    assert len(condition.program) < 4 * leaves
    for first, second in itertools.pairwise(condition.program):
        assert (first[0], second[0]) != (Op.NOT, Op.NOT)


@given(st.integers(0, MAX_DURATION_NS))
def test_durations_are_those_of_files(duration_ns: int) -> None:
    condition = compile_condition(f"oldest > {format_duration(duration_ns)}")
    assert condition.program == ((Op.GT, Term.OLDEST, "", duration_ns),)


@given(st.text("ab()<>=! \tandortwig019_.,'\"%-\u00e4\u2003\x00\n", max_size=40) | st.text(max_size=40))
@example("ready(a")
@example("waiting > " + "0" * 5000)
@example("oldest > 1\u0663s")
def test_fuzzed_text_compiles_or_is_explained(text: str) -> None:
    try:
        condition = compile_condition(text)
    except ExpressionError as caught:
        error = caught
    else:
        assume(condition.program)
        return
    assert 0 <= error.column <= max(len(text), 1)
    assert "\n" not in str(error)
    assert ";" in error.problem or "did you mean" in error.problem


# --- Complaints: every kind, with its column

COMPLAINTS = [
    ("waiting & ready", 9, "'&' is not understood; write 'and'"),
    ("waiting | ready", 9, "'|' is not understood; write 'or'"),
    ("! waiting > 5", 1, "'!' is not understood; write 'not'"),
    ("waiting = 5", 9, "'=' is not understood; write '=='"),
    ("waiting > -5", 11, "'-' is not understood; numbers have no sign, and terms consist of letters and '_'"),
    ("service_level < 80%", 19, "'%' is not understood; write a percentage as its number alone"),
    ("'waiting' > 5", 1, '"\'" is not understood; write everything without quotes'),
    ("waiting > 5, ready > 1", 12, "',' is not understood; join with 'and' or 'or'"),
    ("waiting + 5 > 1", 9, "'+' is not understood; use terms, numbers, comparisons, 'and', 'or', 'not' and"),
    ("waitng > 5", 1, "unknown term 'waitng'; did you mean 'waiting'?"),
    (
        "tech > 5",
        1,
        "unknown term 'tech'; terms are waiting, oldest, ready, logged_in, service_level, estimate",
    ),
    ("waiting ≥ 5", 9, "unknown term '≥'"),
    ("waiting", 1, "'waiting' stands alone; compare it with a number, as in 'waiting > 5'"),
    ("ready(day) and waiting > 5", 1, "'ready' stands alone; compare it with a number, as in 'ready > 5'"),
    ("waiting > 5 and (oldest)", 18, "'oldest' stands alone; compare it with a number, as in 'oldest > 2m'"),
    ("5", 1, "'5' stands alone; compare a term with it, as in 'waiting > 5'"),
    ("waiting > ready", 1, "a comparison needs a term on one side and a number on the other"),
    ("5 > 3", 1, "a comparison needs a term on one side and a number on the other"),
    ("1 < waiting < 5", 13, "'<' follows a whole comparison; join comparisons with 'and'"),
    ("(waiting > 5) > 3", 15, "'>' follows a whole comparison; join comparisons with 'and'"),
    ("waiting > 5 ready > 1", 13, "no operator stands before 'ready'; put 'and' or 'or' there"),
    ("waiting > 5 not ready > 1", 13, "no operator stands before 'not'; put 'and' or 'or' there"),
    ("waiting > 5 (ready > 1)", 13, "no operator stands before '('; put 'and' or 'or' there"),
    ("(waiting > 5 ready > 1)", 14, "no operator stands before 'ready'; put 'and' or 'or' there"),
    ("waiting > 5 AND ready > 1", 13, "unknown term 'AND'"),
    ("> 5", 1, "'>' stands where a term or a number should; put one before it"),
    ("waiting > > 5", 11, "'>' stands where a term or a number should; put one before it"),
    ("waiting > not 5", 11, "'not' stands where a term or a number should; put one before it"),
    ("and waiting > 5", 1, "'and' stands where a term or a number should; put one before it"),
    ("()", 2, "')' stands where a term or a number should; put one before it"),
    ("waiting > ", 9, "the condition breaks off; add what is missing"),
    ("waiting > 5 and", 15, "the condition breaks off; add what is missing"),
    ("not", 3, "the condition breaks off; add what is missing"),
    ("waiting > 5)", 12, "')' closes nothing; remove it or open a '(' before"),
    ("(waiting > 5 and (ready > 1)", 1, "'(' is never closed; add a ')'"),
    ("waiting(day) > 5", 8, "'waiting' takes no group; write it without parentheses"),
    ("ready(day > 5", 6, "'(' is never closed; add a ')'"),
    ("ready(day (late)) > 5", 11, "a group named here has no parentheses in its name; add the ')' or rename"),
    ("ready( ) > 5", 6, "no group stands in the parentheses; name one, or write 'ready' for all members"),
    ("oldest > 120", 10, "'120' has no unit; write '120s' for seconds"),
    ("oldest > 2min", 10, "'2min' has the unknown unit 'min'; write a number and a unit"),
    ("oldest > 30s 1m", 10, "'30s 1m' is out of order; write larger units first"),
    ("estimate > 99999d", 12, "'99999d' is too long; a duration has at most"),
    ("waiting > 5s", 11, "'5s' is no whole number; waiting is compared with one in 0..1000000000"),
    ("waiting > 1.5", 11, "'1.5' is no whole number; waiting is compared with one in 0..1000000000"),
    (
        "waiting > 1000000001",
        11,
        "'1000000001' is not in 0..1000000000; waiting is compared with a number in",
    ),
    ("waiting > " + "9" * 5000, 11, "...' is not in 0..1000000000"),
    ("waiting > 007", 11, "'007' starts with a zero; write '7'"),
    ("service_level > 101", 17, "'101' is not in 0..100; service_level is compared with a number in there"),
    ("(" * 51 + "waiting > 5" + ")" * 51, 51, "nested more than 50 deep; write it flatter"),
    ("not " * 51 + "waiting > 5", 201, "nested more than 50 deep; write it flatter"),
    (" or ".join(["ready > 1"] * 65), 833, "more than 64 comparisons; raise limits.expression_terms or drop"),
]


@pytest.mark.parametrize(("text", "column", "problem"), COMPLAINTS)
def test_complaint(text: str, column: int, problem: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_condition(text)
    assert problem in str(caught.value)
    assert caught.value.column == column
    assert str(caught.value).startswith(f"column {column}: ")


@pytest.mark.parametrize(("text", "problem"), [("", "''"), (" \n", r"' \n'")])
def test_a_condition_says_something(text: str, problem: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_condition(text)
    assert str(caught.value) == f"{problem} says nothing; leave it out"


def test_too_long_a_condition_is_not_read() -> None:
    with pytest.raises(ExpressionError, match=r"^the condition has 16385 characters; 16384 are allowed"):
        compile_condition("(" * (MAX_CHARS + 1))


def test_depth_counts_what_is_open_not_what_was() -> None:
    flat = " and ".join(["not (waiting > 1)"] * 60)
    assert compile_condition(flat).terms == {Term.WAITING}
    assert compile_condition("(" * MAX_DEPTH + "waiting > 1" + ")" * MAX_DEPTH).terms == {Term.WAITING}


def test_comparisons_up_to_the_limit() -> None:
    compile_condition("waiting > 1 or ready > 1", 2)
    with pytest.raises(ExpressionError, match="more than 1 comparisons"):
        compile_condition("waiting > 1 or ready > 1", 1)


def test_only_text_is_a_condition() -> None:
    with pytest.raises(UsageError, match="condition is a int; it must be a str"):
        compile_condition(5)  # type: ignore[arg-type]
