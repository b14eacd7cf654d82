"""Requirement expressions: what they mean, how they compile, and what is said about those that do not."""

import ast
import pickle

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from routing.errors import ExpressionError, UsageError
from routing.skills import (
    MAX_CHARS,
    MAX_DEPTH,
    Op,
    Requirement,
    compile_requirement,
    compile_score,
    is_skill_id,
    quoted,
    suggest,
)

SKILLS = ("tech", "billing", "lang_es", "trainee")

# --- What an expression compiles to

PROGRAMS = [
    ("", "TRUE"),
    (" \t\n ", "TRUE"),
    ("True", "TRUE"),
    ("False", "FALSE"),
    ("tech", "tech GE 1"),
    ("(((tech)))", "tech GE 1"),
    ("tech >= 70", "tech GE 70"),
    ("tech > 70", "tech GT 70"),
    ("tech <= 70", "tech LE 70"),
    ("tech < 70", "tech LT 70"),
    ("tech == 70", "tech EQ 70"),
    ("tech != 70", "tech NE 70"),
    ("70 >= tech", "tech LE 70"),
    ("70 > tech", "tech LT 70"),
    ("70 <= tech", "tech GE 70"),
    ("70 < tech", "tech GT 70"),
    ("70 == tech", "tech EQ 70"),
    ("70 != tech", "tech NE 70"),
    ("30 <= tech <= 70", "tech GE 30, tech LE 70, AND"),
    ("10 < tech < 20 < billing", "tech GT 10, tech LT 20, AND, billing GT 20, AND"),
    ("not tech", "tech GE 1, NOT"),
    ("not not tech", "tech GE 1"),
    ("not not not tech", "tech GE 1, NOT"),
    ("tech and billing and trainee", "tech GE 1, billing GE 1, AND, trainee GE 1, AND"),
    ("tech or billing and trainee", "tech GE 1, billing GE 1, trainee GE 1, AND, OR"),
    ("(tech or billing) and trainee", "tech GE 1, billing GE 1, OR, trainee GE 1, AND"),
    ("not tech and billing", "tech GE 1, NOT, billing GE 1, AND"),
    ("not tech >= 5", "tech GE 5, NOT"),
    ("  tech\n  and\tbilling  ", "tech GE 1, billing GE 1, AND"),
    ("tech\u00a0and\u3000billing", "tech GE 1, billing GE 1, AND"),
    ("tech>=0 or tech<=100", "tech GE 0, tech LE 100, OR"),
    ("grüße >= 30", "grüße GE 30"),
    ("हिन्दी", "हिन्दी GE 1"),
    ("\ufb01sh", "fish GE 1"),  # the ligature "fi"
    ("match and case and _", "match GE 1, case GE 1, AND, _ GE 1, AND"),
]


def spelled(requirement: Requirement) -> str:
    return ", ".join(
        f"{skill} {Op(op).name} {value}" if skill else Op(op).name for op, skill, value in requirement.program
    )


@pytest.mark.parametrize(("expression", "program"), PROGRAMS)
def test_program(expression: str, program: str) -> None:
    requirement = compile_requirement(expression)
    assert spelled(requirement) == program
    assert requirement.expression == expression


def test_op_numbers_never_change() -> None:
    names = ("TRUE", "FALSE", "GE", "GT", "LE", "LT", "EQ", "NE", "NOT", "AND", "OR")
    assert [(op.name, op.value) for op in Op] == [(name, number) for number, name in enumerate(names)]


@pytest.mark.parametrize(
    ("expression", "names", "positive"),
    [
        ("", "", ""),
        ("tech", "tech", "tech"),
        ("tech >= 5 and billing > 5 and lang_es == 5", "tech billing lang_es", "tech billing lang_es"),
        ("tech < 5 or billing <= 5 or lang_es != 5", "tech billing lang_es", ""),
        ("not (tech < 5 or billing <= 5 or lang_es != 5)", "tech billing lang_es", "tech billing lang_es"),
        ("not (tech or billing > 5 or lang_es == 5)", "tech billing lang_es", ""),
        ("not (x < 5)", "x", "x"),
        ("not (not tech and billing)", "tech billing", "tech"),
        ("30 <= tech <= 70", "tech", "tech"),
        ("not 30 <= tech <= 70", "tech", "tech"),  # tech < 30 or tech > 70
        ("trainee < 9 or billing or tech or billing", "trainee billing tech", "billing tech"),
        ("tech < 5 or tech", "tech", "tech"),
    ],
)
def test_names_and_positive(expression: str, names: str, positive: str) -> None:
    requirement = compile_requirement(expression)
    assert requirement.names == tuple(names.split())
    assert requirement.positive == tuple(positive.split())


@pytest.mark.parametrize(
    ("expression", "skills", "matches", "score"),
    [
        ("", {}, True, 0),
        ("False", {"tech": 100}, False, 0),
        ("tech", {}, False, 0),
        ("tech", {"tech": 1}, True, 1),
        ("tech == 0", {}, True, 0),
        ("lang_es >= 70 and (tech or billing >= 30) and not trainee", {"lang_es": 70, "tech": 5}, True, 75),
        ("lang_es >= 70 and (tech or billing >= 30) and not trainee", {"lang_es": 69, "tech": 5}, False, 74),
        (
            "lang_es >= 70 and (tech or billing >= 30) and not trainee",
            {"lang_es": 70, "tech": 5, "trainee": 1},
            False,
            75,
        ),
        ("tech and tech", {"tech": 40}, True, 40),
    ],
)
def test_matches_and_score(expression: str, skills: dict[str, int], matches: bool, score: int) -> None:
    requirement = compile_requirement(expression)
    assert requirement.matches(skills) is matches
    assert requirement.score(skills) == score


# --- Properties

leaves = st.one_of(
    st.sampled_from(("True", "False", *SKILLS)),
    st.builds(
        lambda skill, op, value, flipped: f"{value} {op} {skill}" if flipped else f"{skill} {op} {value}",
        st.sampled_from(SKILLS),
        st.sampled_from((">=", ">", "<=", "<", "==", "!=")),
        st.integers(0, 100),
        st.booleans(),
    ),
    st.builds(
        lambda low, first, skill, second, high: f"{low} {first} {skill} {second} {high}",
        st.integers(0, 100),
        st.sampled_from(("<", "<=", "==", "!=")),
        st.sampled_from(SKILLS),
        st.sampled_from(("<", "<=", "==", "!=")),
        st.integers(0, 100),
    ),
)
expressions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds("({})".format, inner),
        st.builds("not {}".format, inner),
        st.builds("{} and {}".format, inner, inner),
        st.builds("{} or {}".format, inner, inner),
    ),
    max_leaves=20,
)
proficiencies = st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 100))


def by_python(expression: str, skills: dict[str, int]) -> bool:
    """Evaluate with Python itself: proficiencies are numbers, 0 is false."""
    everything = dict.fromkeys(SKILLS, 0) | skills
    return bool(eval(expression, {"__builtins__": {}}, everything))


@given(expressions, proficiencies)
@example("not tech or not 3 < billing <= 9 and tech", {"billing": 9})
def test_means_what_python_means(expression: str, skills: dict[str, int]) -> None:
    assert compile_requirement(expression, 255).matches(skills) == by_python(expression, skills)


@given(expressions)
def test_program_is_well_formed_and_short(expression: str) -> None:
    requirement = compile_requirement(expression, 255)
    depth, terms = 0, 0
    for op, skill, value in requirement.program:
        if op in (Op.AND, Op.OR):
            depth -= 1
        elif op != Op.NOT:
            depth, terms = depth + 1, terms + 1
        assert depth >= 1
        assert bool(skill) == (Op.GE <= op <= Op.NE)
        assert 0 <= value <= 100
    assert depth == 1
    assert len(requirement.program) < 4 * terms
    assert set(requirement.positive) <= set(requirement.names)
    assert set(requirement.names) == {skill for _, skill, _ in requirement.program if skill}


@given(expressions, proficiencies, st.sampled_from(SKILLS))
def test_only_positive_skills_help(expression: str, skills: dict[str, int], skill: str) -> None:
    """Where nothing asks for an exact value, a skill that helps by being high is named positively."""
    assume("==" not in expression and "!=" not in expression)
    requirement = compile_requirement(expression, 255)
    without = {name: level for name, level in skills.items() if name != skill}
    if requirement.matches(without | {skill: 100}) and not requirement.matches(without):
        assert skill in requirement.positive


@given(st.text(max_size=40) | st.text("()<>=! \tandortech019_,.'\"#\\&|-\u00e4\u2003\ufb01\x00", max_size=40))
@example("a\ud800")
@example("((tech)(billing))")
@example("1or tech")
@example("\U0001d427\U0001d428\U0001d42d tech")  # "not" in mathematical letters
def test_fuzzed_text_compiles_or_is_explained(text: str) -> None:
    try:
        requirement = compile_requirement(text)
    except ExpressionError as caught:
        error = caught
    else:
        blanks = " ".join(text.split())
        assert not blanks or ast.parse(blanks, mode="eval") is not None
        assert all(is_skill_id(name) for name in requirement.names)
        return
    assert 0 <= error.column <= len(text)
    assert str(error) == (f"column {error.column}: " if error.column else "") + error.problem
    assert "\n" not in str(error)


# --- Complaints: every kind, with its column

COMPLAINTS = [
    ("tech & billing", 6, "'&' is not understood; write 'and'"),
    ("tech | billing", 6, "'|' is not understood; write 'or'"),
    ("!tech", 1, "'!' is not understood; write 'not'"),
    ("~tech", 1, "'~' is not understood; write 'not'"),
    ("tech = 5", 6, "'=' is not understood; write '=='"),
    ("lang-es", 5, "'-' is not understood; skills consist of letters, digits and '_'"),
    ("tech >= -1", 9, "'-' is not understood; skills consist of letters, digits and '_'"),
    ("lang.es", 5, "'.' is not understood; skills consist of letters, digits and '_'"),
    ("'tech'", 1, '"\'" is not understood; write skills without quotes'),
    ('tech and "billing"', 10, "'\"' is not understood; write skills without quotes"),
    ("tech # or not", 6, "'#' is not understood; an expression has no comments"),
    ("tech, billing", 5, "',' is not understood; join with 'and' or 'or'"),
    (
        "tech + 5",
        6,
        "'+' is not understood; use skills, numbers, comparisons, 'and', 'or', 'not' and parentheses",
    ),
    ("tech\\\nand billing", 5, "'\\\\' is not understood; use skills"),
    ("tech billing", 6, "no operator stands before 'billing'; put 'and', 'or' or a comparison there"),
    ("tech AND billing", 6, "no operator stands before 'AND'"),
    ("tech (billing)", 6, "no operator stands before '('"),
    ("tech not billing", 6, "no operator stands before 'not'"),
    ("and tech", 1, "nothing stands before 'and'; put a skill there"),
    ("tech or or billing", 9, "nothing stands before 'or'; put a skill there"),
    ("()", 2, "nothing stands before ')'; put a skill there"),
    ("tech >= ", 8, "the expression breaks off; add what is missing"),
    ("not", 3, "the expression breaks off; add what is missing"),
    ("tech)", 5, "')' closes nothing; remove it or open a '(' before"),
    ("(tech and (billing)", 1, "'(' is never closed; add a ')'"),
    ("tech >= 101", 9, "'101' is not in 0..100, the range of proficiencies"),
    ("tech >= " + "9" * 5000, 9, "'9999999999999999999999999999999999999999...' is not in 0..100"),
    ("tech >= 007", 9, "'007' starts with a zero; write '7'"),
    (
        "2nd and tech",
        1,
        "'2nd' is neither a skill nor a number; a skill consists of letters, digits and '_' and",
    ),
    ("tech ≥ 5", 6, "'≥' is neither a skill nor a number"),
    ("tech\0", 1, "'tech\\x00' is neither a skill nor a number"),
    ("tech >= \u0663", 9, "'\u0663' is neither a skill nor a number"),  # an Arabic three
    ("lambda", 1, "'lambda' is a reserved word; use skills"),
    ("tech in billing", 6, "'in' is a reserved word"),
    ("None", 1, "'None' is a reserved word"),
    ("\U0001d427\U0001d428\U0001d42d tech", 1, "is a reserved word"),
    ("tech >= not 5", 9, "does not parse here; use skills"),
    ("tech >= billing", 1, "a comparison needs a skill on one side and a number 0..100 on the other"),
    ("1 < 2", 1, "a comparison needs a skill on one side"),
    ("tech and True >= 1", 10, "a comparison needs a skill on one side"),
    ("tech >= True", 1, "a comparison needs a skill on one side"),
    ("grüße and (tech or billing) < 5", 12, "a comparison needs a skill on one side"),
    ("tech and 30", 10, "30 stands alone; compare a skill with it, as in 'tech >= 30'"),
    ("(" * 51 + "tech" + ")" * 51, 51, "nested more than 50 deep; write it flatter"),
    ("not " * 51 + "tech", 201, "nested more than 50 deep; write it flatter"),
    (" and ".join(["tech"] * 65), 577, "more than 64 terms; raise limits.expression_terms or declare"),
    ("1 < tech < 5 and " * 32 + "tech", 545, "more than 64 terms"),
]


@pytest.mark.parametrize(("expression", "column", "problem"), COMPLAINTS)
def test_complaint(expression: str, column: int, problem: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_requirement(expression)
    assert problem in str(caught.value)
    assert caught.value.column == column
    assert str(caught.value).startswith(f"column {column}: ")


def test_too_long_an_expression_is_not_read() -> None:
    with pytest.raises(ExpressionError, match=r"^the expression has 16385 characters; 16384 are allowed"):
        compile_requirement("(" * (MAX_CHARS + 1))


def test_depth_counts_what_is_open_not_what_was() -> None:
    flat = " and ".join(["not (tech)"] * 60)
    assert compile_requirement(flat).names == ("tech",)
    deepest = "(" * MAX_DEPTH + "tech" + ")" * MAX_DEPTH
    assert compile_requirement(deepest).names == ("tech",)


@pytest.mark.parametrize(("terms", "allowed"), [(3, 3), (255, 255)])
def test_terms_up_to_the_limit(terms: int, allowed: int) -> None:
    compile_requirement(" or ".join(["tech"] * terms), allowed)
    with pytest.raises(ExpressionError, match=rf"more than {allowed} terms"):
        compile_requirement(" or ".join(["tech"] * (terms + 1)), allowed)


def test_a_chain_counts_each_comparison() -> None:
    compile_requirement("1 < tech < 5", 2)
    with pytest.raises(ExpressionError, match="more than 1 terms"):
        compile_requirement("1 < tech < 5", 1)


def test_only_text_is_an_expression() -> None:
    with pytest.raises(UsageError, match="expression is a int; it must be a str"):
        compile_requirement(5)  # type: ignore[arg-type]


def test_errors_survive_pickling() -> None:
    error = ExpressionError("is wrong; right it", 7)
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.column) == ("column 7: is wrong; right it", 7)


# --- Ids and suggestions


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("tech", True),
        ("_x9", True),
        ("grüße", True),
        ("match", True),
        ("true", True),
        ("", False),
        ("lang-es", False),
        ("lang es", False),
        ("9x", False),
        ("True", False),
        ("and", False),
        ("class", False),
        ("\ufb01sh", False),
    ],
)
def test_skill_ids(name: str, good: bool) -> None:
    assert is_skill_id(name) is good


@given(st.text(max_size=10))
def test_a_skill_id_can_be_named(name: str) -> None:
    if is_skill_id(name):
        assert compile_requirement(name).names == (name,)
    else:
        try:
            names = compile_requirement(name).names
        except ExpressionError:
            return
        assert names != (name,)


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("spanisch", ["english", "spanish"], "; did you mean 'spanish'?"),
        ("Spanish", ["spanish"], "; did you mean 'spanish'?"),
        ("SPANISH", ["spanish"], "; did you mean 'spanish'?"),
        ("tech", [], ""),
        ("tech", ["billing", "lang_es"], ""),
        ("", ["billing"], ""),
        ("agent12345x", [f"agent{number}" for number in range(20_000)], "; did you mean 'agent12345'?"),
    ],
)
def test_suggestions(name: str, known: list[str], hint: str) -> None:
    assert suggest(name, known) == hint


@given(st.lists(st.text("abc", max_size=4), max_size=8), st.text("abcABC", max_size=4))
def test_suggestions_do_not_depend_on_order(known: list[str], name: str) -> None:
    assert suggest(name, known) == suggest(name, set(known)) == suggest(name, known[::-1])


def test_long_values_are_cut() -> None:
    assert quoted("x" * 41) == "'" + "x" * 40 + "...'"


# --- Scores


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("tech", [("tech", 1)]),
        ("2*lang_es + tech - 3*trainee", [("lang_es", 2), ("tech", 1), ("trainee", -3)]),
        ("-trainee+1000 * tech", [("trainee", -1), ("tech", 1000)]),
        ("+ tech\n  - billing\t", [("tech", 1), ("billing", -1)]),
        ("3*grüße", [("grüße", 3)]),
        ("2*\ufb01sh", [("fish", 2)]),
    ],
)
def test_score(text: str, weights: list[tuple[str, int]]) -> None:
    assert compile_score(text) == tuple(weights)


SCORE_COMPLAINTS = [
    ("tech tech", 6, "no '+' or '-' stands before 'tech'; put '+' or '-' there"),
    ("tech * 2", 6, "no '+' or '-' stands before '*'; write the weight before the skill"),
    ("2 tech", 3, "'tech' stands after the weight 2; write '2*' and the skill"),
    ("tech + 5", 8, "the score breaks off; add what is missing"),
    ("tech +", 6, "the score breaks off; add what is missing"),
    ("tech + 5 + billing", 10, "'+' stands after the weight 5; write '5*' and the skill"),
    (
        "2*3*tech",
        3,
        "'3' is no skill; write skills, each with a weight before it if need be, as in '2*tech + b",
    ),
    ("2.5*tech", 2, "'.' stands after the weight 2; write '2*' and the skill"),
    ("tech - -billing", 8, "'-' is no skill; write skills"),
    ("(tech)", 1, "'(' is no skill; write skills"),
    ("not + tech", 1, "'not' is no skill; write skills"),
    ("lang-es", None, ""),
    ("0*tech", 1, "'0' is not in 1..1000, the range of weights"),
    ("tech - 1001*billing", 8, "'1001' is not in 1..1000, the range of weights"),
    ("9" * 5000 + "*tech", 1, "...' is not in 1..1000, the range of weights"),
    ("007*tech", 1, "'007' starts with a zero; write '7'"),
    ("tech + 2*tech", 10, "'tech' is weighed twice; add up its weights"),
    (
        " + ".join(f"s{number}" for number in range(65)),
        375,
        "more than 64 skills; raise limits.expression_terms",
    ),
]


@pytest.mark.parametrize(("text", "column", "problem"), SCORE_COMPLAINTS)
def test_score_complaint(text: str, column: int | None, problem: str) -> None:
    if column is None:  # that is a difference
        assert compile_score(text) == (("lang", 1), ("es", -1))
        return
    with pytest.raises(ExpressionError) as caught:
        compile_score(text)
    assert problem in str(caught.value)
    assert caught.value.column == column


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_score_weighs_something(text: str) -> None:
    with pytest.raises(ExpressionError, match="weighs nothing; leave it out"):
        compile_score(text)


def test_scores_up_to_the_limits() -> None:
    assert compile_score("a + b", 2) == (("a", 1), ("b", 1))
    with pytest.raises(ExpressionError, match="more than 1 skills"):
        compile_score("a + b", 1)
    with pytest.raises(ExpressionError, match=r"^the score has 16385 characters; 16384 are allowed"):
        compile_score("a" * (MAX_CHARS + 1))
    with pytest.raises(UsageError, match="score is a int; it must be a str"):
        compile_score(5)  # type: ignore[arg-type]


@given(st.dictionaries(st.sampled_from(SKILLS), st.integers(-1000, 1000).filter(bool), min_size=1))
def test_what_is_spelled_as_a_score_is_read(weights: dict[str, int]) -> None:
    text = " ".join(f"{'-' if weight < 0 else '+'} {abs(weight)}*{name}" for name, weight in weights.items())
    assert compile_score(text) == tuple(weights.items())


@given(st.text("ab12*+- \n.(\u00e4", max_size=20) | st.text(max_size=30))
def test_fuzzed_score_compiles_or_is_explained(text: str) -> None:
    try:
        weights = compile_score(text)
    except ExpressionError as caught:
        error = caught
    else:
        assert all(is_skill_id(name) and 0 < abs(weight) <= 1000 for name, weight in weights)
        return
    assert 0 <= error.column <= len(text)
    assert "\n" not in str(error)
