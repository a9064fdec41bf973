"""Threads, signals, processes, the end of the interpreter, memory."""

import multiprocessing
import os
import pathlib
import pickle
import subprocess
import sys
import threading
import time
import weakref

import numpy as np
import pytest

import yolofleet


def run_python(text, *arguments, timeout=60):
    return subprocess.run([sys.executable, "-c", text, *map(str, arguments)], capture_output=True, text=True,
                          timeout=timeout, check=False)


def test_many_threads_share_a_detector(small_model, frame):
    other = np.ascontiguousarray(frame[:60])
    with yolofleet.Detector(small_model, devices="cpu:2", precision="fp32", confidence=0.001) as detector:
        expected = [detector.detect(picture).confidences for picture in (frame, other)]
        wrong = []

        def work(number):
            pictures = [frame, other] if number % 2 else [other, frame]
            for _ in range(5):
                results = detector.detect(pictures * 5) if number % 3 else list(detector.stream(pictures * 5))
                for index, result in enumerate(results):
                    which = 0 if pictures[index % 2] is frame else 1
                    if result.index != index or not np.array_equal(result.confidences, expected[which]):
                        wrong.append((number, index))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
        assert not wrong and not any(thread.is_alive() for thread in threads)
        assert detector.report()["pictures"] == 2 + 16 * 5 * 10


def test_two_streams_in_one_thread(small_model, frame):
    with yolofleet.Detector(small_model, devices="cpu:1") as detector:
        paused = detector.stream([frame] * 300)
        next(paused)
        assert len(list(detector.stream([frame] * 100))) == 100
        assert len(list(paused)) == 299


def test_the_gil_is_free_while_devices_work(model, photos):
    with yolofleet.Detector(model, devices="cpu:1") as detector:
        turns = 0
        done = threading.Event()

        def count():
            nonlocal turns
            while not done.is_set():
                turns += 1
                time.sleep(0.001)

        thread = threading.Thread(target=count)
        thread.start()
        detector.detect(photos * 5)
        done.set()
        thread.join()
        assert turns > 10


def test_ctrl_c_ends_a_wait(model_folder, photos):
    program = """
import sys, threading, time, os, signal, yolofleet
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
detector = yolofleet.Detector(sys.argv[1], devices="cpu:1")
def interrupt():
    time.sleep(0.5)
    global sent
    sent = time.monotonic()
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=interrupt).start()
try:
    detector.detect([sys.argv[2]] * 500)
    print("not interrupted")
except KeyboardInterrupt:
    print("interrupted" if time.monotonic() - sent < 2 else "late")  # all take ten times as long
print(len(detector.detect([sys.argv[2]])))
"""
    ran = run_python(program, model_folder, photos[0])
    assert ran.stdout.split() == ["interrupted", "1"], ran.stdout + ran.stderr
    assert ran.returncode == 0


def test_the_interpreter_ends_with_results_pending(model_folder, photos):
    program = """
import sys, threading, yolofleet
detector = yolofleet.Detector(sys.argv[1], devices="cpu:2")
stream = detector.stream([sys.argv[2]] * 100)
next(stream)
threading.Thread(target=lambda: detector.detect([sys.argv[2]] * 200), daemon=True).start()
print("end")
"""
    for _ in range(3):
        ran = run_python(program, model_folder, photos[0])
        assert (ran.returncode, ran.stdout) == (0, "end\n"), ran.stderr


def test_close_wakes_those_who_wait(model, photos):
    detector = yolofleet.Detector(model, devices="cpu:1")
    raised = []

    def work():
        try:
            detector.detect(photos * 200)
        except yolofleet.CancelledError as error:
            raised.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.3)
    detector.close()
    thread.join(timeout=20)
    assert raised == ["the detector was closed"]
    with pytest.raises(yolofleet.CancelledError):
        detector.detect(photos[0])
    assert "closed" in repr(detector)
    detector.close()


def in_child(detector, queue):
    with detector:  # its end does nothing here
        try:
            detector.detect(np.zeros((9, 9, 3), np.uint8))
        except yolofleet.Error as error:
            queue.put(str(error))


def own_in_child(folder, photo, queue):
    with yolofleet.Detector(folder, devices="cpu:1") as detector:
        queue.put(len(detector.detect(photo)))


def test_fork(detector):
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=in_child, args=(detector, queue))
    child.start()
    assert "opened before this process was forked" in queue.get(timeout=30)
    child.join(timeout=30)
    assert child.exitcode == 0
    detector.detect(np.zeros((9, 9, 3), np.uint8))


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_detector_in_a_child(model_folder, photos, method):
    if method == "fork":  # as a program does that forks before it opens a detector
        program = """
import multiprocessing, sys, yolofleet
def work(queue):
    with yolofleet.Detector(sys.argv[1], devices="cpu:1") as detector:
        queue.put(len(detector.detect(sys.argv[2])))
context = multiprocessing.get_context("fork")
queue = context.Queue()
child = context.Process(target=work, args=(queue,))
child.start(); print(queue.get(timeout=30) > 0); child.join()
"""
        ran = run_python(program, model_folder, photos[0])
        assert ran.stdout == "True\n", ran.stderr
        return
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    child = context.Process(target=own_in_child, args=(model_folder, photos[0], queue))
    child.start()
    assert queue.get(timeout=60) > 0
    child.join(timeout=30)
    assert child.exitcode == 0


def test_a_detector_cannot_be_pickled(detector):
    with pytest.raises(TypeError, match="open one in each process"):
        pickle.dumps(detector)


def test_arrays_are_kept_until_their_results_and_no_longer(small_model):
    with yolofleet.Detector(small_model, devices="cpu:1") as detector:
        alive = []

        def frames():
            for _ in range(40):
                array = np.zeros((64, 64, 3), np.uint8)
                alive.append(weakref.ref(array))
                yield array

        for result in detector.stream(frames()):
            pass
        del result
        assert not [reference for reference in alive if reference() is not None]


def resident_bytes():
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * 4096


def test_no_leak_in_ten_thousand_calls(model_folder):
    picture = np.zeros((32, 32, 3), np.uint8)
    smallest = yolofleet.Model(model_folder, input_size=(32, 32))
    with yolofleet.Detector(smallest, devices="cpu:2", confidence=0.0001) as detector:
        for _ in detector.stream([picture] * 1000):
            pass
        before = resident_bytes()
        for _ in range(50):
            for result in detector.stream([picture] * 190):
                assert result.error is None
            for _ in range(10):
                detector.detect(picture)
        assert resident_bytes() - before < 16 << 20  # 10,000 pictures: at most 1.6 kB each


class GpuTensor:
    """What DLPack shows of a tensor of CUDA; it has no memory behind it."""

    dtype = "torch.uint8"

    def __init__(self, shape=(4, 4, 3), kind=2, dtype="torch.uint8", steps=None):
        self.shape, self.kind, self.dtype, self.steps = shape, kind, dtype, steps
        self.streams = []

    def __dlpack_device__(self):
        return self.kind, 0

    def __dlpack__(self, stream=None, **_):
        self.streams.append(stream)
        return capsule_of(self)


def capsule_of(tensor):
    """A DLPack capsule, as a producer makes it."""
    import ctypes

    class Managed(ctypes.Structure):
        _fields_ = [("data", ctypes.c_void_p), ("device_type", ctypes.c_int32), ("device_id", ctypes.c_int32),
                    ("ndim", ctypes.c_int32), ("code", ctypes.c_uint8), ("bits", ctypes.c_uint8),
                    ("lanes", ctypes.c_uint16), ("shape", ctypes.POINTER(ctypes.c_int64)),
                    ("strides", ctypes.POINTER(ctypes.c_int64)), ("byte_offset", ctypes.c_uint64),
                    ("manager", ctypes.c_void_p), ("deleter", ctypes.c_void_p)]

    tensor.extents = (ctypes.c_int64 * 3)(*tensor.shape)
    steps = (ctypes.c_int64 * 3)(*tensor.steps) if tensor.steps else None
    tensor.managed = Managed(0x1000, tensor.kind, 0, 3, 1, 8, 1, tensor.extents, steps, 0, None, None)
    new = ctypes.pythonapi.PyCapsule_New
    new.restype, new.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
    return new(ctypes.addressof(tensor.managed), b"dltensor", None)


def test_tensors_of_a_gpu_that_is_not_open(detector):
    tensor = GpuTensor()
    with pytest.raises(yolofleet.UnsupportedError, match='memory of "cuda:0"; none of the devices in use can read it: cpu'):
        detector.detect(tensor)
    assert tensor.streams == [1]  # the legacy default stream, on which the Detector waits
    with pytest.raises(yolofleet.InvalidArgumentError, match="type torch.float32; allowed is uint8"):
        detector.detect(GpuTensor(dtype="torch.float32"))
    with pytest.raises(yolofleet.InvalidArgumentError, match=r"shape \(3, 4, 4\)"):
        detector.detect(GpuTensor(shape=(3, 4, 4)))
    with pytest.raises(yolofleet.InvalidArgumentError, match="DLPack's type 10"):
        detector.detect(GpuTensor(kind=10))


class TorchTensor(GpuTensor):
    """One that tells its strides, and can make a copy without gaps."""

    def stride(self):
        return self.steps

    def contiguous(self):
        return TorchTensor(self.shape, steps=(self.shape[1] * self.shape[2], self.shape[2], 1))


@pytest.mark.parametrize("steps", [(24, 6, 1), (4, 1, 16), (12, 3, 2)])
def test_tensors_with_gaps_between_pixels(detector, steps):
    with pytest.raises(yolofleet.InvalidArgumentError, match="gaps between its pixels"):
        detector.detect(GpuTensor(steps=steps))
    tensor = TorchTensor(steps=steps)
    with pytest.raises(yolofleet.UnsupportedError, match="none of the devices in use"):
        detector.detect(tensor)
    assert tensor.streams == []  # its copy is read


def test_tensors_with_gaps_between_rows(detector):
    tensor = TorchTensor(steps=(20, 3, 1))
    with pytest.raises(yolofleet.UnsupportedError, match="none of the devices in use"):
        detector.detect(tensor)
    assert tensor.streams == [1]


def test_a_device_that_fails(model_folder, photos):
    """By a CPU module that fails at every picture: the build folder of `make test` has it."""
    folder = os.environ.get("YOLOFLEET_FAILING_MODULE_DIR")
    if not folder:
        pytest.skip("YOLOFLEET_FAILING_MODULE_DIR isn't set")
    program = """
import sys, yolofleet
detector = yolofleet.Detector(sys.argv[1], devices="cpu")
for result in detector.stream(sys.argv[2:]):
    print(type(result.error).__name__, len(result))
for pictures in (sys.argv[2], sys.argv[2:]):
    try:
        detector.detect(pictures)
    except yolofleet.DeviceError as error:
        print(error)
print(detector.report()["failures"])
"""
    ran = subprocess.run([sys.executable, "-c", program, model_folder, *photos[:2]], capture_output=True, text=True,
                         timeout=60, check=False, env={**os.environ, "YOLOFLEET_MODULE_DIR": folder})
    lines = ran.stdout.splitlines()
    assert lines[:2] == ["DeviceError 0"] * 2, ran.stdout + ran.stderr
    assert len(lines) == 5 and all("it is worn out" in line for line in lines[2:4]) and lines[4] == "5"
