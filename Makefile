# Two commands to know: `make demo` and `make test`. Everything happens in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
POOL ?= demo-pool

.PHONY: demo test quick long lint types layers check bench train-smoke clean

demo: $(VENV)/.run
	$(BIN)/selfinstruct generate $(POOL) --teacher mock --target 100

test: $(VENV)/.test
	$(BIN)/python -m pytest -n 2

quick: $(VENV)/.test
	$(BIN)/python -m pytest -m "not slow and not long"

long: $(VENV)/.test
	$(BIN)/python -m pytest -m long

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

layers: $(VENV)/.dev
	$(BIN)/lint-imports

check: lint types layers test

bench: $(VENV)/.test
	$(BIN)/python bench/novelty.py
	$(BIN)/python bench/latency.py
	$(BIN)/python bench/exporting.py 100000

# Whether a trainer takes what `export` writes. Fetches torch and trl into .venv-train: some 6 GB.
train-smoke: $(VENV)/.run
	test -d .venv-train || $(PYTHON) -m venv .venv-train
	.venv-train/bin/python -m pip install --quiet --disable-pip-version-check torch trl
	$(BIN)/selfinstruct generate train-pool --teacher mock --target 200 --quiet
	$(BIN)/selfinstruct export train-pool --format chat -o train-pool.jsonl --force --quiet
	HF_HUB_OFFLINE=1 .venv-train/bin/python examples/train_smoke.py train-pool.jsonl

clean:
	rm -rf $(VENV) .venv-train demo-pool train-pool* dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.run: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.test: $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test]"
	touch $@

$(VENV)/.dev: $(VENV)/.test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test,dev]"
	touch $@
