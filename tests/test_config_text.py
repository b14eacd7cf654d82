"""TOML, YAML and JSON: what is read alike, and where broken syntax is said to be broken."""

import math
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from routing.config import load, loads
from routing.config.text import FORMATS, read, write
from routing.errors import ConfigError, UsageError

DOCUMENTS = {
    "toml": "name = 'X'\n[[queues]]\nid = 'sales'\nring_timeout = '15s'\n",
    "yaml": "name: X\nqueues:\n- id: sales\n  ring_timeout: 15s\n",
    "json": '{"name": "X", "queues": [{"id": "sales", "ring_timeout": "15s"}]}',
}


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_same_in_every_format(fmt: str) -> None:
    assert read(DOCUMENTS[fmt], fmt) == {"name": "X", "queues": [{"id": "sales", "ring_timeout": "15s"}]}


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_bytes_and_byte_order_marks(fmt: str, mark: str) -> None:
    document = (mark + DOCUMENTS[fmt]).encode()
    assert loads(document, fmt) == loads(mark + DOCUMENTS[fmt], fmt)


@pytest.mark.parametrize(
    ("name", "fmt"), [("c.toml", "toml"), ("c.yaml", "yaml"), ("c.yml", "yaml"), ("c.JSON", "json")]
)
def test_load_goes_by_the_suffix(tmp_path: Path, name: str, fmt: str) -> None:
    file = tmp_path / name
    file.write_text(DOCUMENTS[fmt], encoding="utf-8")
    assert load(file) == load(str(file)) == loads(DOCUMENTS[fmt], fmt)


def test_load_says_which_suffixes_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"suffix '.ini' is not one of .toml, .yaml, .yml, .json"):
        load(tmp_path / "c.ini")


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "c.toml")


def test_unknown_format() -> None:
    with pytest.raises(
        UsageError, match=r"format 'tonl' is not one of toml, yaml, json; did you mean 'toml'\?"
    ):
        loads("", "tonl")
    with pytest.raises(UsageError, match="format 'xml' is not one of"):
        write({}, "xml")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("yes", "yes"),
        ("No", "No"),
        ("true", True),
        ("FALSE", False),
        ("10:30", "10:30"),
        ("2026-12-25", "2026-12-25"),
        ("007", "007"),
        ("1_000", "1_000"),
        ("0x1f", "0x1f"),
        ("1e3", "1e3"),
        ("-12", -12),
        ("1.5", 1.5),
        ("1.5e+3", 1500.0),
        ("~", None),
        ("", None),
        ("=", "="),
        ("'5'", "5"),
        ("!!str 5", "5"),
        (".inf", math.inf),
    ],
)
def test_yaml_scalars(text: str, value: object) -> None:
    assert read(f"key: {text}", "yaml") == {"key": value}


def test_yaml_anchors_and_merges() -> None:
    text = "base: &base {strategy: linear, tier: 1}\nqueues:\n- {id: a, <<: *base}\n- {<<: *base, id: b, tier: 2}"
    assert read(text, "yaml") == {
        "base": {"strategy": "linear", "tier": 1},
        "queues": [
            {"id": "a", "strategy": "linear", "tier": 1},
            {"id": "b", "strategy": "linear", "tier": 2},
        ],
    }


@pytest.mark.parametrize("text", ["", "# nothing but a comment\n", "---\n"])
def test_an_empty_yaml_document_is_an_empty_configuration(text: str) -> None:
    assert loads(text, "yaml") == loads("", "toml") == loads("{}", "json")


COMPLAINTS = [
    ("toml", "name = = 5", "line 1, column 8: no valid TOML ("),
    ("toml", "name = 'X'\nname = 'Y'", "line 2, column 11: no valid TOML ("),
    ("toml", "x = [1,\n\n", "line 3, column 1: no valid TOML ("),
    ("toml", "a = 2026-13-01", "line 1, column "),
    (
        "toml",
        "a = " + "[" * 100_000,
        "the TOML text is nested too deeply for a configuration; remove brackets",
    ),
    ("toml", "a = " + "9" * 5000, "no valid TOML (Exceeds the limit"),
    ("json", '{"name": }', "line 1, column 10: no valid JSON (Expecting value); correct the syntax"),
    ("json", '{\n"a": 1,\n}', "line 3, column 1: no valid JSON ("),
    ("json", "", "line 1, column 1: no valid JSON ("),
    ("json", '{"name": "X", "name": "Y"}', "the key 'name' stands twice; remove one of them"),
    ("json", '{"queues": [{}, {"id": "a", "id": "b"}]}', "queues[1]: the key 'id' stands twice; remove one"),
    ("json", '{"limits": {"steps": 1, "steps": 1}}', "limits: the key 'steps' stands twice; remove one"),
    ("json", '{"seed": NaN}', "NaN is no JSON; remove it"),
    ("json", "[" * 100_000, "the JSON text is nested too deeply for a configuration; remove brackets"),
    ("json", "9" * 5000, "no valid JSON (Exceeds the limit"),
    ("yaml", "a: b: c", "line 1, column 5: no valid YAML ("),
    ("yaml", "a: [1", "no valid YAML ("),
    ("yaml", "a: 1\nb: 2\na: 3", "line 3, column 1: the key 'a' stands twice; remove one of them"),
    ("yaml", "queues:\n- {id: a, id: b}", "line 2, column 11: the key 'id' stands twice; remove one of them"),
    ("yaml", "{[a]: 1}", "line 1, column 2: no valid YAML (found unhashable key); correct the syntax"),
    ("yaml", "a: 1\n---\nb: 2", "line 2, column 1: no valid YAML ("),
    ("yaml", "a: \x07", "no valid YAML ("),
    ("yaml", "a: *b", "line 1, column 4: no valid YAML (found undefined alias"),
    ("yaml", "[" * 100_000, "line 1, column 101: the YAML text is nested too deeply for a configuration"),
    ("yaml", "a: " + "9" * 5000, "no valid YAML (Exceeds the limit"),
    ("yaml", "a: !!python/object:os.system x", "line 1, column 4: the tag 'tag:yaml.org,2002:python/object:"),
    (
        "yaml",
        "a: !!int x",
        "line 1, column 4: the tag 'tag:yaml.org,2002:int' has no meaning here; remove it",
    ),
    ("yaml", "a: !!set {b}", "line 1, column 4: the tag 'tag:yaml.org,2002:set' has no meaning here"),
    ("yaml", "a: !!timestamp 2026-12-25", "line 1, column 4: the tag 'tag:yaml.org,2002:timestamp'"),
]


@pytest.mark.parametrize(("fmt", "text", "problem"), COMPLAINTS)
def test_complaint(fmt: str, text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loads(text, fmt)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("fmt", FORMATS)
def test_bytes_that_are_no_utf8(fmt: str) -> None:
    with pytest.raises(
        ConfigError, match=r"^line 2: the byte 0xff is not UTF-8; save the file in that encoding"
    ):
        loads(b"\n\xff", fmt)


plain = st.recursive(
    st.text() | st.integers(-(2**63), 2**63 - 1) | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=6), plain, max_size=5))
@example({"a": "tech\x85and\u2028billing\r\n"})
def test_what_is_written_is_read(data: dict[str, object]) -> None:
    for fmt in FORMATS:
        assert read(write(data, fmt), fmt) == data


@given(st.sampled_from(FORMATS), st.binary(max_size=60) | st.text(max_size=60))
def test_fuzzed_documents(fmt: str, document: str | bytes) -> None:
    try:
        loads(document, fmt)
    except ConfigError as caught:
        message = str(caught)
    else:
        return
    assert message
    assert "\n" not in message


@given(
    st.sampled_from(FORMATS),
    st.lists(st.tuples(st.integers(0, 80), st.text("[]{}:,'\"\n -=&*!|>#%@5on", max_size=3)), max_size=4),
)
def test_damaged_documents(fmt: str, damages: list[tuple[int, str]]) -> None:
    text = DOCUMENTS[fmt]
    for place, patch in damages:
        text = text[:place] + patch + text[place + 1 :]
    try:
        loads(text, fmt)
    except ConfigError as caught:
        assert caught.problem  # noqa: PT017 (nothing else may come)
