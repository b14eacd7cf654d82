"""The house rules that no linter knows: direction of imports in compiled modules, headers, fresh pages, live links.

Owns checks of the source tree itself; must not test what the code does.
"""

import ast
import importlib
import inspect
import re
import runpy
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from routing import LogIn, LogOut
from routing.journal import Checkpoint, read
from routing.replay import replay

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "routing"
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

SERVER = ROOT / "grpc_api"
MODULES = [
    *sorted(PACKAGE.rglob("*.py")),
    *(path for path in sorted(SERVER.rglob("*.py")) if path.parent.name != "v1"),  # which is generated
]
COMPILED = sorted(path for pattern in ("*.pyx", "*.pxd", "*.pxi") for path in PACKAGE.rglob(pattern))
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGES += sorted((ROOT / "benchmarks").glob("*.md"))
GENERATORS = [
    path for path in sorted((ROOT / "docs").glob("*.py")) if "--check" in path.read_text(encoding="utf-8")
]

pytestmark = pytest.mark.tree


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tracked() -> list[Path]:
    """Every file of ours: what git knows or would add; in an unpacked sdist, which has no git, nothing."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    paths = (ROOT / line for line in listing.stdout.splitlines())
    return [path for path in paths if path.is_file()]


# ------------------------------------------------------------------------------------------------- imports


def layers() -> dict[str, int]:
    """Top-level module of ``routing`` to its height, from the contract that import-linter reads."""
    (contract,) = (c for c in PYPROJECT["tool"]["importlinter"]["contracts"] if c["id"] == "layers")
    height: dict[str, int] = {}
    for level, layer in enumerate(reversed(contract["layers"])):
        for name in re.split(r"[|:]", layer):
            height[name.strip(" ()")] = level
    return height


def imported(source: str) -> Iterator[str]:
    """Modules of ``routing`` that a compiled source imports or cimports, as their top-level names."""
    for line in source.splitlines():
        if found := re.match(r"\s*from\s+routing\s+c?import\s+(.+)", line):
            for part in found[1].strip("()\\ ").split(","):
                yield part.split(" as ")[0].strip()
        elif found := re.match(r"\s*(?:from|c?import)\s+routing\.(\w+)", line):
            yield found[1]


def test_imports_are_recognised() -> None:
    source = (
        "from routing import commands as _c, events\nfrom routing.model cimport Step\ncimport routing._core\n"
    )
    assert list(imported(source)) == ["commands", "events", "model", "_core"]


@pytest.mark.parametrize("path", COMPILED, ids=named)
def test_compiled_modules_import_downwards(path: Path) -> None:
    height = layers()
    source = path.read_text(encoding="utf-8")
    wing = path.relative_to(PACKAGE).parts[0] if path.parent not in (PACKAGE, PACKAGE / "core") else "_core"
    for name in imported(source):
        if name != wing:
            assert height[name] < height[wing], f"{named(path)} must not import routing.{name}"
    inside = re.findall(r"(?m)^[ \t]+(?:from \S+ c?import .*|c?import [\w.]+(?: as \w+)?)$", source)
    assert inside == [], "imports belong at the top of a module"
    assert not re.search(r"(?m)^\s*(?:from|cimport|import)\s+\.", source), "imports name the whole path"


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_nothing_is_imported_inside_a_function(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lines = [
        node.lineno
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert lines == []


def test_only_the_clock_reads_the_clock() -> None:
    """Law 1 in the large: nothing but ``clock`` may import what differs from run to run."""
    banned = {"time", "random", "secrets", "uuid", "threading", "socket"}
    engine_wing = [path for path in MODULES if path.parent == PACKAGE and path.stem not in {"clock", "cli"}]
    for path in engine_wing:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            assert not banned.intersection(names), f"{named(path)} imports {names}"
    for path in COMPILED:
        found = re.findall(r"(?m)^(?:from|c?import)\s+(?:libc\.)?(\w+)", path.read_text(encoding="utf-8"))
        assert not banned.intersection(found), f"{named(path)} imports {found}"


# ----------------------------------------------------------------------------------------------------- docs


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_modules_and_public_names_have_docstrings(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "a module starts with what it owns and what it must not know"
    bare: list[str] = []
    for node in tree.body:
        if not isinstance(
            node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        ) or node.name.startswith("_"):
            continue
        methods = (
            [part for part in node.body if isinstance(part, ast.FunctionDef)]
            if hasattr(node, "bases")
            else []
        )
        public = [node, *(method for method in methods if not method.name.startswith("_"))]
        bare += [item.name for item in public if not ast.get_docstring(item)]
    assert bare == []


@pytest.mark.parametrize("path", COMPILED, ids=named)
def test_compiled_modules_have_headers(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith(('"""', "#")), "a file starts with what it owns"


def test_the_compiled_core_is_documented() -> None:
    core = importlib.import_module("routing._core")
    bare: list[str] = []
    for name, value in vars(core).items():
        if not name.startswith("_") and getattr(value, "__module__", None) == core.__name__:
            members = vars(value).items() if inspect.isclass(value) else ()
            bare += [
                f"{name}.{part}" for part, member in members if part[0] != "_" and not inspect.getdoc(member)
            ]
            bare += [] if inspect.getdoc(value) else [name]
    assert bare == []


def test_the_changelog_knows_this_version() -> None:
    version = PYPROJECT["project"]["version"]
    headings = re.findall(r"(?m)^## \[?([\w.]+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert version in headings


@pytest.mark.parametrize("script", GENERATORS, ids=named)
def test_generated_pages_are_fresh(script: Path) -> None:
    done = subprocess.run(
        [sys.executable, script, "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr + "\nremedy: make docs"


def anchors(page: Path) -> set[str]:
    """The fragments that headings of a page answer to, as forges spell them."""
    headings = re.findall(r"(?m)^#+ (.+)$", page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_resolve(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    broken: list[str] = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, fragment = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        known = target.exists() and (not fragment or fragment in anchors(target))
        broken += [] if known else [link]
    assert broken == []


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"index.md"}
    assert {page for page in pages if f"({page})" not in index} == set()


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "docs/call-backs.md",
        "docs/embedding.md",
        "docs/explaining.md",
        "docs/handling.md",
        "docs/hosting.md",
        "docs/routing-rules.md",
        "docs/changing-rules.md",
        "docs/statistics.md",
        "docs/staffing.md",
        "docs/metrics.md",
        "docs/forecasting.md",
        "docs/scheduling.md",
        "docs/estimated-wait.md",
        "docs/rehearsal.md",
        "docs/menus.md",
        "docs/center-service.md",
        "docs/compliance.md",
        "docs/devices.md",
        "docs/supervision.md",
        "docs/recording.md",
        "docs/outcomes.md",
        "docs/continuity.md",
        "docs/signals.md",
    ],
)
def test_python_on_pages_runs(page: str) -> None:
    """The Python blocks of a page, one after the other in one namespace."""
    blocks = re.findall(r"(?ms)^```python\n(.*?)^```", (ROOT / page).read_text(encoding="utf-8"))
    assert blocks
    namespace: dict[str, object] = {"__name__": "page"}
    for block in blocks:
        exec(compile(block, page, "exec"), namespace)


def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(ROOT / "examples" / "embed.py"), run_name="__main__")
    assert capsys.readouterr().out


def test_the_example_comes_back_from_any_cut() -> None:
    """Wherever a crash breaks the journal off, the example goes on from the last whole line."""
    example = runpy.run_path(str(ROOT / "examples" / "embed.py"), run_name="example")
    journal: list[bytes] = []
    host = example["Host"](lambda: 5, journal, lambda _: None)
    for command in (LogIn("ann"), LogOut("ann"), LogIn("ann"), LogIn("ben"), LogOut("ben")):
        host.do(command)
    assert any(isinstance(line, Checkpoint) for line in read(journal))
    whole = b"".join(journal)
    for cut in range(len(whole) + 1):
        lines = whole[:cut].splitlines(keepends=True)
        host = example["Host"](lambda: 5, lines, lambda _: None)
        host.do(LogIn("ben"))
        assert replay(lines).digest == host.engine.digest


# ----------------------------------------------------------------------------------------------- what leaks


def test_nothing_names_a_machine() -> None:
    """No path of somebody's machine and no address of somebody's package index in what we ship."""
    homes = "|".join(("home", "root", "Users", "work", "opt", "mnt"))
    path = re.compile(rf"(?<![\w.)\]}}-])/(?:{homes})/\w")
    index = re.compile(
        "|".join(("index" + "-url", r"pypi\.(?!org/project)" + r"\w+", "artifact" + "ory", "/sim" + "ple/"))
    )
    found: list[str] = []
    for file in tracked():
        if file == Path(__file__).resolve() or file.suffix in {".png", ".gz"}:
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if path.search(line) or index.search(line):
                found.append(f"{named(file)}:{number}: {line.strip()[:100]}")
    assert found == []
