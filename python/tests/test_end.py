"""The end of the interpreter while threads are in the package, and after a Ctrl-C in opening."""

import signal
import subprocess
import sys

import pytest

BEGIN = """
import signal, sys, threading, time, os
import numpy as np
import yolofleet
folder, photo = sys.argv[1:3]
model = yolofleet.Model(folder, input_size=(96, 96))

def in_threads(work, count=3):
    def forever():
        while True:
            work()
    for _ in range(count):
        threading.Thread(target=forever, daemon=True).start()
    time.sleep(0.15)
"""
WORK = {
    "model": "in_threads(lambda: yolofleet.Model(folder))",
    "devices": "in_threads(yolofleet.devices)",
    "open": "in_threads(lambda: yolofleet.Detector(model, devices='cpu:1').close(), 1)",
    "plot": """
with yolofleet.Detector(model, devices="cpu:1") as detector:
    result = detector.detect(photo)
in_threads(result.plot)
""",
    "detect": """
detector = yolofleet.Detector(model, devices="cpu:1")
def detect():
    try:
        detector.detect([photo] * 3)
    except yolofleet.CancelledError:
        time.sleep(10)
in_threads(detect)
""",
}
INTERRUPTED = """
signal.signal(signal.SIGINT, signal.default_int_handler)  # also where the program was started with it ignored
def interrupt():
    time.sleep(float(sys.argv[3]))
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=interrupt, daemon=True).start()
try:
    yolofleet.Detector(folder, devices="cpu:2")
    time.sleep(5)
except KeyboardInterrupt:
    pass
"""


def ended(program, *arguments):
    ran = subprocess.run([sys.executable, "-c", BEGIN + program + "\nprint('end')", *map(str, arguments)],
                         capture_output=True, text=True, timeout=120)
    return ran.returncode, ran.stdout, ran.stderr


@pytest.mark.parametrize("work", WORK)
def test_daemon_threads(model_folder, photos, work):
    for _ in range(3):
        assert ended(WORK[work], model_folder, photos[0]) == (0, "end\n", "")


@pytest.mark.parametrize("delay", [0.01, 0.05, 0.1, 0.2])
def test_after_a_caught_interrupt_in_opening(model_folder, photos, delay):
    for _ in range(3):
        assert ended(INTERRUPTED, model_folder, photos[0], delay) == (0, "end\n", "")


def test_an_interrupt_in_opening_ends_the_program(model_folder, photos):
    program = INTERRUPTED.replace("except KeyboardInterrupt:\n    pass", "finally:\n    pass")
    code, output, _ = ended(program, model_folder, photos[0], 0.05)
    assert (code, output) == (-signal.SIGINT, "")
