# One recipe per job; `.ci/run` uses the same ones. `make` alone lists them.
# Everything happens inside .venv, which the first recipe makes. A second run does only what changed.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The first interpreter that is new enough; name another with `make PYTHON=... <job>`.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; exit; }; done; echo python3)
VENV := .venv
BIN := $(VENV)/bin
CORE := $(shell find routing -name '*.py[x]' -o -name '*.px[di]')
COMPILED := $(subst /,.,$(basename $(filter %.pyx,$(CORE))))

export HUNTGROUP_STRICT ?= 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help
help:  ## list the jobs
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

# ---------------------------------------------------------------------------------------------- setting up

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "huntgroup needs Python 3.11 or newer, and '$(PYTHON)' is not: $$($(PYTHON) --version 2>&1)."; \
		echo "Install one, or name it: make PYTHON=/path/to/python3.12"; exit 1; }
	@command -v $${CC:-cc} >/dev/null || command -v gcc >/dev/null || { \
		echo "huntgroup compiles its core and finds no C compiler."; \
		echo "Install one (Debian, Ubuntu: apt install build-essential python3-dev; macOS: xcode-select --install)."; \
		exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
		echo "'$(PYTHON) -m venv' failed; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet 'setuptools>=77' 'cython>=3.1'
	@touch $@

# Editable, so that a change of Python needs nothing and a change of the core only this.
$(VENV)/.core: $(VENV)/.made setup.py $(CORE)
	$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps --editable .
	@touch $@

# What pyproject.toml says that we depend on, without compiling the core once more.
WANTED := $(BIN)/python -c 'import sys, tomllib; \
	p = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
	print(*p["dependencies"], *(w for e in sys.argv[1:] for w in p["optional-dependencies"][e]), sep="\n")'

$(VENV)/.installed: $(VENV)/.made pyproject.toml
	$(WANTED) > $@.txt
	$(BIN)/python -m pip install --quiet -r $@.txt
	@touch $@

$(VENV)/.tools: $(VENV)/.made pyproject.toml
	$(WANTED) test lint bench server examples protos history campaigns customers planning plot > $@.txt
	$(BIN)/python -m pip install --quiet -r $@.txt build
	@touch $@

.PHONY: build
build: $(VENV)/.core  ## compile the core in place

# ------------------------------------------------------------------------------------------------- using it

.PHONY: demo
demo: $(VENV)/.core $(VENV)/.installed  ## run the demonstration
	@$(BIN)/huntgroup demo

# ------------------------------------------------------------------------------------------------- checking

# What is not Python: a telephone exchange. Installed when we are root, or else the tests that want it are skipped.
$(VENV)/.packages: $(VENV)/.made .ci/packages
	@.ci/packages
	@touch $@

# Much of the time of the whole suite is spent waiting, so two processes do it sooner even on one core; a file stays whole.
SIDE_BY_SIDE := -n 2 --dist loadfile
# The same examples each time, and as long as they take; pytest by itself draws others.
SETTLED := --hypothesis-profile=ci

.PHONY: test
test: $(VENV)/.core $(VENV)/.tools $(VENV)/.packages  ## run the tests, benchmarks once each for their checks
	$(BIN)/python -m pytest -q $(SETTLED) -m 'not slow and not long' $(ARGS)

.PHONY: test-all
test-all: $(VENV)/.core $(VENV)/.tools $(VENV)/.packages  ## run all tests, the slow ones too
	$(BIN)/python -m pytest -q $(SIDE_BY_SIDE) $(SETTLED) -m 'not long' $(ARGS)

.PHONY: lint
lint: $(VENV)/.core $(VENV)/.tools  ## style of Python and Cython, direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	PATH="$(CURDIR)/$(BIN):$$PATH" cython-lint $(CORE)
	$(BIN)/lint-imports

.PHONY: types
types: $(VENV)/.core $(VENV)/.tools  ## mypy over the sources, stubtest over the compiled modules
	$(BIN)/mypy
	$(BIN)/stubtest --concise --ignore-disjoint-bases --mypy-config-file pyproject.toml $(COMPILED)

.PHONY: bench-smoke
bench-smoke: $(VENV)/.core $(VENV)/.tools  ## the benchmarks in their small size
	$(BIN)/python -m pytest -q benchmarks --benchmark-enable $(ARGS)

.PHONY: bench
bench: $(VENV)/.core $(VENV)/.tools  ## the benchmarks in their full size (minutes; wants a quiet machine)
	HUNTGROUP_BENCH=full $(BIN)/python -m pytest -q benchmarks --benchmark-enable $(ARGS)

# The core instrumented by the compiler, in a copy, so that the build in place stays as it is. Only for Linux and a
# compiler of the GNU collection: elsewhere the runtime is loaded in another way, and the job says that it is left out.
SANITIZED := build/sanitize
RUNTIME = $(foreach one,libasan.so libubsan.so,$(filter /%,$(shell $${CC:-gcc} -print-file-name=$(one) 2>/dev/null)))
GUARDED = cd $(SANITIZED) && PYTHONPATH="$(CURDIR)/$(SANITIZED)" LD_PRELOAD="$(RUNTIME)" \
	ASAN_OPTIONS=detect_leaks=0:detect_odr_violation=0 UBSAN_OPTIONS=print_stacktrace=1 $(CURDIR)/$(BIN)/python

COPY = tar -c --exclude='*.so' --exclude=__pycache__

$(SANITIZED)/.core: $(VENV)/.made setup.py $(CORE)
	rm -rf $(SANITIZED)
	mkdir -p $(SANITIZED)
	$(COPY) setup.py routing | tar -x -C $(SANITIZED)
	cd $(SANITIZED) && HUNTGROUP_STRICT=0 HUNTGROUP_SANITIZE=address,undefined \
		$(CURDIR)/$(BIN)/python setup.py --quiet build_ext --inplace
	@touch $@

.PHONY: sanitized
sanitized: $(VENV)/.core $(VENV)/.tools $(SANITIZED)/.core
	$(COPY) pyproject.toml README.md CHANGELOG.md setup.py routing tests examples docs | tar -x -C $(SANITIZED)

.PHONY: sanitize sanitize-short
ifeq ($(words $(RUNTIME)),2)
sanitize: sanitized  ## the tests against a core built with the address and undefined-behaviour sanitizers
	$(GUARDED) -m pytest -q -p no:cacheprovider $(SETTLED) -m 'not slow and not long and not tree' routing tests $(ARGS)

sanitize-short: sanitized  ## random runs and transcripts against that core
	$(GUARDED) tests/machine.py --alone --runs 300 --steps 150 --scale 2
	$(GUARDED) tests/machine.py --runs 100 --steps 60
	$(GUARDED) -m pytest -q -p no:cacheprovider $(SETTLED) -m 'not slow' tests/test_transcripts.py tests/test_memory.py
else
sanitize sanitize-short:
	@echo "left out: $${CC:-gcc} has no libasan.so and libubsan.so to load before Python"
endif

# A million moves, the invariants after each; SEED=... goes elsewhere.
SEED ?= 0
.PHONY: soak
soak: $(VENV)/.core $(VENV)/.tools  ## a million random commands, a million calls, two hundred deaths (minutes)
	$(BIN)/python tests/machine.py --alone --seed $(SEED) --runs 1000 --steps 700
	$(BIN)/python tests/machine.py --alone --seed $(SEED) --runs 300 --steps 1000 --scale 4
	$(BIN)/python tests/soak.py --calls 1000000
	$(BIN)/python -m pytest -q -m long

# Ten thousand days of a published centre, and the others: wants the reference values beside the project.
.PHONY: published
published: $(VENV)/.core $(VENV)/.tools  ## models of the literature against what was published (a quarter of an hour)
	$(BIN)/python tests/published.py $(ARGS)

.PHONY: performance
performance: $(VENV)/.core $(VENV)/.tools  ## measure how decisions grow, draw it (a quarter of an hour)
	$(BIN)/python benchmarks/growth.py $(ARGS)

# ------------------------------------------------------------------------------------------------- shipping

# The wheel is built from the sdist, and the tests run against it where no source is in reach.
.PHONY: wheel
wheel: $(VENV)/.tools  ## sdist, wheel from the sdist, tests against the wheel
	rm -rf dist build/away
	$(BIN)/python -m build --quiet --outdir dist .
	mkdir -p build/away
	$(BIN)/python -m venv build/away/venv
	build/away/venv/bin/python -m pip install --quiet "$$(echo dist/*.whl)[test,server,examples,history,campaigns,customers,planning,plot]"
	cp -R pyproject.toml README.md CHANGELOG.md tests examples docs build/away
	cd build/away && venv/bin/huntgroup --help >/dev/null
	cd build/away && venv/bin/python -m pytest -q $(SIDE_BY_SIDE) $(SETTLED) -m 'not slow and not long and not tree and not once' tests

.PHONY: docs
docs: $(VENV)/.core $(VENV)/.tools  ## write the generated pages anew
	for script in $$(grep -l -e --check docs/*.py); do $(BIN)/python $$script || exit 1; done

# The .proto files are the source; what is generated from them is committed, and a test proves it fresh.
PROTOS := $(wildcard protos/grpc_api/v1/*.proto)
PROTOC = $(BIN)/python -m grpc_tools.protoc -I protos

.PHONY: protos
protos: $(VENV)/.tools  ## generate grpc_api/v1 from protos/
	$(PROTOC) --python_out=. --pyi_out=. $(PROTOS)
	$(PROTOC) --grpc_python_out=. $(filter %/center.proto %/dialing.proto %/engine.proto %/menus.proto %/routing.proto,$(PROTOS))

# Against the commit before, where there is one that has protos; needs no network.
.PHONY: buf
buf: $(VENV)/.tools  ## style of the protos, and what in them would break clients
	cd protos && $(CURDIR)/$(BIN)/buf lint
	BUF=$(CURDIR)/$(BIN)/buf protos/breaking

.PHONY: format
format: $(VENV)/.tools  ## let ruff put the Python files in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: clean
clean:  ## remove what was built; the virtual environment stays
	rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks
	find routing -name '*.so' -delete
	rm -f $(VENV)/.core $(VENV)/.installed $(VENV)/.tools
	find routing tests benchmarks examples docs -name __pycache__ -type d -prune -exec rm -rf {} +
