# The two commands to know: make chat, make test.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
SAMPLE := sample-library
WRITER := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/dateline/models/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf

.PHONY: chat writer test check gate eval bench load test-model lock clean

chat: $(READY)  ## build a library from the sample articles, and chat about it on http://127.0.0.1:7860
	@$(BIN)/dateline --library $(SAMPLE) ingest evals/data/articles
	@$(if $(DATELINE_LLM),,test ! -f "$(WRITER)" || export DATELINE_LLM=small;) $(BIN)/dateline --library $(SAMPLE) chat

writer: $(READY)  ## fetch a small language model, and the encoder that checks it (1.6 GB, once); make chat lets it write the answers
	@$(BIN)/dateline model get small
	@$(BIN)/dateline model get encoder

test: check gate  ## all checks, the sample cases against their baseline, all tests
	$(BIN)/pytest -q -n logical --maxprocesses 4 --dist loadfile

check: $(READY)  ## style, types, import directions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

gate: $(READY)  ## ask the sample cases, and fail when a measure fell below the baseline; with what comes with Dateline alone
	DATELINE_SECOND_READING=false $(BIN)/dateline eval run sample --tier fast
	$(BIN)/dateline eval gate latest

eval: $(READY)  ## how right the answers are on the sample cases, with controls, as a page
	$(BIN)/dateline eval run sample --tier full

bench: $(READY)  ## speeds beside their limits; DATA=folder of the public news set for the big library; CLUSTER=1 for the engines past one machine
	$(BIN)/python -m evals.$(if $(CLUSTER),cluster_bench,bench) $(if $(DATA),--data $(DATA)) $(if $(LIBRARY),--library $(LIBRARY)) $(PARTS)

load: $(READY)  ## fifty readers at once for a minute; LIBRARY=folder, READERS=50, SECONDS=60
	$(BIN)/python -m evals.load $(if $(LIBRARY),--library $(LIBRARY)) $(if $(READERS),--readers $(READERS)) $(if $(SECONDS),--seconds $(SECONDS))

$(READY): requirements.lock pyproject.toml
	@echo "Setting up .venv: about 2.8 GB and a few minutes, once."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Dateline needs Python 3.11 or later.")'
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install -qq --disable-pip-version-check -r requirements.lock
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/dateline model get encoder || echo "Going on without it: one model reads the passages, and nothing checks what is written."
	@touch $(READY)

test-model: $(READY)  ## fetch the models that some tests run against: a very small one that writes, and the encoder (0.5 GB, once)
	$(BIN)/python tests/fetch_model.py
	$(BIN)/dateline model get encoder

lock:  ## resolve pyproject.toml anew and write requirements.lock
	rm -rf .venv-lock build
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet 'setuptools>=75' torch==2.13.0
	.venv-lock/bin/pip install --quiet --no-build-isolation '.[dev]'
	( echo '# Written by make lock from pyproject.toml; do not edit.'; \
	  .venv-lock/bin/pip freeze --all --exclude dateline --exclude pip | sed 's/+cpu$$//' ) > requirements.lock
	rm -rf .venv-lock build

clean:  ## everything that was built, the sample library too; libraries of your own stay
	rm -rf .venv .venv-lock $(SAMPLE) eval-runs build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
