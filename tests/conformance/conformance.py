"""Writes docs/conformance.md: every model and cfg of the corpus, each judge, the largest differences.

Usage: scripts/conformance [NAME...]   NAME, part of a cfg's: only these, and the table goes to standard output
Run by scripts/conformance, which says where the corpus, the programs and the demo's model are.
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

from corpus import CORPUS, YOLOFLEET, darknet, model_files
from expected import expected, loaded
from judges import (BOX_WITHIN, CONFIDENCE_WITHIN, MEDIAN_WITHIN, RAW_HEADS_WITHIN, beside_darknet, prepare,
                    raw_heads, size_of)

ROOT = pathlib.Path(__file__).resolve().parents[2]


def models():
    return sorted(folder.name for folder in (CORPUS / "models").iterdir())


def largest(values):
    return f"{max(values):.6f}"


def short(message):
    """The list of what is supported is long, and no reason."""
    return message.split("; supported are", 1)[0].removeprefix("error: ")


def numbers(values):
    return "" if values is None else " ".join(f"{value:.1e}" for value in values)


def verdict(heads):
    """Who is right, in words; what is wrong with us in capitals."""
    if not heads.right:
        return "**WE ARE OFF**"
    if not heads.tell:
        return "**THE HEADS TELL LITTLE**"
    if heads.refusal:
        return f"right; OpenCV can't load it: {heads.refusal}"
    if not heads.agree:
        rest = max(heads.opencv_epsilon)
        why = "by its epsilon" if rest < RAW_HEADS_WITHIN else "**AND NOT BY ITS EPSILON**"
        return f"right; OpenCV is off {why}: the formulas with that are {rest:.1e} from it"
    return "right, and OpenCV agrees"


def trained_row(name):
    """A trained model by Darknet's detections, and the raw heads in the same pictures."""
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
    """A cfg with generated weights, by its raw heads."""
    parameters, refused = loaded(row.cfg)
    if row.parameters is None:
        state = f"refused, as it must be: {short(refused)}" if refused else "**LOADED, though it must be refused**"
        return f"| {row.name} | | | | | | | {state} |"
    if refused:
        return f"| {row.name} | | | | | | | **REFUSED**: {short(refused)} |"
    counted = f"{parameters:,}" if parameters == row.parameters else f"**{parameters:,}, not {row.parameters:,}**"
    width, height = row.size or size_of(row.cfg)[:2]
    with tempfile.TemporaryDirectory() as folder:
        heads = raw_heads(*prepare(row.cfg, row.size, folder), folder)
    return (f"| {row.name} | {counted} | {width}x{height} | {numbers(heads.ours_formulas)} | "
            f"{numbers(heads.ours_opencv)} | {numbers(heads.opencv_formulas)} | {heads.spread:.2f} | {verdict(heads)} |")


TRAINED = """\
| model | detections | confidence | box | beside Darknet | heads: ours - formulas | ours - OpenCV | |
|---|---|---|---|---|---|---|---|"""
GENERATED = """\
| cfg | parameters | input | ours - formulas | ours - OpenCV | OpenCV - formulas | spread | |
|---|---|---|---|---|---|---|---|"""


def cpu():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    name = next((line.split(": ", 1)[1] for line in lines if line.startswith("model name")), platform.machine())
    return f"{len(os.sched_getaffinity(0))} cores of {name}"


def said(command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def document(trained, generated):
    made_with = (f"{said([YOLOFLEET, '--version'])}, OpenVINO {importlib.metadata.version('openvino')}, "
                 f"OpenCV {cv2.__version__}; {cpu()}; {datetime.date.today():%d %B %Y}")
    return f"""# Conformance

Written by `make conformance`; don't edit it. Everything in FP32 on the CPU.
{made_with}.

Three judges:

- Darknet itself (AlexeyAB, commit 59596d7), by the detections that the corpus holds of it, and by its count of each
  cfg's parameters. A cfg in the table below whose count is another is marked;
- OpenCV DNN, by the raw heads (what goes into each head) in one photo of the input size. It is another program, but not
  Darknet: its batch normalisation has an epsilon of 1e-6, Darknet's (`normalize_cpu`, blas.c) 1e-5;
- Darknet's formulas, written down once more in double (`tests/conformance/plain_network.py`), by the raw heads: they say who
  is right where OpenCV and we differ, and judge what OpenCV can't load.

A difference of raw heads is max |a - b| / max |b| of a head; two agree under {RAW_HEADS_WITHIN:g}.

## Trained models

In the corpus' pictures of the exact input size each of Darknet's detections of 0.3 or more was matched one to one by class
and place, and none of ours of 0.31 or more was left without a partner. «confidence» and «box» are the largest differences;
a box's is relative to the picture. They agree up to {CONFIDENCE_WITHIN} in the confidence (its median under
{MEDIAN_WITHIN}) and {BOX_WITHIN} in the box. Of the raw heads the worst of all pictures and heads is given.

{TRAINED}
{chr(10).join(trained)}

## Every cfg, with generated weights

The weights are those of `scripts/generate_weights` (seed 1). Differences are by head, in the cfg's order. «spread» says
whether a comparison tells something: the mean deviation of a channel's values from place to place, over the deviation of
all of the head's values; the least of the heads. At 0 a head would be the same everywhere.

{GENERATED}
{chr(10).join(generated)}
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
    trained = list(progress(trained_row(name) for name in models()))
    (ROOT / "docs" / "conformance.md").write_text(document(trained, generated))
    bad = sum("**" in row for row in trained + generated)
    print(f"docs/conformance.md: {len(trained) + len(generated)} rows, {bad} of them bad", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
