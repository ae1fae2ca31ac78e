# Every target sets up what it needs. Behind each stands a plain command, which it prints.
CORPUS ?= gtzan
PATH := $(CURDIR)/.venv/bin:$(PATH)
export PATH

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)

.PHONY: help setup demo repro data report open test lint verify same-bytes bench plots clean
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  CORPUS=...      names the corpus, a row of corpora.all in params.yaml (default: $(CORPUS))"

setup: .venv/installed ## make .venv and install everything, as requirements.txt pins it

.venv/installed: requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "error: Python 3.11, 3.12 or 3.13 is needed and none was found; install one, or say make PYTHON=/path/to/python3.12 ..."; exit 1; }
	$(PYTHON) -m venv --clear .venv || { rm -rf .venv; echo "error: $(PYTHON) cannot make virtual environments (on Debian and Ubuntu: apt install python3-venv)"; exit 1; }
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup ## run the whole graph on the built-in corpus, no download
	punk check
	dvc repro report@demo
	@punk index
	@punk show demo

repro: setup ## run the whole graph on CORPUS, fetching it when it is not there
	punk check
	dvc repro report@$(CORPUS)
	@punk index
	@punk show $(CORPUS)

data: setup ## fetch CORPUS, or link what you have: make data CORPUS=gtzan FROM=/my/genres.tar.gz
	punk data $(CORPUS) $(if $(FROM),--from "$(FROM)")

report: setup ## make figures, report, slides and model card of CORPUS, running what has to be run
	dvc repro report@$(CORPUS)
	@punk index
	@punk show $(CORPUS)

open: setup ## open report, slides and model card of CORPUS in a browser
	punk open $(CORPUS)

test: setup ## run the tests
	python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: setup ## ruff, ruff format and mypy --strict
	ruff check .
	ruff format --check .
	mypy

verify: setup ## compare the numbers of this run with the committed ones
	punk verify

same-bytes: setup ## compare results with those of emulated processors (minutes; needs qemu-user)
	python benchmarks/same_bytes.py

.venv/bench: .venv/installed requirements-bench.txt
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	@touch $@

bench: .venv/bench ## measure speed and memory (minutes; not part of the tests)
	punk data gtzan_mini
	python benchmarks/features.py data/raw/gtzan_mini/gtzan_mini.zip
	python benchmarks/influence.py
	python benchmarks/rehearse.py data/raw/gtzan_mini/gtzan_mini.zip

plots: setup ## write dvc_plots/index.html, the plots a reviewer compares
	dvc plots show

clean: ## remove the environment and all that can be made again; downloads stay
	rm -rf .venv .punk_cache dvc_plots models
	test ! -d data || find data -mindepth 1 -maxdepth 1 ! -name raw -exec rm -rf {} +
