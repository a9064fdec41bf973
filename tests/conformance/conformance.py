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
from judges import (BOX_WITHIN, CONFIDENCE_WITHIN, MEDIAN_WITHIN, RAW_HEADS_WITHIN, beside_darknet,
                    beside_opencv, prepare, size_of)

ROOT = pathlib.Path(__file__).resolve().parents[2]


def models():
    return sorted(folder.name for folder in (CORPUS / "models").iterdir())


def reason(error):
    """Why OpenCV refuses, in its words, without its source's path."""
    text = str(error).strip().splitlines()
    said = [line for line in text if not line.startswith("OpenCV(")] or text
    return said[0].split("error: ", 1)[-1].strip("> '").replace("|", "/")


def largest(values):
    return f"{max(values):.6f}" if max(values) < 1 else f"{max(values):.3g}"


def error_of(values):
    return f"{max(values):.1e}"


def verdict(good):
    return "agree" if good else "**DIFFER**"


def trained_rows(name):
    """A trained model by Darknet's detections, and by OpenCV's raw heads in the same pictures."""
    try:
        found = beside_darknet(name)
    except AssertionError as failure:
        return [f"| {name} | **NOT RUN**: {str(failure).strip().splitlines()[-1]} | | | | | |"]
    row = (f"| {name} | {len(found.confidence)} | {largest(found.confidence)} | {largest(found.box)} | "
           f"{verdict(found.agree)}{': ' + '; '.join(found.alone) if found.alone else ''} |")
    _, cfg, _, weights, *_ = model_files(name)
    try:
        heads = []
        with tempfile.TemporaryDirectory() as folder:
            for picture, _ in darknet(name):
                heads += beside_opencv(cfg, weights, picture, folder)
    except cv2.error as error:
        return [f"{row} not judged: {reason(error)} | |"]
    errors = [head.difference for head in heads]
    return [f"{row} {error_of(errors)} | {verdict(max(errors) < RAW_HEADS_WITHIN)} |"]


def generated_row(row):
    """A cfg with generated weights by OpenCV's raw heads."""
    parameters, refused = loaded(row.cfg)
    if row.parameters is None:
        state = "refused, as it must be" if refused else "**LOADED, though it must be refused**"
        return f"| {row.name} | | | | | {state}: {refused} |"
    if refused:
        return f"| {row.name} | **REFUSED** | | | | {refused} |"
    counted = f"{parameters:,}" if parameters == row.parameters else f"**{parameters:,}, not {row.parameters:,}**"
    width, height = row.size or size_of(row.cfg)[:2]
    start = f"| {row.name} | {counted} | {width}x{height}"
    with tempfile.TemporaryDirectory() as folder:
        files = prepare(row.cfg, row.size, folder)
        try:
            heads = beside_opencv(*files, folder)
        except cv2.error as error:
            return f"{start} | | | not judged, OpenCV can't: {reason(error)} |"
    errors = [head.difference for head in heads]
    tells = "" if all(head.tells for head in heads) else "; **THE HEADS TELL LITTLE**"
    return (f"{start} | {' '.join(f'{error:.1e}' for error in errors)} | "
            f"{min(head.unlike for head in heads):.2f} | {verdict(max(errors) < RAW_HEADS_WITHIN)}{tells} |")


TRAINED = """\
| model | detections | confidence | box | beside Darknet | raw heads | beside OpenCV |
|---|---|---|---|---|---|---|"""
GENERATED = """\
| cfg | parameters | input | raw heads | spread | beside OpenCV |
|---|---|---|---|---|---|"""


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

Written by `make conformance`; don't edit it (what to make of it is in [layers.md](layers.md)). Everything in FP32 on the CPU.
{made_with}.

## Trained models

Darknet (AlexeyAB, commit 59596d7) as the judge: its detections in the corpus' pictures of the exact input size, each of 0.3
or more matched one to one by class and place, and none of ours of 0.31 or more without a partner. «confidence» and «box»
are the largest differences; a box's is relative to the picture. They agree up to {CONFIDENCE_WITHIN} in the confidence
(its median under {MEDIAN_WITHIN}) and {BOX_WITHIN} in the box. The raw heads are compared with OpenCV's, as below.

{TRAINED}
{chr(10).join(trained)}

## Every cfg, with generated weights

«parameters» is what we count, held against Darknet's own count. The weights are those of `scripts/generate_weights` (seed 1).
«raw heads» is, for each head in the cfg's order, what goes into it in one photo of the input size: max |ours - OpenCV's| /
max |OpenCV's|. They agree under {RAW_HEADS_WITHIN:g}. «spread» says whether the comparison tells something: the mean deviation of
a channel's values from place to place, over the deviation of all of the head's values; the least of the heads. At 0 a
head would be the same everywhere.

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
    trained = [line for name in models() for line in progress(trained_rows(name))]
    (ROOT / "docs" / "conformance.md").write_text(document(trained, generated))
    bad = sum("**" in row for row in trained + generated)
    print(f"docs/conformance.md: {len(trained) + len(generated)} rows, {bad} of them bad", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
