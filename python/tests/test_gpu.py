"""On a GPU: tensors of PyTorch and CuPy, which the Detector reads where they lie."""

import importlib

import numpy as np
import pytest

import yolofleet

pytestmark = pytest.mark.skipif(bool(yolofleet.why_no_gpu()), reason=f"no GPU: {yolofleet.why_no_gpu()}")
GPUS = [device["id"] for device in yolofleet.devices() if device["id"].startswith("cuda:")]


@pytest.fixture(scope="module")
def gpu(small_model):
    with yolofleet.Detector(small_model, devices="cuda:0", build_level=0, batch=4) as detector:
        yield detector


@pytest.fixture(scope="module", params=["torch", "cupy"])
def library(request):
    return pytest.importorskip(request.param)


def on_gpu(library, array, number=0):
    """The array as a tensor in the memory of a GPU."""
    if library.__name__ == "torch":
        return library.from_numpy(array.copy()).to(f"cuda:{number}")
    with library.cuda.Device(number):
        return library.asarray(array)


def picture(photo):
    return np.asarray(importlib.import_module("PIL.Image").open(photo).convert("RGB"))


@pytest.fixture(scope="module")
def array(photos):
    return picture(photos[0])


def same(one, other):
    assert len(one) > 0
    np.testing.assert_array_equal(one.class_ids, other.class_ids)
    np.testing.assert_allclose(one.boxes, other.boxes, atol=1e-3)
    np.testing.assert_allclose(one.confidences, other.confidences, atol=1e-5)


def test_what_is_found_is_the_cpus(gpu, small_model, photos):
    with yolofleet.Detector(small_model, devices="cpu:2", precision="fp32") as cpu:
        for photo in photos:
            by_gpu, by_cpu = gpu.detect(photo), cpu.detect(photo)
            assert by_gpu.device == "cuda:0"
            assert sorted(by_gpu.names) == sorted(by_cpu.names)


def test_a_tensor_gives_what_its_array_gives(gpu, library, array):
    of_array = gpu.detect(array)
    tensor = on_gpu(library, array)
    same(gpu.detect(tensor), of_array)
    same(gpu.detect(on_gpu(library, np.ascontiguousarray(array[:, :, ::-1])), bgr=True), of_array)


def test_a_grey_tensor(gpu, library, array):
    grey = np.ascontiguousarray(array[:, :, 1])
    same(gpu.detect(on_gpu(library, grey[:, :, None])), gpu.detect(grey))


def test_a_tensor_with_gaps(gpu, library, array):
    wide = on_gpu(library, np.concatenate([array, array], axis=1))
    same(gpu.detect(wide[:, : array.shape[1]]), gpu.detect(array))  # between rows
    channels_first = on_gpu(library, np.ascontiguousarray(array.transpose(2, 0, 1)))
    axes = (1, 2, 0)
    turned = channels_first.permute(axes) if library.__name__ == "torch" else channels_first.transpose(axes)
    same(gpu.detect(turned), gpu.detect(array))  # between pixels
    every_other = on_gpu(library, array)[::2, ::2]
    same(gpu.detect(every_other), gpu.detect(np.ascontiguousarray(array[::2, ::2])))


def test_work_that_is_still_under_way_is_waited_for(gpu, library, array):
    """The pixels are written on a stream of the caller's, behind work that takes a tenth of a second."""
    of_array = gpu.detect(array)
    torch = library.__name__ == "torch"
    source = on_gpu(library, array)
    busy = library.ones((8192, 8192), dtype=library.float32, **({"device": "cuda:0"} if torch else {}))
    for _ in range(3):
        tensor = library.zeros_like(source)
        stream = library.cuda.Stream() if torch else library.cuda.Stream(non_blocking=True)
        with library.cuda.stream(stream) if torch else stream:
            for _ in range(20):
                busy = busy @ busy
                busy /= busy.max() if torch else busy.max()
            if torch:
                tensor.copy_(source)
            else:
                tensor[...] = source
            same(gpu.detect(tensor), of_array)


def test_tensors_in_a_stream_of_pictures(gpu, library, array, photos):
    mixed = [(on_gpu(library, array), "tensor"), (array, "array"), (photos[0], "file")] * 20
    results = list(gpu.stream(mixed))
    assert [result.tag for result in results] == [tag for _, tag in mixed]
    for result in results:
        if result.tag != "file":
            same(result, results[1])


def test_a_tensor_lives_until_its_result_is_there(gpu, library, array):
    of_array = gpu.detect(array)
    for result in gpu.stream(on_gpu(library, array) for _ in range(100)):
        same(result, of_array)


def test_closing_while_tensors_are_under_way(small_model, library, array):
    detector = yolofleet.Detector(small_model, devices="cuda:0", build_level=0, batch=4)
    stream = detector.stream(on_gpu(library, array) for _ in range(1000))
    assert next(stream).device == "cuda:0"
    detector.close()
    with pytest.raises(yolofleet.CancelledError):
        list(stream)


@pytest.mark.skipif(len(GPUS) < 2, reason="needs two GPUs")
def test_a_tensor_of_another_gpu(gpu, library, array):
    same(gpu.detect(on_gpu(library, array, number=1)), gpu.detect(array))


@pytest.mark.skipif(len(GPUS) < 2, reason="needs two GPUs")
def test_tensors_go_to_the_gpu_that_has_them(small_model, library, array):
    with yolofleet.Detector(small_model, devices=GPUS[:2], build_level=0, batch=4) as both:
        for number in (1, 0):
            result = both.detect(on_gpu(library, array, number))
            assert result.device == f"cuda:{number}"
            assert len(result) > 0


def test_memory_stays_flat(gpu, library, array):
    tensor = on_gpu(library, array)
    info = library.cuda.mem_get_info if library.__name__ == "torch" else library.cuda.runtime.memGetInfo
    for _ in range(50):
        gpu.detect(tensor)
    before = info()[0]
    for _ in range(1000):
        gpu.detect(tensor)
    assert before - info()[0] < 8 << 20


def test_a_tensor_of_a_wrong_type(gpu, library, array):
    with pytest.raises(yolofleet.InvalidArgumentError, match="float32; allowed is uint8"):
        gpu.detect(on_gpu(library, array.astype(np.float32)))
