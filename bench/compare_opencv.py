"""Speed on the CPU compared with OpenCV DNN, interleaved in one run on the same cores.

Usage: compare_opencv.py THROUGHPUT MODEL_FOLDER PICTURE... [--rounds 5] [--seconds 4] [--cores 0,1]
                         [--check]

Each program runs decoded pictures from memory through resize, network and NMS. The rounds alternate
between the programs; the figures are medians over the rounds. The shares of decoding, resize, network and
boxes (with NMS) are those of a picture's time in the thread that processes it, from its encoded file.
`--check` makes a missed goal an error.
"""

import argparse
import datetime
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

GOALS = {"fp32": 0.85, "bf16": 1.6}  # at least this multiple of OpenCV's pictures a second
AROUND_GOAL = 0.10  # at most this part of a picture's time in BF16: resize, boxes and NMS
WITH_DECODING_GOAL = 1 / 3  # and these with decoding, of a megapixel with --decode-scale auto
CONFIDENCE, NMS = 0.25, 0.45
STAGES = ["decode", "resize", "network", "boxes"]
# The argument of `throughput`, and the size of the file of `write_mosaic`; None: the pictures themselves. Scaled:
# --decode-scale auto.
FROM_FILES = {"photos": ("files", None), "1 MP": ("files", (1200, 900)), "1 MP scaled": ("scaled", (1200, 900)),
              "12 MP": ("files", (4000, 3000)), "12 MP scaled": ("scaled", (4000, 3000))}


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


def write_mosaic(pictures, size, folder):
    """A JPEG in 4:2:0 of this size, with all pictures side by side, twice across and twice down."""
    import cv2
    import numpy

    images = [cv2.imread(str(path)) for path in pictures]
    height = max(image.shape[0] for image in images)
    same = [cv2.resize(image, (image.shape[1] * height // image.shape[0], height)) for image in images]
    file = pathlib.Path(folder) / f"{size[0]}x{size[1]}.jpg"
    mosaic = cv2.resize(numpy.tile(numpy.hstack(same), (2, 2, 1)), size, interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(file), mosaic, [cv2.IMWRITE_JPEG_QUALITY, 90, cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
                                    cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420])
    return file


def measure(arguments, cores, precisions, folder):
    """Medians over the rounds: results of the programs by name."""
    model, pictures = arguments.model, arguments.pictures
    mosaics = {size: write_mosaic(pictures, size, folder) for _, size in FROM_FILES.values() if size}
    programs = {"opencv": [sys.executable, __file__, "--worker", len(cores), arguments.seconds, model, *pictures]}
    for precision in precisions:
        programs[precision] = [arguments.throughput, model, precision, "pixels", arguments.seconds, *pictures]
        for what, (kind, size) in FROM_FILES.items():
            files = [mosaics[size]] if size else pictures
            programs[f"{precision} {what}"] = [arguments.throughput, model, precision, kind, arguments.seconds, *files]
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
        if "stages" in rounds[0][name] and name not in precisions:
            results[name]["stages"] = {stage: statistics.median(each[name]["stages"][stage] for each in rounds)
                                       for stage in STAGES}
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
    print(f"\n{'from files':<20}{'pictures/s':>11}" + "".join(f"{stage + ' ms':>12}" for stage in STAGES) +
          f"{'resize, boxes':>15}{'and decode':>12}")
    for precision in precisions:
        for what in FROM_FILES:
            result = results[f"{precision} {what}"]
            stages = result["stages"]
            whole = sum(stages.values())
            around = (stages["resize"] + stages["boxes"]) / whole
            all_around = 1 - stages["network"] / whole
            print(f"{precision + ' ' + what:<20}{result['per_second']:>11.1f}" +
                  "".join(f"{stages[stage] * 1000:>12.2f}" for stage in STAGES) + f"{around:>15.1%}{all_around:>12.1%}")
            if precision == "bf16":
                reached = reached and around < AROUND_GOAL
            if (precision, what) == ("bf16", "1 MP scaled"):
                reached = reached and all_around < WITH_DECODING_GOAL
    print(f"goals in bf16: resize and boxes under {AROUND_GOAL:.0%}; of 1 MP scaled, with decoding under "
          f"{WITH_DECODING_GOAL:.0%}")
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
    with tempfile.TemporaryDirectory() as folder:
        reached = report(measure(arguments, cores, precisions, folder), precisions)
    return 1 if arguments.check and not reached else 0


if __name__ == "__main__":
    sys.exit(main())
