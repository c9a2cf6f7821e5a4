# Each target makes what it needs first: one virtual environment, .venv, for all.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# Two cores are the size this is planned for; TensorFlow's own chatter is off.
export TF_CPP_MIN_LOG_LEVEL ?= 3
export PIP_DISABLE_PIP_VERSION_CHECK := 1

KOTLIN := kotlin junit4 libandroid-json-java default-jdk-headless

.DEFAULT_GOAL := help
.PHONY: help demo test jax android rows slow lint notebooks bench mutate smoke clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

.venv/made:
	$(PYTHON) -m venv .venv
	@touch $@

.venv/installed: .venv/made setup.py
	@echo "Installing keras-distill into .venv (about 0.8 GB to download, 3 GB on disk) ..."
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

.venv/installed-test: .venv/installed setup.py
	@echo "Installing the test extra into .venv ..."
	$(BIN)/python -m pip install --quiet --editable ".[test]"
	@touch $@

demo: .venv/installed  ## the whole journey on the embedded data, into runs/demo
	$(BIN)/keras-distill demo

test: .venv/installed-test  ## the fast tests (8 minutes on two cores at most)
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow"

.venv-jax/made:
	$(PYTHON) -m venv .venv-jax
	.venv-jax/bin/python -m pip install --quiet "keras>=3.15,<4" "jax>=0.7" "numpy>=2" scipy pytest pytest-xdist
	@touch $@

jax: .venv-jax/made  ## losses, schedules, attacks and Distiller on JAX, with no TensorFlow there
	KERAS_BACKEND=jax PYTHONPATH=. .venv-jax/bin/python -m pytest -n 2 --dist loadfile -m "not slow" tests/losses tests/schedules tests/attacks tests/distillation

android: .venv/installed-test  ## export/android compiled and run; installs a Kotlin compiler where it may
	@command -v kotlinc >/dev/null || { apt-get update -qq && apt-get install -y -qq $(KOTLIN) >/dev/null; } \
		|| echo "No Kotlin compiler could be installed (on Debian: apt-get install $(KOTLIN)): the tests say so and are skipped."
	$(BIN)/python -m pytest -m slow tests/export/consumers/test_android.py

rows: .venv/installed-test  ## five architectures of the export matrix, beside its table
	$(BIN)/python benchmarks/export_matrix.py --check --only cnn,lstm,multi_output,subclassed,vit

slow: .venv/installed-test  ## the tests that CONTRIBUTING lists as slow
	$(BIN)/python -m pytest -n 2 --dist loadfile -m slow

lint: .venv/installed-test  ## ruff, codespell, the import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/lint-imports

notebooks: .venv/installed-test  ## execute every notebook afresh and keep its outputs
	$(BIN)/python notebooks/execute.py

bench: .venv/installed-test  ## measure again what README quotes
	$(BIN)/python benchmarks/step_time.py
	$(BIN)/python benchmarks/step_time.py --losses
	$(BIN)/python benchmarks/efficacy.py
	$(BIN)/python benchmarks/efficacy.py --final
	$(BIN)/python benchmarks/few_labels.py
	$(BIN)/python benchmarks/compression_time.py
	$(BIN)/python benchmarks/compression.py
	$(BIN)/python benchmarks/export_matrix.py --again
	$(BIN)/python benchmarks/robustness_students.py
	$(BIN)/python benchmarks/robustness.py
	$(BIN)/python benchmarks/text_teachers.py
	$(BIN)/python benchmarks/text.py
	$(BIN)/keras-distill demo --seeds 3
	$(BIN)/python benchmarks/demo_results.py
	$(BIN)/python benchmarks/readme_tables.py

mutate: .venv/installed-test  ## break one line in each of the places CONTRIBUTING lists
	$(BIN)/python tests/mutate.py

smoke: .venv/made  ## the package on another Python: make smoke PYTHON=python3.13
	$(PYTHON) -m venv .venv-smoke
	.venv-smoke/bin/python -m pip install --quiet . pytest pytest-xdist pillow
	.venv-smoke/bin/python -m pytest -n 2 --dist loadfile -m "not slow" tests/losses tests/distillation tests/compression

clean:  ## remove what the targets made
	rm -rf .venv .venv-jax .venv-smoke build dist keras_distill.egg-info
