"""What a run answers over HTTP: --metrics-port."""

import os
import re
import socket
import time
import urllib.error
import urllib.request

import pytest

from conftest import refused

if os.environ.get("YOLOFLEET_METRICS", "ON") != "ON":  # no_metrics_server_test.cpp tests such a build
    pytest.skip("the build has no metrics server", allow_module_level=True)


class Kept:
    """A run that waits for its last picture, a FIFO, until it is fed."""

    def __init__(self, place, *arguments, port=0, **options):
        self.place = place
        place.picture("a.png")
        os.mkfifo(place / "late.png")
        self.process = place.start("detect", "model", "a.png", "gone.png", "late.png", "--output", "out.jsonl",
                                   "--metrics-port", str(port), *arguments, **options)
        line = self.process.stderr.readline()
        self.url = re.fullmatch(r"yolofleet: metrics at (http://.+)/metrics\n", line)[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()

    def metrics(self):
        """By name and labels, after checking that each line is one of Prometheus' format."""
        status, kind, text = self.get("/metrics")
        assert (status, kind) == (200, "text/plain; version=0.0.4; charset=utf-8")
        assert text.endswith("\n")
        values = {}
        for line in text.splitlines():
            if line.startswith("# "):
                assert re.fullmatch(r"# (HELP [a-z_]+ .+|TYPE [a-z_]+ (counter|gauge))", line)
                continue
            name, value = re.fullmatch(r'([a-z_]+(?:\{[a-z]+="[^"\\]*"\})?) (\S+)', line).groups()
            values[name] = float(value)
        return values

    def until(self, name, value):
        end = time.monotonic() + 30
        while (values := self.metrics()).get(name) != value and time.monotonic() < end:
            time.sleep(0.02)
        return values

    def feed(self):
        (self.place / "late.png").write_bytes((self.place / "a.png").read_bytes())
        return self.process.wait(timeout=30)


def test_metrics_while_it_runs(place):
    with Kept(place, "--devices", "cpu:1") as run:
        values = run.until("yolofleet_pictures_total", 2)
        assert values["yolofleet_pictures_total"] == 2
        assert values["yolofleet_failures_total"] == 1 and values["yolofleet_detections_total"] == 1
        assert values['yolofleet_device_pictures_total{device="cpu"}'] == 1
        assert values['yolofleet_device_batches_total{device="cpu"}'] == 1
        assert values['yolofleet_device_up{device="cpu"}'] == 1
        assert values['yolofleet_device_busy_seconds_total{device="cpu"}'] > 0
        assert values['yolofleet_device_queue_mean_seconds{device="cpu"}'] >= 0
        version = place.run("--version").stdout.split()[1]
        assert values[f'yolofleet_build_info{{version="{version}"}}'] == 1
        assert abs(values["process_start_time_seconds"] - time.time()) < 60
        assert run.get("/healthz") == (200, "text/plain; charset=utf-8", "ok\n"), "a failed picture is no trouble"
        with pytest.raises(urllib.error.HTTPError, match="404"):
            run.get("/")
        assert run.feed() == 1


def test_it_answers_while_a_device_is_being_opened(place):
    (place / "modules").mkdir()
    module = place / "modules/libyolofleet_openvino.so"
    os.mkfifo(module)  # to load this takes as long as nobody writes
    with Kept(place, env={**os.environ, "YOLOFLEET_MODULE_DIR": str(place / "modules")}) as run:
        values = run.metrics()
        assert values["yolofleet_pictures_total"] == 0 and not [name for name in values if "device" in name]
        assert run.get("/healthz")[0] == 200
        module.open("wb").close()
        assert run.process.wait(timeout=30) == 3


def test_a_client_that_says_nothing_holds_up_no_end(place):
    with Kept(place) as run:
        address = run.url.removeprefix("http://").split(":")
        with socket.create_connection((address[0], int(address[1]))):
            start = time.monotonic()
            assert run.feed() == 1
            assert time.monotonic() - start < 4


def test_a_port_that_is_taken_is_told_before_anything_starts(place):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        place.picture("a.png")
        result = place.detect("a.png", "--output", "out.jsonl", "--metrics-port", port)
        refused(result, 2, f"--metrics-port {port}: can't listen at 127.0.0.1: Address already in use")
        assert place.files() == ["a.png"]


def test_two_runs_dont_share_a_port(place):
    with Kept(place) as run:
        port = run.url.rsplit(":", 1)[1]
        refused(place.detect("a.png", "-o", "b.jsonl", "--metrics-port", port), 2, "Address already in use")


def test_a_port_and_an_address_of_ones_own(place):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Kept(place, "--metrics-address", "localhost", port=port) as run:
        assert run.url == f"http://localhost:{port}"
        assert run.get("/healthz")[0] == 200
    place.picture("b.png")
    assert place.detect("b.png", "--metrics-port", "0", "--quiet").stderr == ""
