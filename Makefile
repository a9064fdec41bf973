# Short commands; `make help` lists them. Each installs what it needs.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help setup build build-gpu check-gpu-build demo test wheel test-python test-asan test-tsan fuzz-smoke bench bench-scaling conformance dependencies format lint install clean

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install the packages that all commands need (apt-get, and .venv from PyPI)
	@scripts/setup all

build: ## Build the command, the library and its CPU module: build/release/bin/yolofleet
	@scripts/build program

build-gpu: ## Build the same with the GPU back end (TENSORRT_INCLUDE_DIR=FOLDER: TensorRT's headers)
	@scripts/build gpu

check-gpu-build: ## Compile the GPU back end and its tests, with or without a GPU; run the tests that need none
	@scripts/check_gpu_build

demo: ## Build, download yolov4-tiny, detect objects in two photos: table, JSON Lines, annotated pictures
	@scripts/demo

test: ## Build and run the tests that this machine can run
	@scripts/test

wheel: ## Build the Python wheel with the GPU back end, in build/wheels (CUDA=off: without it)
	@scripts/wheel

test-python: ## Install the wheel in a fresh environment and run its tests (RAY=1: with those of Ray, 617 MB)
	@scripts/test_python

test-asan: ## Run the tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@scripts/test_sanitized asan

test-tsan: ## Run the tests of what runs several threads under ThreadSanitizer
	@scripts/test_sanitized tsan

fuzz-smoke: ## Run each fuzzer for 20 seconds (SECONDS_EACH=N: for N seconds)
	@scripts/fuzz

bench: ## Measure the speed of yolofleet and OpenCV DNN on the same cores, in one run
	@scripts/bench

bench-scaling: ## Predict the speed of up to 16 GPUs, and drive the fleet with as many simulated ones
	@scripts/bench_scaling

conformance: ## Compare all models and cfgs of the corpus with Darknet and OpenCV; write docs/conformance.md
	@scripts/conformance

dependencies: ## Draw which folders of src/ include which, into docs/images/dependencies.svg
	@scripts/dependencies.py

format: ## Format the C++ sources
	@scripts/lint --fix-format

lint: ## Check the format (clang-format) and run clang-tidy; changes nothing
	@scripts/lint

install: ## Build, and install into PREFIX (default /usr/local)
	@scripts/install $(PREFIX)

clean: ## Remove build/ and demo/ (.venv stays)
	rm -rf build demo
