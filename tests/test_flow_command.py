"""``huntgroup flow``: what it prints, and with which exit code.

Owns tests of the command through its arguments; must not test what is found (``test_menus_lint``).
"""

import io
import json
import sys
from pathlib import Path

import pytest
from outside import ROOT

from routing import cli
from routing.errors import ConfigError, ExpressionError
from routing.menus.comparing import compile_comparison
from routing.menus.digits import compile_pattern
from routing.menus.reading import flow_from_dict

MENU = ROOT / "examples" / "menus" / "bank.toml"


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    try:
        code = cli.main(["flow", *(str(argument) for argument in arguments)])
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 1
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def written(tmp_path: Path, text: str, name: str = "menu.toml") -> Path:
    path = tmp_path / name
    path.write_text('id = "f"\nstart = "a"\n' + text, encoding="utf-8")
    return path


@pytest.fixture
def dead(tmp_path: Path) -> Path:
    return written(tmp_path, 'nodes.a = {kind = "prompt"}\nnodes.b = {kind = "hang_up"}\n')


def test_findings_as_text(capsys: pytest.CaptureFixture[str], dead: Path) -> None:
    code, out, err = run(capsys, dead)
    assert (code, err) == (1, "")
    assert out.splitlines()[:5] == [
        str(dead),
        "  error  nodes.a.next  dead-end",
        "    the exit 'next' leads nowhere",
        "    why: a call that takes it goes to the flow's fallback, or is cut off",
        "    do:  name the node that follows, one of kind hang_up to end the call",
    ]
    assert out.splitlines()[-1] == "1 error, 1 warning, 0 notes"


def test_exit_codes(capsys: pytest.CaptureFixture[str], dead: Path, tmp_path: Path) -> None:
    assert run(capsys, MENU)[:2] == (0, "0 errors, 0 warnings, 0 notes\n")
    assert run(capsys, dead, "--ignore", "dead-end")[0] == 0
    assert run(capsys, dead, "--ignore", "dead-end", "--strict")[0] == 1
    assert run(capsys, dead, "--ignore", "dead-end,unreachable-node", "--strict")[0] == 0
    assert run(capsys, dead, "--ignore", "dead-ends")[0] == 2
    assert run(capsys, tmp_path / "none.toml")[0] == 1
    assert run(capsys, MENU, dead, "--dot")[0] == 2
    assert run(capsys, MENU, "--set", "caller")[0] == 2
    assert run(capsys, written(tmp_path, "", "menu.txt"))[0] == 1


def test_findings_as_json(capsys: pytest.CaptureFixture[str], dead: Path) -> None:
    invalid = dead.with_name("invalid.toml")
    invalid.write_text('id = "f"\nstart = "a"\nnodes.a = {kind = "promt"}\n', encoding="utf-8")
    code, out, _ = run(capsys, dead, invalid, "--json")
    one, other = json.loads(out)
    assert code == 1
    assert [finding["code"] for finding in one["findings"]] == ["dead-end", "unreachable-node"]
    assert [(finding["code"], finding["path"]) for finding in other["findings"]] == [
        ("invalid-flow", "nodes.a.kind")
    ]


def test_queues_of_a_centre(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    centre = tmp_path / "centre.toml"
    centre.write_text('queues = [{ id = "service" }]\n', encoding="utf-8")
    assert run(capsys, MENU, "--centre", centre)[0] == 0
    centre.write_text('queues = [{ id = "servise" }]\n', encoding="utf-8")
    code, out, _ = run(capsys, MENU, "--centre", centre)
    assert code == 1
    assert "the centre has no queue 'service'; did you mean 'servise'?" in out


def test_pictures(capsys: pytest.CaptureFixture[str]) -> None:
    code, dot, _ = run(capsys, MENU, "--dot")
    assert code == 0
    assert dot.startswith('digraph "bank" {\n')
    assert '  "identify" -> "identify/card" [label="call"];' in dot
    assert '  subgraph "cluster_identify" { label="identify";' in dot
    assert dot.count("{") - dot.count("{balance}") - dot.count("{minutes}") == dot.count("}") - 2
    code, mermaid, _ = run(capsys, MENU, "--mermaid")
    assert code == 0
    assert mermaid.startswith("flowchart TD\n")
    assert mermaid.count(" -->") + mermaid.count(" -.->") == dot.count(" -> ") - 1  # but for the start


def dialogue(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, lines: str, *arguments: object
) -> tuple[int, list[str], str]:
    monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
    code, out, err = run(capsys, *arguments, "--try")
    return code, out.splitlines(), err


def test_a_call_from_a_pipe(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "1\nopen\nmy balance\n4111111111111111\n2357\nknown customer=c7 balance=9\nhang up\n"
    code, out, err = dialogue(capsys, monkeypatch, lines, MENU, "--set", "caller=+49301234")
    assert (code, err) == (0, "")
    assert out[0] == "menu: Welcome. For English, press 1. Für Deutsch drücken Sie die 2."
    assert "you (up to 4 keys, secret): ****" in out
    assert "menu [en]: Your balance is 9 euros." in out
    assert out[-2] == "-> caller hung up"
    assert out[-1].startswith("way: language > hours > main > identify > identify/card > identify/pin")
    assert not any("2357" in line or "4111" in line for line in out)


def test_a_call_with_mistakes(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be understood is asked for again; the end of the input hangs up."""
    lines = "\n2\nopen x\nopen 'x\nclosed\nlong\n12\n9s\n"
    code, out, _ = dialogue(capsys, monkeypatch, lines, MENU, "--language", "de")
    assert code == 0
    assert sum(line.startswith("  (") for line in out) == 4
    assert out[-2:] == ["-> message left: service, 9s", "way: language > hours > closed"]
    assert dialogue(capsys, monkeypatch, "", MENU)[1][-2] == "-> caller hung up"


def test_every_outcome_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for node, told in (
        ('{kind = "transfer", number = "+4930"}', "-> to a number: +4930"),
        ('{kind = "hang_up"}', "-> hung up"),
        (
            '{kind = "enqueue", queues = ["a", "b"], priority = 2, requirement = "tech"}',
            "-> to a queue: a, b, priority 2, requirement 'tech'",
        ),
    ):
        path = written(tmp_path, f"nodes.a = {node}\n")
        assert dialogue(capsys, monkeypatch, "", path)[1] == [told, "way: a"]


def test_a_faulty_menu_cannot_be_tried(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, dead: Path
) -> None:
    code, _, err = dialogue(capsys, monkeypatch, "", dead)
    assert code == 1
    assert err.startswith(f"huntgroup: {dead}: nodes.a.next: the exit 'next' leads nowhere (dead-end)")
    assert run(capsys, written(dead.parent, "", "menu.txt"), "--try")[0] == 1


# ------------------------------------------------------------------------------------- what cannot be read

#: Node "a", and how the complaint about it begins.
UNREADABLE = [
    ({"kind": "prompt", "nxt": "b"}, "nodes.a.nxt: unknown field; did you mean 'next'?"),
    ({"kind": "menu", "timeout": 5}, "nodes.a.timeout: 5 is a number and has no unit"),
    ({"kind": "menu", "choices": [{"key": "x"}]}, "nodes.a.choices[0].key: 'x' is no key"),
    (
        {"kind": "menu", "choices": [{"phrases": ["?!"]}]},
        "nodes.a.choices[0].phrases[''][0]: '?!' has no words",
    ),
    ({"kind": "collect"}, "nodes.a.into: is missing"),
    ({"kind": "collect", "into": "a b"}, "nodes.a.into: 'a b' names no attribute"),
    ({"kind": "collect", "into": "language"}, "nodes.a.into: 'language' names no attribute"),
    (
        {"kind": "collect", "into": "x", "min_digits": 9, "max_digits": 8},
        "nodes.a.max_digits: 8 is below min_digits 9",
    ),
    ({"kind": "collect", "into": "x", "least": 9, "most": 8}, "nodes.a.most: 8 is below least 9"),
    (
        {"kind": "collect", "into": "x", "pattern": "(1+)+"},
        "nodes.a.pattern: '(1+)+' cannot be read from '(1+)+' on",
    ),
    ({"kind": "branch", "cases": [{"when": "x >"}]}, "nodes.a.cases[0].when: 'x >' is no comparison"),
    ({"kind": "hang_up", "say": "{"}, "nodes.a.say: '{' has a single {"),
    ({"kind": "hang_up", "say": {"en": "{a b}"}}, "nodes.a.say.en: '{a b}' names no attribute"),
    ({"kind": "transfer", "number": "{}"}, "nodes.a.number: '{}' names no attribute"),
    ({"kind": "return"}, "nodes.a: returns from the main flow"),
    ({"say": "x"}, "nodes.a.kind: is missing"),
    ({"kind": "x"}, "nodes.a.kind: 'x' is no kind of node; it must be one of prompt, menu"),
    (5, "nodes.a: 5 is a number; a node has a kind"),
    (
        {"kind": "enqueue", "queues": ["q"], "attributes": {str(n): "" for n in range(65)}},
        "nodes.a.attributes: 65 are",
    ),
]


@pytest.mark.parametrize(("node", "problem"), UNREADABLE)
def test_what_cannot_be_read(node: object, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        flow_from_dict({"id": "f", "start": "a", "nodes": {"a": node}})
    assert str(caught.value).startswith(problem)


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ({}, "nodes: is missing"),
        ([], "a list stands here; a flow has an id"),
        ({"id": "", "start": "a", "nodes": {}}, "id: "),
        ({"id": "f", "nodes": {}}, "start: is missing"),
        ({"id": "f", "start": "a", "nodes": {}, "languages": ["x"]}, "languages[0]: 'x' is no language"),
        (
            {"id": "f", "start": "a", "nodes": {}, "languages": ["en", "en"]},
            "languages[1]: 'en' stands twice",
        ),
        ({"id": "f", "start": "a", "nodes": {"a/b": {"kind": "hang_up"}}}, "nodes['a/b']: 'a/b' is no id"),
        ({"id": "f", "start": "a", "nodes": {}, "flows": {"s": {"nodes": {}}}}, "flows.s.start: is missing"),
        (
            {"id": "f", "start": "a", "nodes": {}, "flows": {"s": {"x": 1, "nodes": {}}}},
            "flows.s.x: unknown field",
        ),
        (
            {"id": "f", "start": "a", "nodes": {}, "attributes": {"a": "x" * 2000}},
            "attributes.a: has 2000 characters",
        ),
    ],
)
def test_heads_that_cannot_be_read(raw: object, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        flow_from_dict(raw)
    assert str(caught.value).startswith(problem)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "x + 1",
            "x == y",
            "f(x)",
            "1 < 2",
            "x < 'a'",
            "x in y",
            "x in (1, 2)",
            "x == True",
            "x is 1",
        ),
        *("x and", "lambda: x", "x == 1e999", "(" * 60 + "x" + ")" * 60, "not " * 100 + "x", "x" * 20_000),
        " or ".join(["x"] * 65),
    ],
)
def test_comparisons_that_cannot_be_read(text: str) -> None:
    with pytest.raises(ExpressionError):
        compile_comparison(text)


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("x == 1", {"1", "1.0", " 1", "+1", "01"}),
        ("x == '1'", {"1"}),
        ("x != 1", {"2", "-1.5"}),
        ("-2 < x <= 1", {"1", "1.0", " 1", "+1", "01", "-1.5"}),
        ("x not in ['1', '']", {"1.0", "2", " 1", "+1", "01", "-1.5", "one", "1e0"}),
        ("not x", {""}),
    ],
)
def test_comparisons(text: str, held: set[str]) -> None:
    values = ("", "1", "1.0", "2", " 1", "+1", "01", "-1.5", "one", "1e0")
    assert {value for value in values if compile_comparison(text).holds({"x": value})} == held


@pytest.mark.parametrize(
    "pattern", ["|1", "[", "[5-1]", "[]", "1{3,2}", "1{0}", ".{65}", ".{40}.{40}", "1*", "a"]
)
def test_patterns_that_cannot_be_read(pattern: str) -> None:
    with pytest.raises(ConfigError):
        compile_pattern(pattern)
