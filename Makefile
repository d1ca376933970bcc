# `make demo` needs nothing but CPython >= 3.11 and this folder; `make check test` is what a change must pass.
# PYTHON chooses the interpreter; without it, the newest one found with a working venv module is taken.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

bin := .venv/bin
newest := for python in python3.{11..19} python3 "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/*/bin/python3; do \
	"$$python" -c 'import ensurepip, sys; \
	v = sys.version_info; \
	good = sys.implementation.name == "cpython" and v >= (3, 11) and v.releaselevel == "final"; \
	print(f"{v[0]}.{v[1]:02}.{v[2]:02} {sys.executable}") if good else None' 2>/dev/null || true; \
	done | sort | tail -n 1 | cut -d " " -f 2-
PYTHON ?= $(or $(shell $(newest)),$(error needs CPython 3.11 or newer with its venv module \
	(Debian: apt-get install python3-venv), or PYTHON=/path/to/python))

.PHONY: help python venv demo test soak check bench docs picture vendor clean

help:  ## Show the targets
	@sed -nE 's/^([a-z]+):.*## (.*)/\1\t\2/p' Makefile | expand -t 10

python:  ## Print the interpreter that a new virtual environment gets
	@echo '$(PYTHON)'

# where a company's own certificate authority signs the registry's mirror, the system knows it and uv does not
export UV_SYSTEM_CERTS ?= 1

venv: .venv/.ready  ## Make the virtual environment for development

demo: .venvs/demo/.ready  ## Two versions of one package side by side, on the terminal
	@.venvs/demo/bin/peers demo

# the tests start many processes, and each would compile everything anew
test soak: export PYTHONDONTWRITEBYTECODE =

test: venv  ## Run the realm suite on every CPython >= 3.11 of this machine, then all tests
	$(bin)/python tests/importing/interpreters.py
	$(bin)/pytest -n 2 --dist worksteal

soak: venv  ## Ten thousand reloads and what they leave in memory; ten thousand saves; kills, power losses, full disks
	$(bin)/pytest -m soak -s

check: venv  ## Format, lint, types, imports, size of modules, rendered documentation
	$(bin)/ruff format --check
	$(bin)/ruff check
	$(bin)/mypy
	$(bin)/pyright
	$(bin)/lint-imports
	$(bin)/lint-imports .importlinter-cycles
	$(bin)/pytest -q tests/conventions/test_size.py
	$(bin)/python -m docs._render --check

bench: venv  ## Measure, each figure beside its reference
	$(bin)/python -m benchmarks

docs: venv  ## Render the reference from the code, and build the site into site/
	$(bin)/python -m docs._render
	$(bin)/python -m mkdocs build --strict

picture: venv  ## Draw docs/pictures from a run of the demo, and of the console in Chromium
	$(bin)/python -m docs._render.picture
	$(bin)/python -m docs._render.screens

vendor:  ## Fetch the console's scripts and styles from npm anew
	.ci/vendor

clean:  ## Remove everything that was made, virtual environments included
	rm -rf .venv .venvs site build dist .*_cache .benchmarks .coverage .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

.venv/.ready: pyproject.toml
	test -x $(bin)/uv || { '$(PYTHON)' -m venv .venv; $(bin)/python -m pip install --quiet uv; }
	$(bin)/uv pip install --quiet --python $(bin)/python --editable . --group dev
	touch $@

.venvs/demo/.ready: pyproject.toml
	test -x .venvs/demo/bin/uv || { '$(PYTHON)' -m venv .venvs/demo; .venvs/demo/bin/python -m pip install --quiet uv; }
	.venvs/demo/bin/uv pip install --quiet --python .venvs/demo/bin/python --editable '.[web]'
	touch $@
