#!/usr/bin/env python3
"""Draws which folders of src/ include which: docs/images/dependencies.svg.

Usage: scripts/dependencies.py   needs Python's standard library only
A folder includes itself and folders below it. A public header belongs to one of the folders, so the same
rule holds for it. The script draws nothing and names the includes when one points upwards.
"""

import pathlib
import re
import sys
from xml.sax.saxutils import escape

# The folders of src/ from the bottom to the top; FACE is the files directly in src/. Each with its column in
# the picture and the public headers that belong to it: they include headers of this folder or below, and only
# this folder and those above include them.
FACE = "yolofleet"
FOLDERS = {
    "base": (1.5, ["edit_distance", "error", "export", "version"]),
    "image": (0, ["detection", "image", "picture", "planes"]),
    "video": (0, ["video"]),
    "graph": (2, []),
    "darknet": (3, ["data_file", "model"]),
    "cuda": (1, []),
    "ops": (1, []),
    "backend": (1, ["device_info", "engine_report", "options", "report"]),
    "backend/cpu": (0, []),
    "backend/openvino": (0, []),
    "backend/tensorrt": (1, []),
    "backend/fake": (2, []),
    "fleet": (3, []),
    FACE: (1.5, ["detector", "device", "engines", "raw_heads", "speed", "yolofleet"]),
}
ROOT = pathlib.Path(__file__).resolve().parents[1]


def with_other_back_ends(folders):
    """FOLDERS and the back ends without an entry of their own, above the others."""
    found = [f"backend/{path.name}" for path in sorted((ROOT / "src/backend").iterdir()) if path.is_dir()]
    entries = list(folders.items())
    place = [name for name, _ in entries].index("fleet")
    return dict(entries[:place] + [(name, (2, [])) for name in found if name not in folders] + entries[place:])


FOLDERS = with_other_back_ends(FOLDERS)
ORDER = list(FOLDERS)
ENDINGS = {".cpp", ".hpp", ".cu", ".cuh"}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)


def sources(root):
    """All C++ files of src/ and the public headers."""
    return sorted(path for folder in ("src", "include") for path in (root / folder).rglob("*")
                  if path.suffix in ENDINGS)


def folder_of(root, path):
    """The entry of FOLDERS that a file belongs to; for a file without a place, its folder or name."""
    if path.is_relative_to(root / "include"):
        return next((name for name, (_, headers) in FOLDERS.items() if path.stem in headers),
                    path.relative_to(root).as_posix())
    parts = path.relative_to(root / "src").parts[:-1]
    if not parts:
        return FACE
    return "/".join(parts[:2]) if parts[0] == "backend" else parts[0]


def without_place(root):
    """Folders and public headers that FOLDERS doesn't have."""
    return sorted({folder_of(root, path) for path in sources(root)} - FOLDERS.keys())


def includes(root):
    """(folder, included folder, file, include) for each include of one of our own files."""
    for path in sources(root):
        for include in INCLUDE.findall(path.read_text(encoding="utf-8")):
            for base in (root / "src", root / "include"):
                if (base / include).is_file():
                    yield folder_of(root, path), folder_of(root, base / include), path, include


def arrows(root):
    """The pairs (folder, included folder) of different folders."""
    return sorted({(user, used) for user, used, _, _ in includes(root) if user != used})


def upward(root):
    """One line for each include that points upwards."""
    return [f"{path.relative_to(root)} ({user}) includes {include} ({used})"
            for user, used, path, include in includes(root) if ORDER.index(used) > ORDER.index(user)]


def implied(pairs):
    """The arrows that a path of others says too."""
    below = {name: {used for user, used in pairs if user == name} for name in ORDER}
    reached = {}
    for name in ORDER:
        reached[name] = below[name].union(*(reached[used] for used in below[name]))
    return {(user, used) for user, used in pairs
            if any(used in reached[other] for other in below[user] - {used})}


BOX_WIDTH, BOX_HEIGHT, GAP_X, GAP_Y, MARGIN = 196, 52, 22, 40, 16


def places(names, pairs):
    """The left upper corner of each box. A box is one row above the highest that it points to."""
    rank = {}
    for name in ORDER:
        if name in names:
            rank[name] = max((rank[used] + 1 for user, used in pairs if user == name), default=0)
    top = max(rank.values())
    return {name: (MARGIN + FOLDERS[name][0] * (BOX_WIDTH + GAP_X), MARGIN + (top - rank[name]) * (BOX_HEIGHT + GAP_Y))
            for name in rank}


def ports(pairs, corners):
    """Where each arrow starts and ends: spread over the lower and upper edges in the order of the other ends."""
    ends = {}
    for name, (x, y) in corners.items():
        for side, edge in (("out", y + BOX_HEIGHT), ("in", y)):
            mine = [pair for pair in pairs if pair[0 if side == "out" else 1] == name]
            mine.sort(key=lambda pair, other=1 if side == "out" else 0: (corners[pair[other]], pair))
            for number, pair in enumerate(mine, 1):
                ends[pair, side] = (x + BOX_WIDTH * number / (len(mine) + 1), edge)
    return ends


def arrow(start, end, grey):
    (x1, y1), (x2, y2) = start, end
    bend = min(GAP_Y, (y2 - y1) / 2)
    kind = "implied" if grey else "arrow"
    return (f'<path class="{kind}" marker-end="url(#{kind})" d="M{x1:.0f} {y1:.0f} C{x1:.0f} {y1 + bend:.0f} '
            f'{x2:.0f} {y2 - 4 - bend:.0f} {x2:.0f} {y2 - 4:.0f}"/>')


def lines_of(words, longest=34):
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + 1 + len(word) > longest:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return lines


def box(name, corner):
    x, y = corner
    title = "src/*.cpp" if name == FACE else name + "/"
    headers = lines_of(FOLDERS[name][1])
    middle = x + BOX_WIDTH / 2
    parts = [f'<rect x="{x:.0f}" y="{y:.0f}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="6"/>']
    first = y + (32 if headers == [""] else 22 if len(headers) == 1 else 16)
    parts.append(f'<text class="folder" x="{middle:.0f}" y="{first:.0f}">{escape(title)}</text>')
    for number, line in enumerate(headers, 1):
        if line:
            below = first + 3 + 13 * number
            parts.append(f'<text class="headers" x="{middle:.0f}" y="{below:.0f}">{escape(line)}</text>')
    return "\n".join(parts)


STYLE = """text { font-family: sans-serif; text-anchor: middle; fill: #1f2328 }
.folder { font-size: 15px; font-weight: bold } .headers { font-size: 11px; fill: #57606a }
rect { fill: #f6f8fa; stroke: #57606a } .page { fill: #ffffff; stroke: none }
path { fill: none } .arrow { stroke: #1f2328; stroke-width: 1.5 } .implied { stroke: #b6bec8 }"""


def marker(kind, colour):
    return (f'<marker id="{kind}" viewBox="0 0 8 8" refX="4" refY="4" markerWidth="8" markerHeight="8" '
            f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 L8 4 L0 8 Z" style="fill: {colour}"/></marker>')


def draw(root):
    """The text of the SVG file."""
    pairs = arrows(root)
    names = {folder_of(root, path) for path in sources(root)}
    corners = places(names, pairs)
    ends = ports(pairs, corners)
    grey = implied(pairs)
    width = max(x for x, _ in corners.values()) + BOX_WIDTH + MARGIN
    height = max(y for _, y in corners.values()) + BOX_HEIGHT + MARGIN
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" role="img">',
        "<title>Which folders of src/ include which</title>",
        "<desc>Written by scripts/dependencies.py. Under a folder's name: its public headers. Grey: arrows that a "
        "path of black ones implies.</desc>",
        f"<style>{STYLE}</style>",
        "<defs>" + marker("arrow", "#1f2328") + marker("implied", "#b6bec8") + "</defs>",
        f'<rect class="page" width="{width:.0f}" height="{height:.0f}"/>',
        *(arrow(ends[pair, "out"], ends[pair, "in"], pair in grey)
          for pair in sorted(pairs, key=lambda pair: (pair not in grey, pair))),
        *(box(name, corners[name]) for name in ORDER if name in corners),
        "</svg>", ""])


def main():
    if len(sys.argv) > 1:
        print(f"error: {pathlib.Path(__file__).name} takes no arguments, not {sys.argv[1]}", file=sys.stderr)
        return 2
    root = ROOT
    problems = [f"{name} has no place in FOLDERS of {pathlib.Path(__file__).name}" for name in without_place(root)]
    problems = problems or upward(root)
    if problems:
        print("error:", "\n       ".join(problems), file=sys.stderr)
        return 1
    picture = root / "docs/images/dependencies.svg"
    picture.write_text(draw(root), encoding="utf-8")
    print(f"wrote {picture.relative_to(root)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
