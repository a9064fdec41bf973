"""The page that shows videos while they run: --view."""

import io
import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request

import pytest
from PIL import Image

from conftest import refused
from videos import clip, fixture_server, send_slowly, stream_of  # pylint: disable=unused-import

if os.environ.get("YOLOFLEET_METRICS", "ON") != "ON":
    pytest.skip("the build has no web server", allow_module_level=True)


def get(url, **headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
        return answer.headers["Content-Type"], answer.read()


def test_a_live_stream_is_shown_with_its_boxes(place, server):
    stream = stream_of(place)

    def answer(connection, _):
        while True:
            send_slowly(connection, stream)

    address = server(answer)
    with place.start("detect", "model", f"tcp://me:secret@{address}", "--output", "o", "--view", "0") as process:
        url = re.fullmatch(r"yolofleet: the videos are shown at (http://127\.0\.0\.1:\d+)/\n", process.stderr.readline())[1]
        kind, page = get(url)
        assert kind.startswith("text/html") and b"<title>yolofleet</title>" in page
        until = time.monotonic() + 20
        picture = None
        while picture is None and time.monotonic() < until:
            try:
                picture = get(f"{url}/frame/0?{time.monotonic()}")
            except urllib.error.HTTPError as error:
                assert error.code == 404
                time.sleep(0.05)
        kind, jpeg = picture
        image = Image.open(io.BytesIO(jpeg))
        assert kind == "image/jpeg" and image.format == "JPEG" and image.size == (64, 64)
        colours = image.convert("HSV").split()[1].getextrema()
        assert colours[1] > 100, "the clip is black and white, the box isn't"
        kind, status = get(f"{url}/status")
        source, = json.loads(status)["sources"]
        assert kind == "application/json" and source["source"] == f"tcp://{address}" and source["live"]
        assert source["frames"] > 0 and source["latency_median_seconds"] > 0
        assert b"secret" not in status
        for path, code in [("/frame/1", 404), ("/frame/x", 404), ("/other", 404)]:
            with pytest.raises(urllib.error.HTTPError) as error:
                get(url + path)
            assert error.value.code == code
        with pytest.raises(urllib.error.HTTPError) as error:
            get(url, Host="attacker.example:80")
        assert error.value.code == 403
        assert error.value.read() == b"The page is shown only at an address of this machine, as 127.0.0.1.\n"
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        assert process.returncode == 130


@pytest.mark.skipif(shutil.which("chromium") is None, reason="there is no chromium")
def test_the_page_in_a_browser(place, server, tmp_path):
    stream = stream_of(place)

    def answer(connection, _):
        while True:
            send_slowly(connection, stream)

    address = server(answer)
    with place.start("detect", "model", f"tcp://{address}", "--output", "o", "--view", "0") as process:
        url = re.search(r"http://\S+", process.stderr.readline())[0]
        shot = tmp_path / "page.png"
        # Virtual time: the browser doesn't wait in its timers, so a slow run may have no frame yet in its five seconds.
        browser = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
                   "--window-size=400,400", "--virtual-time-budget=5000", f"--screenshot={shot}", "--dump-dom", url]
        until = time.monotonic() + 60
        seen = False
        while not seen and time.monotonic() < until:
            page = subprocess.run(browser, check=True, capture_output=True, text=True, timeout=60).stdout
            pixels = Image.open(shot).convert("RGB").crop((0, 0, 400, 300))
            seen = max(min(colour) for _, colour in pixels.getcolors(1 << 20)) > 240
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert seen, "the page shows the white square of the video"
    assert f"<figcaption>tcp://{address}: " in page and "latency " in page and 'src="frame/0?' in page


def test_what_is_refused(place):
    place.picture("a.png")
    clip(place / "a.mp4", 3)
    refused(place.detect("a.png", "--view", "0"), 2, "--view is for videos, streams and cameras, and no input is one")
    refused(place.detect("a.mp4", "--view", "65536"), 2, "--view")


def test_a_port_that_is_taken(place, server):
    clip(place / "a.mp4", 3)
    port = server(lambda connection, _: None).rpartition(":")[2]
    refused(place.detect("a.mp4", "--view", port), 2, f"--view {port}: can't listen at 127.0.0.1: Address already in use")


def test_the_output_is_the_same_with_a_page(place):
    clip(place / "a.mp4", 20)
    plain = place.detect("a.mp4")
    assert place.detect("a.mp4", "--view", "0").stdout == plain.stdout
