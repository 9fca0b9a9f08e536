# Everything starts here: `make demo` to see it, `make test` to check it. `make help` lists the rest.
# Variables (from the command line or the environment): PYTHON, MOME_HOME, DB_URL, MEMORY, MODEL, HEADLESS; docs/command-line.md explains them.

.DEFAULT_GOAL := help
.PHONY: help setup pins demo tune app eval bench test test-gpu clean

PYTHON ?= python3

BIN := .venv/bin
STAMP := .venv/.installed
# Every package has to be one whose hash is listed; nothing that another one asks for comes along unlisted.
INSTALL := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --no-deps --require-hashes --requirement
# The tool that `make pins` runs; it is in no environment of ours.
UV := uv==0.13.9
# The sample and its memory lie where `mome` keeps its own files; left to the shell, for the answer needs the installation.
HOME_DIR := "$${MOME_HOME:-$$($(BIN)/python -c 'import platformdirs; print(platformdirs.user_data_dir("mome"))')}"
DEMO_MEMORY := $(HOME_DIR)/bookshop

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: $(STAMP) ## install everything into .venv (does nothing when nothing changed)

$(STAMP): pyproject.toml requirements.txt requirements-cpu.txt requirements-cuda.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo 'Python 3.11 or newer is needed: make setup PYTHON=python3.12'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' \
	  || { echo 'This Python cannot make virtual environments: install python3-venv (Debian, Ubuntu) or set PYTHON'; exit 1; }
	test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	@$(INSTALL) requirements-cpu.txt || echo 'No CPU build of torch is here: the one of the package index follows.'
	$(INSTALL) requirements.txt
# Only a torch that was built for CUDA asks for NVIDIA's packages, which take several GB.
	@$(BIN)/python -c 'import sys; from importlib.metadata import requires; sys.exit("nvidia" in str(requires("torch")))' \
	  || $(INSTALL) requirements-cuda.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m pip check
	@touch $@

pins: ## write the versions and hashes of all packages anew; versions that are listed and fit are kept
	@set -e; tools=$$(mktemp -d); trap 'rm -rf "$$tools"' EXIT; \
	$(PYTHON) -m venv "$$tools/venv"; "$$tools/venv/bin/pip" install --quiet '$(UV)'; \
	cat requirements.txt requirements-cuda.txt >"$$tools/all.txt"; \
	"$$tools/venv/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-package httpx2-jsfetch --extra test --extra pretrain --group build --output-file "$$tools/all.txt" pyproject.toml; \
	for name in requirements requirements-cuda; do echo '# Written by `make pins`.' >$$name.txt; done; \
	awk '/^[a-z]/ { file = /^(cuda|nvidia)-/ ? "requirements-cuda.txt" : "requirements.txt" } \
	  { print >>file }' "$$tools/all.txt"

# Where the open model cannot be had or be used (an error, code 1), the demo goes on without it; Ctrl-C ends the demo.
demo: setup ## write the sample database, get a model, tune a memory and open the app
	@set -e; umask 077; sample=$(HOME_DIR)/sample; \
	$(BIN)/python -m training_data.sample "$$sample"; \
	tune() { $(BIN)/mome tune --db-url "$$sample/bookshop.sqlite" --memory $(DEMO_MEMORY) \
	  --verified "$$sample/verified.jsonl" --glossary "$$sample/glossary.jsonl" --base "$$1"; }; \
	model="$${MODEL:-qwen2.5-coder-0.5b}"; code=1; \
	test "$$model" = bundled || { code=0; $(BIN)/mome models get "$$model" && tune "$$model"; } || code=$$?; \
	if test $$code -eq 1; then echo 'The demo uses the bundled model.'; tune bundled; else exit $$code; fi
	@$(BIN)/mome app

tune: setup ## tune a memory on your database: make tune DB_URL=...
	@test -n "$$DB_URL" || { echo 'Say which database: make tune DB_URL=postgresql://reader@host/name (or a file or folder)'; exit 2; }
	@$(BIN)/mome tune

app: setup ## open the app on the memories there are
	@$(BIN)/mome app

eval: setup ## examine a memory: make eval MEMORY=... (default: the demo's)
	@$(BIN)/mome eval --memory "$${MEMORY:-$(DEMO_MEMORY)}"

bench: setup ## time introspection, linking, translating and the kernels; slice recall among 1,000 more tables
	$(BIN)/python tests/benchmarks/bench_path.py
	$(BIN)/python tests/benchmarks/bench_linking.py
	$(BIN)/python tests/benchmarks/bench_kernels.py

test: setup ## check the style and the types and run the tests
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	$(BIN)/mypy
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

test-gpu: setup ## run the kernels' tests on this machine's GPU
	@$(BIN)/python -c 'import sys, torch; sys.exit(not torch.cuda.is_available())' \
	  || { echo 'torch finds no GPU here; make test runs these tests on the CPU, interpreted'; exit 1; }
	$(BIN)/python -m pytest tests/mome/kernels

clean: ## remove .venv and caches, never a memory
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
