# Every target sets up what it needs. Behind each stands a plain command, which it prints.
CORPUS ?= gtzan
SECONDS ?= 60
SEED ?= 1
PATH := $(CURDIR)/.venv/bin:$(PATH)
export PATH

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)

INSTALL = .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: help setup demo repro data report external open test fuzz serve prove-image testdata lint stale verify same-bytes bench review lock audit plots clean
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  CORPUS=...      names the corpus, a row of corpora.all in params.yaml (default: $(CORPUS))"

setup: .venv/installed ## make .venv and install what runs, as requirements.txt pins it

.venv/installed: requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "error: Python 3.11, 3.12 or 3.13 is needed and none was found; install one, or say make PYTHON=/path/to/python3.12 ..."; exit 1; }
	$(PYTHON) -m venv --clear .venv || { rm -rf .venv; echo "error: $(PYTHON) cannot make virtual environments (on Debian and Ubuntu: apt install python3-venv)"; exit 1; }
	$(INSTALL) -r requirements.txt
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@if git rev-parse --git-dir >/dev/null 2>&1; then git config merge.dvc-lock.driver ".venv/bin/punk merge-lock %O %A %B"; fi
	@touch $@

.venv/dev: .venv/installed requirements-dev.txt requirements-serve.txt
	$(INSTALL) -r requirements-dev.txt -r requirements-serve.txt
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
	punk check
	dvc repro report@$(CORPUS)
	@punk index
	@punk show $(CORPUS)

external: setup ## fit to one corpus, ask about another: make external PAIR=gtzan_mini-gtzan (params.yaml lists pairs)
	@test -n "$(PAIR)" || { echo "error: say which pair of external.pairs in params.yaml: make external PAIR=gtzan_mini-gtzan"; exit 1; }
	punk check
	dvc repro external@$(PAIR)
	@echo "next: make report CORPUS=$(firstword $(subst -, ,$(PAIR)))"

open: setup ## open report, slides and model card of CORPUS in a browser
	punk open $(CORPUS)

test: .venv/dev ## run the tests; some of them: make test ARGS="-k cache"
	python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

fuzz: .venv/serve ## hostile files, archives, params and cache entries for SECONDS=60; other ones: SEED=2
	python -m tests.fuzz --seconds $(SECONDS) --seed $(SEED)

.venv/serve: .venv/installed requirements-serve.txt
	$(INSTALL) -r requirements-serve.txt
	@touch $@

serve: .venv/serve ## answer on http://127.0.0.1:8000, with a page; another model: make serve BUNDLE=models/gtzan/bundle.json
	punk serve $(if $(BUNDLE),--bundle "$(BUNDLE)")

prove-image: setup ## perform the Dockerfile's steps without docker, start the service as its image would and ask it
	python deploy/prove.py $(if $(BUNDLE),--bundle "$(BUNDLE)")

testdata: setup ## fetch what the tests with real clips need (133 MB; without it they are skipped)
	punk data gtzan_mini
	punk data gtzan_published
	punk data duel_published
	punk data fma_librosa
	punk data fma_mfcc

lint: .venv/dev ## ruff, ruff format, mypy --strict; zizmor and schemas for the workflows
	ruff check .
	ruff format --check .
	mypy
	zizmor --offline --quiet .github
	check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/ci.yml .github/workflows/comment.yml .github/workflows/audit.yml
	check-jsonschema --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci .gitlab-ci.yml

stale: setup ## which committed results are older than the code and parameters that they were made from?
	punk stale

verify: setup ## compare the numbers of this run with the committed ones
	punk verify

same-bytes: setup ## compare results with those of emulated processors (minutes; needs qemu-user)
	python benchmarks/same_bytes.py

.venv/bench: .venv/installed requirements-bench.txt
	$(INSTALL) -r requirements-bench.txt
	@touch $@

bench: .venv/bench .venv/serve ## measure speed and memory (minutes; not part of the tests)
	punk data gtzan_mini
	python benchmarks/features.py data/raw/gtzan_mini/gtzan_mini.zip
	python benchmarks/influence.py
	python benchmarks/rehearse.py data/raw/gtzan_mini/gtzan_mini.zip
	python benchmarks/serving.py
	python benchmarks/abuse.py

review: setup ## write docs/review.md anew: a real change in a scratch clone (minutes)
	python benchmarks/review.py

# `fewest`: one version for as many Pythons as can have it. What nothing asks to move stays as it is pinned.
COMPILE = uv pip compile --quiet --universal --fork-strategy fewest --generate-hashes --custom-compile-command "make lock" $(UPGRADE)
EXTRA = python -c "import sys, tomllib; print(*tomllib.load(sys.stdin.buffer)['project']['optional-dependencies']['$(1)'], sep=chr(10))" \
	< pyproject.toml | $(COMPILE) - --python-version 3.11 -c requirements.txt $(2) -o requirements-$(1).txt

lock: .venv/dev ## pin again after a change of pyproject.toml; newer versions: make lock UPGRADE="--upgrade-package ruff"
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) pyproject.toml --extra bench -c requirements.txt -o requirements-bench.txt
	$(call EXTRA,serve)
	$(call EXTRA,dev,-c requirements-serve.txt)
	$(call EXTRA,audit)
	python -c "import sys, tomllib; print(*tomllib.load(sys.stdin.buffer)['dependency-groups']['image'], sep=chr(10))" \
	< pyproject.toml | $(COMPILE) - --python-version 3.11 -c requirements.txt -c requirements-serve.txt -o requirements-image.txt

.venv/audit: .venv/installed requirements-audit.txt
	$(INSTALL) -r requirements-audit.txt
	@touch $@

audit: .venv/audit ## look for known vulnerabilities of what is pinned (asks PyPI)
	pip-audit --strict --progress-spinner off --disable-pip --require-hashes -r requirements.txt -r requirements-serve.txt -r requirements-dev.txt

# Named, since DVC complains of those of a corpus that was never run.
DRAWN = $(foreach table,scores confusion recall coefficients,$(wildcard reports/*/tables/$(table).csv))

plots: .venv/dev ## write dvc_plots/index.html: this run; against another: make plots AGAINST=HEAD
	@mkdir -p dvc_plots
	python -c "import pathlib, vl_convert; pathlib.Path('dvc_plots/vega.js').write_text(vl_convert.javascript_bundle(), 'utf-8')"
	$(if $(AGAINST),dvc plots diff "$(AGAINST)" --targets $(DRAWN),dvc plots show $(DRAWN))

clean: ## remove the environment and all that can be made again; downloads stay
	rm -rf .venv .punk_cache dvc_plots
	test ! -d models || find models -mindepth 2 ! -name bundle.json -exec rm -rf {} +
	test ! -d data || find data -mindepth 1 -maxdepth 1 ! -name raw -exec rm -rf {} +
