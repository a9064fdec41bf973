# The short commands. Each does its own set-up; `make help` lists them.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help setup build build-gpu demo test test-asan test-tsan fuzz-smoke bench conformance format lint install clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what is missing for everything below (apt-get, and .venv from PyPI)
	@scripts/setup all

build: ## The command, the library and its module: build/release/bin/yolofleet
	@scripts/build program

build-gpu: ## The same with the GPU back end (TENSORRT_INCLUDE_DIR=FOLDER with TensorRT's headers)
	@scripts/build gpu

demo: ## Build, get yolov4-tiny, detect in two photos: table, JSON Lines, annotated pictures
	@scripts/demo

test: ## Every test, on a release build
	@scripts/test

test-asan: ## The C++ tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@scripts/test_sanitized asan

test-tsan: ## The C++ tests under ThreadSanitizer
	@scripts/test_sanitized tsan

fuzz-smoke: ## Each fuzzer for 20 seconds (SECONDS_EACH=N for longer)
	@scripts/fuzz

bench: ## Speed beside OpenCV DNN's, on the same cores, in one run
	@scripts/bench

conformance: ## Write docs/conformance.md: every model and cfg of the corpus beside Darknet and OpenCV
	@scripts/conformance

format: ## Format the C++ sources
	@scripts/lint --fix-format

lint: ## Formatting and clang-tidy; changes nothing
	@scripts/lint

install: ## Build, and install into PREFIX (default /usr/local)
	@scripts/install $(PREFIX)

clean: ## Remove build/ and demo/ (.venv stays)
	rm -rf build demo
