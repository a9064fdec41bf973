# Sourced by the other scripts: folders, tools, and the steps that they share.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv
cd -- "$root"

say() { printf '\n== %s\n' "$*"; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# at_least HAVE WANTED: is version HAVE as new as WANTED?
at_least() { [[ $(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1) == "$2" ]]; }

# Is there a CMake of the system's that is new enough?
system_cmake_is_enough() {
  command -v cmake >/dev/null && at_least "$(cmake --version | head -n 1 | cut -d ' ' -f 3)" 3.25
}

# The folder with the cmake and ctest to use: the system's, or .venv's if those are too old.
cmake_folder() {
  if system_cmake_is_enough; then dirname -- "$(command -v cmake)"; else echo "$venv/bin"; fi
}

# The C++ compiler to configure with: the caller's $CXX, else g++ 12 or newer.
find_compiler() {
  local candidate version
  for candidate in ${CXX:+"$CXX"} g++ g++-14 g++-13 g++-12; do
    command -v "$candidate" >/dev/null || continue
    version=$("$candidate" -dumpfullversion 2>/dev/null || "$candidate" -dumpversion)
    if [[ $candidate == "${CXX:-}" ]] || at_least "$version" 12; then
      echo "$candidate"
      return
    fi
  done
  return 1
}

# Compiles by ccache where it is installed: the builds in build/release and build/gpu have most objects in common.
use_ccache() {
  command -v ccache >/dev/null || return 0
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache CMAKE_CUDA_COMPILER_LAUNCHER=ccache
  export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
}

# configure PRESET [OPTION...]
configure() {
  local preset=$1 compiler
  shift
  use_ccache
  compiler=$(find_compiler) || die "no g++ 12 or newer; \`make setup\` installs one"
  CXX=$compiler "$(cmake_folder)/cmake" --preset "$preset" "$@" >"$(log_file configure "$preset")" ||
    die "the configuration failed; see $(log_file configure "$preset")"
}

# The value of YOLOFLEET_CUDA for build/release: on once a build there was asked for the GPU back end, off
# where the machine lacks nvcc or an NVIDIA driver, else auto.
gpu_back_end() {
  if grep -qs '^YOLOFLEET_CUDA:[A-Z]*=on$' build/release/CMakeCache.txt; then
    echo on
  elif { command -v nvcc >/dev/null || [[ -x /usr/local/cuda/bin/nvcc ]]; } &&
    { [[ -e /dev/nvidiactl ]] || command -v nvidia-smi >/dev/null; }; then
    echo auto
  else
    echo off
  fi
}

# configure_release [OPTION...]: build/release with the CPU back end, and the GPU's where it can be used.
configure_release() {
  configure release -DYOLOFLEET_OPENVINO=on -DYOLOFLEET_CUDA="$(gpu_back_end)" "$@"
}

# build PRESET [TARGET...]: all targets if none is named. TARGET may be FOLDER/all.
build() {
  local preset=$1 log
  shift
  use_ccache
  local command=("$(cmake_folder)/cmake" --build --preset "$preset" ${JOBS:+-j "$JOBS"} ${1:+--target "$@"})
  say "building $preset"
  if [[ -t 1 ]]; then
    "${command[@]}"
    return
  fi
  # In a log, no line for each file.
  log=$(log_file build "$preset")
  "${command[@]}" >"$log" 2>&1 || {
    grep -vE '^\[[0-9]+/[0-9]+\] (Building|Linking)' "$log" >&2
    die "the build failed; all of its output is in $log"
  }
  tail -n 1 "$log"
}

# log_file STEP PRESET: the file for the output of a step, which is shown only when the step fails.
log_file() {
  mkdir -p "$root/build/logs"
  echo "$root/build/logs/$1-$2.log"
}
