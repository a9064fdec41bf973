"""Compares `detect` on a GPU with what its decoders and its network do alone, in one run. Prints a Markdown table.

    gpu_decoding.py jpeg MODEL FOLDER...     JPEG files: pictures a second
    gpu_decoding.py video MODEL CLIP         one stream and many: frames a second
    gpu_decoding.py cameras MODEL CLIP.ts    live streams: milliseconds from packet to result

The programs are those of build/gpu/bin, or of --programs. Rounds go by turns; a cell with several figures has one for
each round. Ratios are of medians.
"""

import argparse
import contextlib
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Programs:
    """The commands that are measured, with the options that all runs have."""

    def __init__(self, given, work):
        self.folder, self.device, self.work = given.programs, given.device, work
        self.model = [given.model, "--devices", f"cuda:{given.device}", *given.options.split()]
        self.detect_options = given.detect_options.split()

    def lines_of(self, program, *arguments):
        """The JSON objects that a program prints, one a line."""
        return [json.loads(line) for line in run(self.folder / program, *arguments).splitlines()]

    def lane(self, files, pixels):
        """Pictures a second of the lane alone, from decoded pictures."""
        done = run(self.folder / "yolofleet", "bench", *self.model, *files[:64], "--parts", "lane", "--pixels", pixels,
                   "--seconds", 2, "--rounds", 3, "--json")
        return json.loads(done)["runs"][0]["pictures_per_second"]

    def detect(self, inputs, *options, program=None):
        """The report of a run whose results are thrown away."""
        report = self.work / "report.json"
        run(program or self.folder / "yolofleet", "detect", *self.model, *inputs, *self.detect_options, *options,
            "-o", "/dev/null", "--report", report, "--quiet")
        return json.loads(report.read_text())


def run(*command):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"exit code {done.returncode}: {' '.join(str(part) for part in command)[:2000]}")
    return done.stdout


def print_table(head, rows):
    print(f"| {' | '.join(head)} |")
    print("|" + "---|" * len(head))
    for name, *cells in rows:
        print(f"| {name} | {' | '.join(cells)} |")


def text_of(figures):
    return ", ".join(f"{figure:,.0f}" for figure in figures)


def ratio(over, under):
    return f"{over / under:.2f}"


def ratio_of_libjpeg(programs, files):
    """How much faster libjpeg-turbo itself decodes to planes than to RGB, on one core."""
    done = run(programs.folder / "image_bench", "--benchmark_filter=libjpeg alone$", "--benchmark_min_time=0.1",
               "--benchmark_format=json", *files[:20])
    milliseconds = {"planes": 0, "RGB": 0}
    for one in json.loads(done)["benchmarks"]:
        if not one["name"].startswith("decode/"):
            milliseconds[one["name"].split(", ")[-2]] += one["cpu_time"]
    return milliseconds["RGB"] / milliseconds["planes"]


def jpeg_column(programs, given, folder):
    """What one set of files gives: the name of each row, and its figures."""
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".jpg", ".jpeg"))
    if not files:
        sys.exit(f"{folder}: has no JPEG files")
    gpu, *cpu, both = programs.lines_of("jpeg_bench", *files, "--device", programs.device, "--seconds", given.seconds)
    alone = gpu["pictures_per_second"] + cpu[-1]["pictures_per_second"]
    lane = {pixels: programs.lane(files, pixels) for pixels in ("rgb", "planes")}
    listing = programs.work / "names.txt"
    listing.write_text("".join(f"{files[number % len(files)].absolute()}\n" for number in range(given.names)))
    rates = {name: [] for name in (["before"] if given.before else []) + ["cpu", "gpu", "auto"]}
    for _ in range(given.rounds):
        for name, figures in rates.items():
            older = name == "before"
            report = programs.detect([f"@{listing}"], *([] if older else ["--decode", name]),
                                     program=given.before if older else None)
            figures.append(report["pictures_per_second"])
    median = {name: statistics.median(figures) for name, figures in rates.items()}
    column = {
        "the CPU alone": text_of([cpu[-1]["pictures_per_second"]]),
        "nvJPEG alone": text_of([gpu["pictures_per_second"]]),
        "both at once: nvJPEG, CPU": text_of([both["of_gpu"], both["of_cpu"]]),
        "lane from decoded pictures: RGB, planes": text_of(lane.values()),
        "libjpeg-turbo's planes of its RGB, one core": f"{ratio_of_libjpeg(programs, files):.2f}",
        **{name if name == "before" else f"`--decode {name}`": text_of(figures) for name, figures in rates.items()},
        "`auto` of both alone, summed (of the lane, if that is less)": ratio(median["auto"], min(alone, lane["rgb"])),
        "`auto` of both at once (of the lane, if that is less)":
            ratio(median["auto"], min(both["pictures_per_second"], lane["rgb"])),
    }
    for name in ("cpu", "auto") if given.before else ():
        column[f"`{name}` of before"] = ratio(median[name], median["before"])
    return column

def jpeg(programs, given):
    columns = [jpeg_column(programs, given, folder) for folder in given.inputs]
    print_table(["pictures a second", *(folder.name for folder in given.inputs)],
                [[name, *(column[name] for column in columns)] for name in columns[0]])


def video(programs, given):
    clip, = given.inputs
    rows = []
    for count in given.streams:
        links = [programs.work / f"{count}-{number}{clip.suffix}" for number in range(count)]
        for link in links:
            link.symlink_to(clip.absolute())
        figures = {"libavcodec": [], "VideoReader": [], "detect": []}
        for _ in range(given.rounds):
            for line in programs.lines_of("video_bench", *links, "--device", f"cuda:{programs.device}",
                                          "--codec-threads", given.codec_threads):
                figures[line["decoder"]].append(line["frames_per_second"])
            figures["detect"].append(programs.detect(links)["pictures_per_second"])
        middle = {name: statistics.median(rates) for name, rates in figures.items()}
        rows.append([str(count), *(text_of(rates) for rates in figures.values()),
                     ratio(middle["detect"], middle["libavcodec"])])
    print_table(["streams", "libavcodec alone", "`VideoReader` alone", "`detect`", "of libavcodec"], rows)


@contextlib.contextmanager
def served(clip, count):
    """Runs cameras.py."""
    with subprocess.Popen([sys.executable, str(ROOT / "bench/cameras.py"), str(clip), str(count)],
                          stdout=subprocess.PIPE, text=True) as server:
        try:
            said = server.stdout.readline()
            first = re.search(r"ports (\d+)", said)
            if not first:
                sys.exit("cameras.py doesn't serve")
            yield [f"tcp://127.0.0.1:{int(first[1]) + number}" for number in range(count)]
        finally:
            server.terminate()


def cameras(programs, given):
    clip, = given.inputs
    rows = []
    for count in given.streams:
        with served(clip, count) as addresses:
            videos = programs.detect(addresses, "--to", given.seconds)["videos"]
        milliseconds = [[1000 * one[key] for one in videos if one[key] is not None]
                        for key in ("latency_median_seconds", "latency_p99_seconds")]
        rows.append([str(count), *(str(sum(one[key] for one in videos)) for key in ("frames", "dropped", "reconnects")),
                     *(f"{min(each):.1f} to {max(each):.1f}" if each else "" for each in milliseconds)])
    print_table(["streams", "frames", "dropped", "reconnects", "medians, ms", "99th percentiles, ms"], rows)


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["jpeg", "video", "cameras"])
    parser.add_argument("model")
    parser.add_argument("inputs", type=pathlib.Path, nargs="+")
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / "build/gpu/bin", metavar="FOLDER")
    parser.add_argument("--device", type=int, default=0, help="index of the GPU (default: 0)")
    parser.add_argument("--before", type=pathlib.Path, metavar="PROGRAM",
                        help="an earlier build of the command, to compare with (jpeg)")
    parser.add_argument("--options", default="", help='of `bench` and `detect`: --options "--batch 16 --build-level 2"')
    parser.add_argument("--detect-options", default="", help="of `detect` only")
    parser.add_argument("--names", type=int, default=30000, help="files of a run, each again and again (default: 30000)")
    parser.add_argument("--streams", type=lambda text: [int(count) for count in text.split(",")],
                        help="numbers of streams (default: 1,32 of videos, 16 of cameras)")
    parser.add_argument("--codec-threads", type=int, default=1, help="of libavcodec alone, for each stream (default: 1)")
    parser.add_argument("--seconds", type=float,
                        help="of each measurement of jpeg_bench (default: 1), of the cameras (default: 20)")
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    if given.what != "jpeg" and len(given.inputs) != 1:
        parser.error(f"{given.what} takes one clip")
    given.streams = given.streams or ([1, 32] if given.what == "video" else [16])
    given.seconds = given.seconds or (1 if given.what == "jpeg" else 20)
    return given


def main():
    given = parsed()
    with tempfile.TemporaryDirectory() as folder:
        {"jpeg": jpeg, "video": video, "cameras": cameras}[given.what](Programs(given, pathlib.Path(folder)), given)


if __name__ == "__main__":
    main()
