"""Predicts pictures a second of 1 to 16 GPUs from what was measured on one, and checks it on 2, 3 and 4.

Usage: scaling.py [--fleet FLEET_SCALING]

A stage that every picture passes limits all of them, so the prediction is the smallest of what the cards, the
host's memory, decoding and the host's threads do. The cards and the cores grow with their number; the host's
memory and threads don't. What a card alone does is measured with its bus, its copies and its own host work, so
these aren't stages of their own. Nothing is fitted to a figure of several cards but the bandwidth of the host's
memory, which was measured without a network (copy_bench).

`--fleet` also drives the real fleet, on lanes without hardware that take these times, stretched, since one
machine with few cores feeds them all.

Each figure has its place in docs/measurements.
"""

import argparse
import dataclasses
import json
import subprocess

COUNTS = [1, 2, 4, 8, 16]
FRAME = 768 * 576 * 3  # bytes, RGB; in planes (4:2:0) it is half as much
FILE = 640 * 424 * 1.5  # bytes of a decoded file in planes
MIXED_FILE = (FILE + 768 * 576 * 1.5) / 2  # of a file of each of two kinds in turn

# Of the host's memory, GB/s. The most that any host carried: 133,296 frames a second to four cards (2026-11-26,
# «four H200»). A host with more sockets carries more; no such host was measured.
MEMORY_MEASURED = 133_296 * FRAME * 1e-9
MEMORY_OF_A_CARD = MEMORY_MEASURED / 4
# Of the host's threads, pictures a second (2026-11-30, «Scaling, simulated», two cores): submitting and taking
# through the fleet's one lock, and the one thread of `detect` that submits files.
FLEET = 350_000
FILES = 160_000
FILE_BYTES = 90_838  # mean of the 60 pictures in 4:2:0, quality 90


@dataclasses.dataclass
class Check:
    """Speeds that were measured on one and on several cards of the same machine."""

    name: str
    source: str
    alone: list  # pictures a second of single cards
    several: dict  # cards: pictures a second together
    copies: dict = dataclasses.field(default_factory=dict)  # cards: frames a second of copies alone
    limit: str = "cards"  # what limits one card; "cores": as many for several cards as for one

    def limits(self, cards):
        grows = 1 if self.limit == "cores" else cards
        limits = {self.limit: grows * sum(self.alone) / len(self.alone)}
        if cards in self.copies:
            limits["host's memory"] = self.copies[cards]
        return limits


TWO = {1: 33_448, 2: 58_625}
FOUR = {1: 36_066, 2: 73_681, 3: 105_007, 4: 133_296}
AGAIN = {1: 36_333, 2: 67_582}  # 2026-11-30, «Two cards»
AGAIN_PLANES = {1: 65_627, 2: 123_500}
MIXED = 2 / (1 / 10_805 + 1 / 13_074)  # a file of each of two kinds in turn
CHECKS = [
    Check("yolov4 416", "25 Nov, two H100", [4_083, 4_088], {2: 8_176}),
    Check("yolov4-tiny", "25 Nov, two H100", [29_586, 29_799], {2: 59_215}),
    Check("yolov4 416", "26 Nov, two H200", [4_264, 4_319], {2: 8_570}, TWO),
    Check("yolov4 608", "26 Nov, two H200", [2_083, 2_111], {2: 4_148}, TWO),
    Check("yolov4-tiny", "26 Nov, two H200", [32_169, 32_603], {2: 59_408}, TWO),
    Check("yolov4 416, level 0", "26 Nov, four H200", [2_792, 2_835], {2: 5_644, 3: 8_475, 4: 11_371}, FOUR),
    Check("yolov4-tiny, level 0", "26 Nov, four H200", [13_290, 13_304], {2: 26_520, 3: 39_793, 4: 53_207}, FOUR),
    Check("yolov4-tiny", "29 Nov, two H200", [33_022, 32_161], {2: 64_960}),
    Check("yolov4 416, RGB", "30 Nov, two H200", [4_261, 4_264], {2: 8_559}, AGAIN),
    Check("yolov4 416, planes", "30 Nov, two H200", [4_254, 4_280], {2: 8_502}, AGAIN_PLANES),
    Check("yolov4-tiny, RGB", "30 Nov, two H200", [32_789, 32_794], {2: 64_252}, AGAIN),
    Check("yolov4-tiny, RGB, second run", "30 Nov, two H200", [32_952, 32_790], {2: 63_660}, AGAIN),
    Check("yolov4-tiny, planes", "30 Nov, two H200", [32_379, 32_548], {2: 64_865}, AGAIN_PLANES),
    Check("yolov4-tiny, planes, second run", "30 Nov, two H200", [32_234, 32_484], {2: 64_612}, AGAIN_PLANES),
    Check("yolov4 416, JPEG, `auto`", "30 Nov, two H200 with 16 cores each", [3_937, 3_971], {2: 8_440}),
    Check("yolov4-tiny, JPEG, `auto`", "30 Nov, two H200 with 16 cores each", [12_942, 13_321], {2: 23_895},
          limit="decoding"),
    Check("yolov4-tiny, JPEG, `auto`, second run", "30 Nov, two H200 with 16 cores each", [11_741, 12_790], {2: 23_205},
          limit="decoding"),
    Check("yolov4-tiny, JPEG, `cpu`", "25 Nov, 32 cores for one and for two H100", [8_340], {2: 7_815}, limit="cores"),
    Check("yolov4-tiny, JPEG, `auto`, a thread a core", "30 Nov, two H200 with 16 cores each", [MIXED], {2: 23_595},
          limit="decoding"),
]


@dataclasses.dataclass
class Workload:
    """What one H200 with 16 cores does."""

    name: str
    alone: float  # pictures a second of a card's lane, or of its decoders and cores where they are slower
    bytes: float  # of a picture in the host's memory
    batch: int
    limit: str = "cards"  # what limits one card
    threads: float = FLEET
    engines: float = 0  # files a second of the card's JPEG engines, where --fleet simulates them

    def limits(self, cards, memory):
        return {self.limit: cards * self.alone, "host's memory": memory * 1e9 / self.bytes,
                "host's threads": self.threads}


V4 = (4_264 + 4_319) / 2  # 2026-11-26, «Speed of both cards», as the next two
V4_608 = (2_083 + 2_111) / 2
TINY = (32_169 + 32_603) / 2
TINY_PLANES = TINY * 27_990 / 28_452  # 2026-11-30, «One card», batches of 16 with planes and with RGB
V4_PLANES = (4_254 + 4_280) / 2  # 2026-11-30, «Two cards», as the next: files of 640x424 and 768x576 in turn
TINY_JPEG = (12_942 + 13_321 + 11_741 + 12_790) / 4
# 2026-11-30, «One card», 640x424 in 4:2:0: the other rows of JPEG
WORKLOADS = [
    Workload("yolov4 416, RGB", V4, FRAME, 32),
    Workload("yolov4 416, planes", V4_PLANES, FRAME / 2, 32),
    Workload("yolov4 608, RGB", V4_608, FRAME, 32),
    Workload("yolov4 608, planes", V4_608, FRAME / 2, 32),
    Workload("yolov4-tiny, RGB", TINY, FRAME, 64),
    Workload("yolov4-tiny, planes", TINY_PLANES, FRAME / 2, 64),
    Workload("yolov4 416, JPEG, `auto`", 3_936, FILE, 16, threads=FILES),
    Workload("yolov4 416, JPEG, `cpu`", 3_955, FILE, 16, threads=FILES),
    Workload("yolov4-tiny, JPEG, `auto`", TINY_JPEG, MIXED_FILE, 16, "decoding", FILES),
    Workload("yolov4-tiny, JPEG, `gpu`", 9_626, FILE, 16, "decoding", FILES, engines=9_626),
    Workload("yolov4-tiny, JPEG, `cpu`", 8_577, FILE, 16, "cores", FILES),
]


# What the real fleet is driven with, and how many times slower than the cards the lanes are: a batch of frames
# takes 50 ms or 22. The host's memory is MEMORY_MEASURED, as many times slower.
FLEET_RUNS = [
    ("yolov4 416, RGB", 7),
    ("yolov4 608, RGB", 3),
    ("yolov4-tiny, RGB", 25),
    ("yolov4-tiny, planes", 25),
    ("yolov4-tiny, JPEG, `gpu`", 40),
]


def smallest(limits):
    """What limits, and pictures a second."""
    return min(limits.items(), key=lambda item: item[1])


def table(head, rows):
    for row in [head, ["---"] * len(head), *rows]:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    print()


def print_checks():
    rows = []
    for check in CHECKS:
        for cards, measured in check.several.items():
            limit, predicted = smallest(check.limits(cards))
            rows.append((check.name, check.source, cards, f"{predicted:,.0f}", f"{measured:,}",
                         f"{predicted / measured - 1:+.1%}", limit))
    table(["model", "measured on", "cards", "predicted", "measured", "error", "limited by"], rows)


def print_predictions(title, memory_of):
    print(f"{title}\n")
    rows = []
    for work in WORKLOADS:
        cells = []
        for cards in COUNTS:
            limit, rate = smallest(work.limits(cards, memory_of(cards)))
            ratio = rate / (cards * work.alone)
            cells.append(f"{rate:,.0f}" + (f" ({ratio:.2f}, {limit})" if limit != work.limit else ""))
        rows.append((work.name, work.limit, *cells))
    table(["pictures a second (part of N x one, its limit)", "one is limited by", *COUNTS], rows)


def drive_fleet(program, work, stretch, cards):
    """What the real fleet does, as fleet_scaling prints it: of three runs the one of median speed."""
    lane_us = work.batch / (TINY_PLANES if work.engines else work.alone) * 1e6 * stretch
    memory_us = work.batch * work.bytes / MEMORY_MEASURED / 1e3 * stretch
    seconds = 12 if work.engines else 4
    batches = round(seconds * work.alone / work.batch / stretch)
    command = [program, "--lanes", cards, "--batch", work.batch, "--batches", batches,
               "--lane-us", round(lane_us), "--memory-us", round(memory_us)]
    if work.engines:
        command += ["--decoder-ms", round(64 / work.engines * 1e3 * stretch), "--file-bytes", FILE_BYTES]
    command = [str(part) for part in command]
    runs = [json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(3)]
    return sorted(runs, key=lambda one: one["pictures_per_second"])[1]


def print_fleet(program):
    print("The real fleet on lanes without hardware\n")
    by_name = {work.name: work for work in WORKLOADS}
    rows = []
    for name, stretch in FLEET_RUNS:
        work = by_name[name]
        one, unequal, in_order, cells = None, 0, True, []
        for cards in COUNTS:
            result = drive_fleet(program, work, stretch, cards)
            one = one or result["pictures_per_second"]
            limits = work.limits(cards, MEMORY_MEASURED)
            del limits["host's threads"]  # nothing stretches them
            predicted = smallest(limits)[1] / (cards * work.alone)
            cells.append(f"{result['pictures_per_second'] / (cards * one):.3f} ({predicted:.3f})")
            unequal = max(unequal, result["most_share"] - 1, 1 - result["least_share"])
            in_order = in_order and result["in_order"]
        rows.append((name, stretch, f"{one * stretch:,.0f}", *cells, f"{unequal:.1%}", "yes" if in_order else "NO"))
    table(["part of N x one (predicted)", "times slower", "one, x that", *COUNTS, "furthest from an equal share",
           "in order"], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fleet", metavar="FLEET_SCALING", help="the program of bench/fleet_scaling.cpp")
    arguments = parser.parse_args()
    print_checks()
    print_predictions(f"Host's memory: {MEMORY_MEASURED:.0f} GB/s for all, the most that was measured",
                      lambda cards: MEMORY_MEASURED)
    print_predictions(f"Host's memory: {MEMORY_OF_A_CARD:.0f} GB/s a card, as each of four had",
                      lambda cards: MEMORY_OF_A_CARD * cards)
    if arguments.fleet:
        print_fleet(arguments.fleet)


if __name__ == "__main__":
    main()
