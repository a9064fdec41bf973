"""Runs a command, and samples its memory, threads and open files: do they grow?

    soak.py [--every 5] [--gpu 0] -- yolofleet detect MODEL @sources.txt -o /dev/null

Prints a Markdown table: the most of each fifth of the run. `--gpu` adds the memory in use on a GPU, of all programs,
by nvidia-smi, which slows the driver down: sample seldom. The exit code is the command's.
"""

import argparse
import pathlib
import subprocess
import sys
import time

PARTS = 5


def memory_of_gpu(index):
    """MiB in use."""
    done = subprocess.run(["nvidia-smi", f"--id={index}", "--query-gpu=memory.used", "--format=csv,noheader,nounits"],
                          stdout=subprocess.PIPE, text=True, check=True)
    return int(done.stdout)


def sample(process, gpu):
    """The figures of now by name; None once the process has ended."""
    folder = pathlib.Path("/proc", str(process.pid))
    try:
        lines = (folder / "status").read_text().splitlines()
        status = dict(line.split(":", 1) for line in lines)
        figures = {"memory, MiB": int(status["VmRSS"].split()[0]) // 1024, "threads": int(status["Threads"]),
                   "open files": len(list((folder / "fd").iterdir()))}
    except (OSError, KeyError):  # a process that has ended has no VmRSS
        return None
    if gpu is not None:
        figures["GPU, MiB"] = memory_of_gpu(gpu)
    return figures


def report(samples):
    names = list(samples[0])
    print(f"| part of the run | samples | {' | '.join(names)} |")
    print("|" + "---|" * (len(names) + 2))
    for part in range(PARTS):
        mine = samples[len(samples) * part // PARTS:len(samples) * (part + 1) // PARTS]
        if mine:
            print(f"| {part + 1} of {PARTS} | {len(mine)} | " +
                  " | ".join(f"{max(each[name] for each in mine):,}" for name in names) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=float, default=5, metavar="SECONDS", help="time between samples (default: 5)")
    parser.add_argument("--gpu", type=int, metavar="INDEX")
    parser.add_argument("command", nargs="+")
    given = parser.parse_args()
    if not given.every > 0:
        parser.error("--every must be over 0")
    samples = []
    begin = time.monotonic()
    with subprocess.Popen(given.command) as process:
        while process.poll() is None:
            figures = sample(process, given.gpu)
            if figures:
                samples.append(figures)
            try:
                process.wait(given.every)
            except subprocess.TimeoutExpired:
                pass
    print(f"exit code {process.returncode} after {time.monotonic() - begin:.1f} s")
    if samples:
        report(samples)
    return process.returncode


if __name__ == "__main__":
    sys.exit(main())
