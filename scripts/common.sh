# Sourced by the scripts beside it: where things are and which tools to take.
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

# The folder with the cmake and ctest to use; the one in .venv where the system's are too old.
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

# configure PRESET [OPTION...]
configure() {
  local preset=$1 compiler
  shift
  compiler=$(find_compiler) || die "no g++ 12 or newer; \`make setup\` installs one"
  CXX=$compiler "$(cmake_folder)/cmake" --preset "$preset" "$@" >"$(log_file configure "$preset")" ||
    die "the configuration failed; see $(log_file configure "$preset")"
}

# build PRESET [TARGET...]: all targets where none is named.
build() {
  local preset=$1 log
  shift
  local command=("$(cmake_folder)/cmake" --build --preset "$preset" ${JOBS:+-j "$JOBS"} ${1:+--target "$@"})
  say "building $preset"
  if [[ -t 1 ]]; then
    "${command[@]}"
    return
  fi
  # Not a line a file where nobody watches.
  log=$(log_file build "$preset")
  "${command[@]}" >"$log" 2>&1 || {
    grep -vE '^\[[0-9]+/[0-9]+\] (Building|Linking)' "$log" >&2
    die "the build failed; all of its output is in $log"
  }
  tail -n 1 "$log"
}

# log_file WHAT PRESET: where the output of a step goes that is shown only when it fails.
log_file() {
  mkdir -p "$root/build/logs"
  echo "$root/build/logs/$1-$2.log"
}
