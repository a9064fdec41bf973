"""Writes a model of one convolution that finds white squares, and a picture with one.

The input is 64 x 64, the convolution looks at 16 x 16 pixels at a time, and its weights are chosen
so that a white cell gives an object of confidence 1 with the anchor's size, 16 x 16.
"""

import struct

CFG = """[net]
width=64
height=64
channels=3

[convolutional]
filters=6
size=16
stride=16
pad=0
activation=linear

[yolo]
mask=0
anchors=16,16
classes=1
num=1
"""
# The picture's white square: x, y, width, height in pixels.
SQUARE = (32, 16, 16, 16)


def write_model(folder):
    """Leaves square.cfg, square.weights and square.names in the folder."""
    folder.mkdir()
    (folder / "square.cfg").write_text(CFG)
    (folder / "square.names").write_text("white square\n")
    # Channels: x, y, w, h (zero: the middle of the cell, the anchor's size), object, class.
    biases = [0, 0, 0, 0, -10, 10]
    pixels = 3 * 16 * 16
    weights = [20 / pixels if channel == 4 else 0 for channel in range(6) for _ in range(pixels)]
    header = struct.pack("<iiiq", 0, 2, 5, 0)
    (folder / "square.weights").write_bytes(header + struct.pack(f"<{6 + 6 * pixels}f", *biases, *weights))


def write_picture(path):
    """A 64 x 64 BMP file, black with a white square."""
    left, top, width, height = SQUARE
    rows = [
        b"".join(
            b"\xff\xff\xff" if left <= x < left + width and top <= y < top + height else b"\0\0\0"
            for x in range(64)
        )
        for y in range(64)
    ]
    pixels = b"".join(reversed(rows))
    header = struct.pack("<2sIHHI", b"BM", 54 + len(pixels), 0, 0, 54)
    header += struct.pack("<IiiHHIIiiII", 40, 64, 64, 1, 24, 0, len(pixels), 2835, 2835, 0, 0)
    path.write_bytes(header + pixels)
