"""Clips made by ffmpeg, and a server of streams, for the tests of videos."""

import os
import socket
import subprocess
import threading
import time

import pytest

if os.environ.get("YOLOFLEET_VIDEO", "ON") != "ON":
    pytest.skip("the build reads no videos", allow_module_level=True)

SQUARE = "drawbox=x=32:y=16:w=16:h=16:color=white:t=fill"


def ffmpeg(*arguments, **options):
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, arguments)], check=True, timeout=60, **options)


def clip(path, frames=10, rate=25, size="64x64", audio=False):
    """Black with a white square."""
    path.parent.mkdir(exist_ok=True)
    sound = ["-f", "lavfi", "-i", "sine", "-shortest"] if audio else []
    ffmpeg("-f", "lavfi", "-i", f"color=black:s={size}:r={rate}:d={frames / rate}", *sound, "-vf", SQUARE, "-pix_fmt",
           "yuv420p", "-g", "5", path)
    return path


def probe(path):
    """Codec, width, height and frames, as FFmpeg reads them."""
    result = subprocess.run(["ffprobe", "-v", "error", "-count_frames", "-select_streams", "v", "-show_entries",
                             "stream=width,height,nb_read_frames", "-of", "csv=p=0", str(path)],
                            check=True, capture_output=True, text=True)
    width, height, frames = result.stdout.strip().split(",")
    return int(width), int(height), int(frames)


def frames_of(found, source):
    return [each for each in found if each.get("source") == source and "frame" in each]


@pytest.fixture(name="server")
def fixture_server():
    """server(answer): an address, whose every caller is given to answer(connection, number of the call)."""
    listeners = []

    def serve(answer):
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def accept():
            number = 0
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=call, args=(connection, number), daemon=True).start()
                number += 1

        def call(connection, number):
            with connection:
                try:
                    answer(connection, number)
                except OSError:
                    pass

        threading.Thread(target=accept, daemon=True).start()
        return f"127.0.0.1:{listener.getsockname()[1]}"

    yield serve
    for listener in listeners:
        listener.close()


def stream_of(place, frames=25):
    """A transport stream of as many frames."""
    clip(place / "stream.ts", frames)
    return (place / "stream.ts").read_bytes()


def send_slowly(connection, stream):
    """As a camera of 50 frames a second."""
    for begin in range(0, len(stream), 376):
        connection.sendall(stream[begin:begin + 376])
        time.sleep(0.01)
