"""Speed on the CPU compared with OpenCV DNN, interleaved in one run on the same cores.

Usage: compare_opencv.py THROUGHPUT MODEL_FOLDER PICTURE... [--rounds 5] [--seconds 4] [--cores 0,1]
                         [--check]

Each program runs decoded pictures from memory through resize, network and NMS. The rounds alternate
between the programs; the figures are medians over the rounds. The share of decoding, resize, boxes and
NMS is the CPU time of a picture, from its encoded file, through a network with the same input and heads
but almost no layers, divided by the CPU time through the real network.
`--check` makes a missed goal an error.
"""

import argparse
import datetime
import json
import os
import pathlib
import statistics
import struct
import subprocess
import sys
import tempfile
import time

GOALS = {"fp32": 0.85, "bf16": 1.6}  # at least this multiple of OpenCV's pictures a second
SHARE_GOAL = 0.15  # at most this part of the CPU time
CONFIDENCE, NMS = 0.25, 0.45


def opencv_worker(model, pictures, threads, seconds):
    """Prints OpenCV's pictures a second; run as a process of its own."""
    import cv2  # only the worker needs it

    cv2.setNumThreads(threads)
    (cfg,), (weights,) = model.glob("*.cfg"), model.glob("*.weights")
    detector = cv2.dnn.DetectionModel(cv2.dnn.readNetFromDarknet(str(cfg), str(weights)))
    width, height = input_size(cfg)
    detector.setInputParams(size=(width, height), scale=1 / 255, swapRB=True)
    images = [cv2.imread(str(path)) for path in pictures]

    def run(duration):
        begin, done = time.perf_counter(), 0
        while time.perf_counter() - begin < duration:
            detector.detect(images[done % len(images)], CONFIDENCE, NMS)
            done += 1
        return done / (time.perf_counter() - begin)

    run(1)
    print(json.dumps({"device": f"OpenCV {cv2.__version__}, {threads} threads", "per_second": run(seconds)}))


def values_of(cfg):
    """(section, key, value) of each line that sets a key."""
    section = ""
    for line in cfg.read_text().splitlines():
        line = line.replace(" ", "").replace("\t", "")
        if line.startswith("["):
            section = line.strip("[]")
        elif "=" in line and line[0] not in "#;":
            yield (section, *line.split("=", 1))


def input_size(cfg):
    net = {key: int(value) for section, key, value in values_of(cfg) if section == "net" and key in ("width", "height")}
    return net["width"], net["height"]


def write_hollow_model(model, folder):
    """A model with the input and the heads of yolov4-tiny, but only a 1x1 convolution before each."""
    (cfg,), (names,) = model.glob("*.cfg"), model.glob("*.names")
    width, height = input_size(cfg)
    heads = cfg.read_text().split("[yolo]")[1:]
    strides = [32 >> place for place in range(len(heads))]
    classes = len(names.read_text().split("\n")) - names.read_text().endswith("\n")
    filters = 3 * (classes + 5)
    text = f"[net]\nwidth={width}\nheight={height}\nchannels=3\n"
    text += "[convolutional]\nfilters=3\nsize=1\nstride=1\nactivation=linear\n"
    floats = [0.0] * 3 + [1.0, 0, 0, 0, 1, 0, 0, 0, 1]
    for place, (head, stride) in enumerate(zip(heads, strides)):
        if place:
            text += "[route]\nlayers=0\n"
        text += f"[convolutional]\nfilters={filters}\nsize=1\nstride={stride}\nactivation=linear\n"
        text += "[yolo]" + head.split("[")[0]
        floats += [-10.0] * filters + [0.0] * (3 * filters)
    folder.mkdir()
    (folder / "hollow.cfg").write_text(text)
    (folder / "hollow.names").write_text(names.read_text())
    (folder / "hollow.weights").write_bytes(struct.pack("<iiiq", 0, 2, 5, 0) + struct.pack(f"<{len(floats)}f", *floats))


def run(command, cores):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False,
                          preexec_fn=lambda: os.sched_setaffinity(0, cores))
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return json.loads(done.stdout)


def cpu_facts():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    facts = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    facts = {key.strip(): value.strip() for key, value in facts.items()}
    flags = facts.get("flags", "").split()
    return facts.get("model name", "unknown CPU"), "avx512_bf16" in flags or "amx_bf16" in flags


def measure(arguments, cores, precisions):
    """Medians over the rounds: results of the programs by name."""
    model, pictures = arguments.model, arguments.pictures
    with tempfile.TemporaryDirectory() as temporary:
        hollow = pathlib.Path(temporary) / "hollow"
        write_hollow_model(model, hollow)
        programs = {"opencv": [sys.executable, __file__, "--worker", len(cores), arguments.seconds, model, *pictures]}
        for precision in precisions:
            programs[precision] = [arguments.throughput, model, precision, "pixels", arguments.seconds, *pictures]
            programs[f"{precision} files"] = [arguments.throughput, model, precision, "files", arguments.seconds,
                                              *pictures]
        programs["hollow files"] = [arguments.throughput, hollow, "fp32", "files", 1, *pictures]
        rounds = []
        for number in range(arguments.rounds):
            print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
            rounds.append({name: run(command, cores) for name, command in programs.items()})

    def median(name, key):
        return statistics.median(each[name][key] for each in rounds)

    results = {name: {"device": rounds[0][name]["device"], "per_second": median(name, "per_second"),
                      "lowest": min(each[name]["per_second"] for each in rounds),
                      "highest": max(each[name]["per_second"] for each in rounds)} for name in programs}
    for name in programs:
        if name.endswith("files"):
            results[name]["cpu"] = median(name, "cpu_seconds_each")
    return results


def report(results, precisions):
    """Prints the table; returns whether every goal was reached."""
    reached = True
    opencv = results["opencv"]["per_second"]
    print(f"{'':<12}{'pictures/s':>11}{'lowest':>9}{'highest':>9}{'x OpenCV':>10}{'goal':>7}")
    for name in ["opencv", *precisions]:
        result = results[name]
        ratio = result["per_second"] / opencv
        goal = GOALS.get(name)
        print(f"{name:<12}{result['per_second']:>11.1f}{result['lowest']:>9.1f}{result['highest']:>9.1f}"
              f"{ratio:>10.2f}{f'{goal:.2f}' if goal else '':>7}  {result['device']}")
        reached = reached and (goal is None or ratio >= goal)
    for name in precisions:
        whole, around = results[f"{name} files"]["cpu"], results["hollow files"]["cpu"]
        print(f"{name}: {whole * 1000:.1f} ms of CPU time a picture from its file. Decoding, resize, boxes and NMS take "
              f"{around * 1000:.1f} ms of it: {around / whole:.1%} (goal: under {SHARE_GOAL:.0%})")
        reached = reached and around / whole < SHARE_GOAL
    return reached


def main():
    if sys.argv[1:2] == ["--worker"]:
        threads, seconds, model, *pictures = sys.argv[2:]
        opencv_worker(pathlib.Path(model), pictures, int(threads), float(seconds))
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("throughput", type=pathlib.Path)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("pictures", type=pathlib.Path, nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--cores", help="their numbers, separated by commas; default: all that this process may use")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()

    allowed = os.sched_getaffinity(0)
    cores = {int(core) for core in arguments.cores.split(",")} if arguments.cores else allowed
    name, has_bf16 = cpu_facts()
    precisions = ["fp32", "bf16"] if has_bf16 else ["fp32"]
    now = datetime.datetime.now(datetime.timezone.utc)
    print(f"{name}, cores {sorted(cores)}, {now:%Y-%m-%d}; {next(arguments.model.glob('*.cfg')).stem}, {len(arguments.pictures)} pictures, "
          f"medians of {arguments.rounds} rounds of {arguments.seconds:g} s")
    if not has_bf16:
        print("this CPU has no BF16")
    reached = report(measure(arguments, cores, precisions), precisions)
    return 1 if arguments.check and not reached else 0


if __name__ == "__main__":
    sys.exit(main())
