"""Build of the compiled modules; everything else about the package is said in ``pyproject.toml``.

Owns how each ``_*.pyx`` under ``routing`` becomes an extension module; must not know what it does.

Environment switches, all off by default:

``HUNTGROUP_STRICT=1``
    Warnings of Cython and of the C compiler are errors (the ``Makefile`` sets it; a user's compiler may
    warn of things that ours does not know yet).
``HUNTGROUP_ANNOTATE=1``
    Write ``build/routing/_core.html`` and its like, which show where a module talks to the interpreter.
``HUNTGROUP_SANITIZE=address,undefined``
    Instrument the modules with the sanitizers named.
"""

import os
import sys
from pathlib import Path

from Cython.Build import cythonize
from Cython.Compiler import Options
from setuptools import Extension, setup

STRICT = os.environ.get("HUNTGROUP_STRICT", "") == "1"
ANNOTATE = os.environ.get("HUNTGROUP_ANNOTATE", "") == "1"
SANITIZE = os.environ.get("HUNTGROUP_SANITIZE", "")

DIRECTIVES = {
    "language_level": 3,
    "binding": True,  # signatures that stubtest can read
    "boundscheck": False,
    "wraparound": False,
    "initializedcheck": False,
    "cdivision": True,
    "auto_pickle": False,  # nothing in the module that the stub does not name
    "autotestdict": False,
    "warn.multiple_declarators": True,
    "warn.unreachable": True,
}

# Integers decide everything, so no optimisation may depend on the machine that builds. Debug information would
# be most of the file.
C_FLAGS = ["-O2", "-ffp-contract=off", "-g0"]
# What generated code cannot help stays allowed. Cython's own warnings of unused and of uninitialised names
# misfire on generator expressions and on out-parameters; cython-lint and the C compiler look for those.
C_FLAGS_STRICT = [
    "-Wall",
    "-Wextra",
    "-Werror",
    "-Wno-unused-parameter",
    "-Wno-missing-field-initializers",
    "-Wno-cast-function-type",
    "-Wno-sign-compare",
]


def extensions() -> list[Extension]:
    """Describe the compiled modules: the core, and one for each wing with a hot loop of its own."""
    compile_args = [] if sys.platform == "win32" else list(C_FLAGS)
    link_args = []
    if STRICT:
        Options.warning_errors = True
        compile_args += C_FLAGS_STRICT
    if SANITIZE:
        flags = [f"-fsanitize={SANITIZE}", "-fno-sanitize-recover=all"]
        compile_args += [*flags, "-O1", "-g1", "-fno-omit-frame-pointer"]
        link_args += flags
    return [
        Extension(
            ".".join(path.with_suffix("").parts),
            [path.as_posix()],
            depends=sorted(part.as_posix() for part in path.parent.rglob("*.px[di]")),
            extra_compile_args=compile_args,
            extra_link_args=link_args,
        )
        for path in sorted(Path("routing").rglob("_*.pyx"))
    ]


setup(
    ext_modules=cythonize(
        extensions(),
        build_dir="build",
        annotate=ANNOTATE,
        compiler_directives=DIRECTIVES,
    ),
    options={"build_ext": {"parallel": True}},  # as many compilers as there are processors
)
