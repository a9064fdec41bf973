"""Writes docs/conformance.md: the largest differences of each model and cfg of the corpus from each judge.

Usage: scripts/conformance [NAME...]   NAME is part of a cfg's name: only these cfgs, and the table goes to standard output
Run by scripts/conformance, which sets the paths of the corpus, the programs and the demo's model.
"""

import datetime
import importlib.metadata
import os
import pathlib
import platform
import subprocess
import sys
import tempfile

import cv2

import cases
import own_cfgs
from corpus import CASES, CORPUS, YOLOFLEET, darknet, model_files
from expected import expected, loaded
from judges import (BOX_WITHIN, CONFIDENCE_WITHIN, MEDIAN_WITHIN, RAW_HEADS_WITHIN, beside_darknet, prepare,
                    raw_heads, size_of)

ROOT = pathlib.Path(__file__).resolve().parents[2]


def models():
    return sorted(folder.name for folder in (CORPUS / "models").iterdir())


def largest(values):
    return f"{max(values):.6f}"


def short(message):
    """The message without its long list of supported sections."""
    return message.split("; supported are", 1)[0].removeprefix("error: ")


def numbers(values):
    return "" if values is None else " ".join(f"{value:.1e}" for value in values)


def verdict(heads):
    """The table's last cell: who is right. Our own faults are in capitals."""
    if not heads.right:
        return "**WE ARE OFF**"
    if not heads.tell:
        return "**THE HEADS ARE TOO UNIFORM OR TOO LARGE TO COMPARE**"
    if heads.refusal:
        return f"right; OpenCV can't load it: {heads.refusal}"
    if not heads.agree:
        rest = max(heads.opencv_epsilon)
        why = "by its epsilon" if rest < RAW_HEADS_WITHIN else "**AND NOT BY ITS EPSILON**"
        return f"right; OpenCV differs {why}: from the formulas with that epsilon it differs by {rest:.1e}"
    return "right, and OpenCV agrees"


def trained_row(name):
    """The row of a trained model: Darknet's detections, and the raw heads for the same pictures."""
    _, cfg, _, weights, *_ = model_files(name)
    _, refused = loaded(cfg)
    if refused:
        return f"| {name} | | | | **REFUSED**: {short(refused)} | | | |"
    found = beside_darknet(name)
    with tempfile.TemporaryDirectory() as folder:
        heads = [raw_heads(cfg, weights, picture, folder) for picture, _ in darknet(name)]
    judged = [one for one in heads if not one.refusal]
    worst = max(heads, key=lambda one: max(one.ours_formulas))
    opencv = (verdict(max(judged, key=lambda one: max(one.ours_opencv))) if judged else verdict(worst))
    return (f"| {name} | {len(found.confidence)} | {largest(found.confidence)} | {largest(found.box)} | "
            f"{'agree' if found.agree else '**DIFFER** ' + '; '.join(found.alone)} | {numbers([max(worst.ours_formulas)])} | "
            f"{numbers([max(max(one.ours_opencv) for one in judged)]) if judged else ''} | {opencv} |")


def generated_row(row):
    """The row of a cfg with generated weights: its raw heads."""
    parameters, refused = loaded(row.cfg)
    if row.parameters is None:
        state = f"refused, as it must be: {short(refused)}" if refused else "**LOADED, though it must be refused**"
        return f"| {row.name} | | | | | | | {state} |"
    if refused:
        return f"| {row.name} | | | | | | | **REFUSED**: {short(refused)} |"
    counted = f"{parameters:,}" if parameters == row.parameters else f"**{parameters:,}, not {row.parameters:,}**"
    return heads_row(row.name, row.cfg, row.size, counted)


def heads_row(name, cfg, size, parameters, unknown_to_opencv=""):
    """The row of a cfg that loads; size None: its own."""
    width, height = size or size_of(cfg)[:2]
    with tempfile.TemporaryDirectory() as folder:
        heads = raw_heads(*prepare(cfg, size, folder), folder, unknown_to_opencv)
    return (f"| {name} | {parameters} | {width}x{height} | {numbers(heads.ours_formulas)} | "
            f"{numbers(heads.ours_opencv)} | {numbers(heads.opencv_formulas)} | {heads.spread:.2f} | {verdict(heads)} |")


def further_rows():
    """Layers that no cfg of the corpus has, and sizes that aren't a multiple of the largest stride."""
    yield own_row("new_layers", pathlib.Path(__file__).with_name("new_layers.cfg"), None)
    if own_cfgs.DARKNET:
        for name, (size, unknown) in own_cfgs.NEW_LAYERS.items():
            yield own_row(name, own_cfgs.DARKNET / "cfg" / f"{name}.cfg", size, unknown)
    for name, size in SIZES:
        yield own_row(name, CORPUS / "cfg" / name, size)


def own_row(name, cfg, size, unknown_to_opencv=""):
    parameters, refused = loaded(cfg)
    if refused:
        return f"| {name} | | | | | | | **REFUSED**: {short(refused)} |"
    return heads_row(name, cfg, size, f"{parameters:,}", unknown_to_opencv)


def darknets_own():
    """The part on the cfg files of Darknet's own repository."""
    if not own_cfgs.DARKNET:
        print("no clone of Darknet (DARKNET=FOLDER says where it is): its cfg files were left out", file=sys.stderr)
        return "Left out: no clone of Darknet was there (`DARKNET=FOLDER`)."
    found = own_cfgs.own_cfgs()
    refused = [each for each in found if each.refusal]
    lines = [f"Of the {len(found)} cfg files there that have a head, {len(found) - len(refused)} load. The others are refused:", "",
             "| cfg | |", "|---|---|"]
    lines += [f"| {each.name}.cfg | {'' if each.name in own_cfgs.REFUSED else '**NOT EXPECTED** '}{short(each.refusal)} |"
              for each in refused]
    missing = own_cfgs.REFUSED - {each.name for each in refused}
    lines += [f"| {name}.cfg | **LOADED, though it must be refused** |" for name in sorted(missing)]
    return "\n".join(lines)


def case_rows():
    """The part on the cases."""
    if not CASES.is_dir():
        print(f"no cases in {CASES} (CASES=FOLDER says where they are): they were left out", file=sys.stderr)
        return "Left out: the cases weren't there (`CASES=FOLDER`)."
    lines = ["| case | | right value | |", "|---|---|---|---|"] + [cases.row(case) for case in cases.ALL]
    lines += [f"| {name} | | | **NO SUCH CASE, OR NO RIGHT VALUE** |" for name in sorted(cases.without_value())]
    return "\n".join(lines)


NEW_LAYERS = ["share_index", "maxpool_depth", "[local_avgpool]", "[contrastive]"]
SIZES = [("official/yolov4-tiny.cfg", (412, 412)), ("official/yolov4-tiny.cfg", (600, 600)),
         ("official/yolov4-tiny.cfg", (1920, 1080)), ("official/yolov2-tiny.cfg", (300, 300))]
TRAINED = """\
| model | detections | confidence | box | compared with Darknet | heads: ours - formulas | ours - OpenCV | |
|---|---|---|---|---|---|---|---|"""
GENERATED = """\
| cfg | parameters | input | ours - formulas | ours - OpenCV | OpenCV - formulas | spread | |
|---|---|---|---|---|---|---|---|"""


def cpu():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    name = next((line.split(": ", 1)[1] for line in lines if line.startswith("model name")), platform.machine())
    return f"{len(os.sched_getaffinity(0))} cores of {name}"


def output_of(command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def document(trained, generated, further, cases_and_own):
    made_with = (f"{output_of([YOLOFLEET, '--version'])}, OpenVINO {importlib.metadata.version('openvino')}, "
                 f"OpenCV {cv2.__version__}; {cpu()}; {datetime.date.today():%d %B %Y}")
    return f"""# Conformance

Written by `make conformance`; don't edit it. Everything in FP32 on the CPU.
{made_with}.

Three judges:

- Darknet itself (AlexeyAB, commit 59596d7): its detections, which the corpus has, and its number of parameters of each
  cfg. A cfg in the table below with a different number is marked.
- OpenCV DNN: its raw heads (the inputs of each head) for one photo of the input size. It is independent, but not Darknet:
  its batch normalisation has an epsilon of 1e-6, Darknet's (`normalize_cpu`, blas.c) 1e-5.
- Darknet's formulas, written again in double (`tests/conformance/plain_network.py`): their raw heads decide where OpenCV and
  yolofleet differ, and for cfgs that OpenCV can't load.

The difference of two raw heads is max |a - b| / max |b|; they agree if it is under {RAW_HEADS_WITHIN:g}.

## Trained models

The corpus has pictures of the exact input size, so nothing is resized. On others there are [two deliberate
differences](models.md#where-the-boxes-differ-from-darknets): for some heights Darknet's resize darkens the network's last row
(481 at a network height of 416, 960 at 608), and its letterbox puts boxes half a network pixel off where the gap is odd.

In the corpus's pictures, each of Darknet's detections of 0.3 or more was matched one to one
by class and place, and each of ours of 0.31 or more has a partner. «confidence» and «box» are the largest differences; that
of a box is relative to the picture. Detections agree if confidences differ by at most {CONFIDENCE_WITHIN} (the median by less than
{MEDIAN_WITHIN}) and boxes by at most {BOX_WITHIN}. For raw heads the table has the largest difference of all pictures and heads.

{TRAINED}
{chr(10).join(trained)}

## Every cfg, with generated weights

The weights are those of `scripts/generate_weights` (seed 1). Each head has its own difference, in the cfg's order.
«spread» shows whether a comparison means something. It is the mean standard deviation of a channel over all places, divided by
the standard deviation of the whole head; the table has the smallest of all heads. At 0 a head has the same values everywhere.

{GENERATED}
{chr(10).join(generated)}

## Further layers and sizes

The same, for layers that no cfg of the corpus has ({", ".join(f"`{name}`" for name in NEW_LAYERS)}), and for input sizes that
aren't a multiple of the network's largest stride. `new_layers` is `tests/conformance/new_layers.cfg`.

{GENERATED}
{chr(10).join(further)}

## Cases

Each is yolov4-tiny's cfg with one thing changed. It is right if it is refused, warned of, or gives detections as
`tests/conformance/cases.py` has it; detections are those of yolov4-tiny's own cfg, or the case's own, and agree as above.

{cases_and_own[0]}

## Darknet's own cfg files

{cases_and_own[1]}
"""


def progress(rows):
    for row in rows:
        print(row, file=sys.stderr, flush=True)
        yield row


def main():
    names = sys.argv[1:]
    wanted = [row for row in expected() if not names or any(name in row.name for name in names)]
    generated = list(progress(generated_row(row) for row in wanted))
    if names:
        print(GENERATED, *generated, sep="\n")
        return 0
    further = list(progress(further_rows()))
    trained = list(progress(trained_row(name) for name in models()))
    others = [case_rows(), darknets_own()]
    (ROOT / "docs" / "conformance.md").write_text(document(trained, generated, further, others))
    rows = trained + generated + further + "\n".join(others).splitlines()
    bad = sum("**" in row for row in rows)
    print(f"docs/conformance.md: {sum(row.startswith('| ') for row in rows)} rows, {bad} of them bad", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
