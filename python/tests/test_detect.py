"""Detector.detect and Detector.stream: pictures of every kind, order, laziness, results."""

import json
import pickle

import numpy as np
import pytest

import yolofleet
from yolofleet import _core


def decoded(path):
    return _core.decode(path.read_bytes(), 1 << 30)


def same(a, b):
    return np.array_equal(a.boxes, b.boxes) and np.array_equal(a.confidences, b.confidences) and np.array_equal(
        a.class_ids, b.class_ids)


def test_arrays_paths_and_bytes_give_the_commands_boxes(detector, model_folder, photos):
    ran = yolofleet.run_command("detect", model_folder, photos[0], "--devices", "cpu:2", "--precision", "fp32", "-o", "-")
    expected = json.loads(ran.stdout)
    for picture in (photos[0], str(photos[0]), photos[0].read_bytes(), decoded(photos[0])):
        result = detector.detect(picture)
        assert (result.width, result.height) == (expected["width"], expected["height"])
        assert result.names == [found["label"] for found in expected["detections"]]
        assert len(result) > 0
        x, y, width, height = np.array([found["box"] for found in expected["detections"]], dtype=np.float32).T
        np.testing.assert_allclose(result.boxes, np.stack([x, y, x + width, y + height], axis=1), atol=0.01)
        np.testing.assert_allclose(result.confidences, [found["confidence"] for found in expected["detections"]], atol=1e-5)


def test_types_and_shapes(detector, photos):
    result = detector.detect(photos[0])
    count = len(result)
    assert (result.boxes.shape, result.boxes.dtype) == ((count, 4), np.float32)
    assert (result.confidences.shape, result.confidences.dtype) == ((count,), np.float32)
    assert (result.class_ids.shape, result.class_ids.dtype) == ((count,), np.int32)
    assert list(result.confidences) == sorted(result.confidences, reverse=True)
    assert result.error is None and result.device == "cpu"
    nothing = detector.detect(np.zeros((50, 50, 3), np.uint8))
    assert nothing.boxes.shape == (0, 4) and nothing.names == [] and len(nothing) == 0


def test_a_list_gives_a_list(detector, photos):
    results = detector.detect([photos[0], decoded(photos[1]), photos[1]])
    assert [result.index for result in results] == [0, 1, 2]
    assert same(results[1], results[2]) and not same(results[0], results[1])
    assert detector.detect([]) == []


def test_views_are_read_where_they_are(detector, photos):
    rgb = decoded(photos[0])
    expected = detector.detect(rgb)
    wide = np.zeros((rgb.shape[0], rgb.shape[1] + 9, 3), np.uint8)
    wide[:, 4:-5] = rgb
    assert same(detector.detect(wide[:, 4:-5]), expected)  # gaps between rows
    assert same(detector.detect(np.ascontiguousarray(rgb[..., ::-1]), bgr=True), expected)
    assert same(detector.detect(np.ascontiguousarray(rgb[..., ::-1])[..., ::-1]), expected)  # a reversed last axis
    assert same(detector.detect(np.asfortranarray(rgb)), expected)  # copied
    assert same(detector.detect(np.ascontiguousarray(rgb[::-1])[::-1]), expected)  # copied
    rgb.flags.writeable = False
    assert same(detector.detect(rgb), expected)
    assert same(detector.detect(rgb[:, :, :1]), detector.detect(rgb[:, :, 0]))  # grey


@pytest.mark.parametrize(("picture", "message"), [
    (np.zeros((4, 4, 3), np.float32), "has the type float32; allowed is uint8"),
    (np.zeros((4, 4, 4), np.uint8), r"has the shape \(4, 4, 4\); allowed is \(height, width, 3\)"),
    (np.zeros((0, 4, 3), np.uint8), r"has the shape \(0, 4, 3\)"),
    (np.zeros((2, 4, 4, 3), np.uint8), r"has the shape \(2, 4, 4, 3\)"),
])
def test_wrong_arrays(detector, picture, message):
    with pytest.raises(yolofleet.InvalidArgumentError, match=message):
        detector.detect(picture)


def test_other_objects(detector):
    with pytest.raises(TypeError, match="a picture is a int; allowed are an array"):
        detector.detect(5)


def test_pictures_of_pillow(detector, photos):
    image = pytest.importorskip("PIL.Image")
    photo = image.open(photos[0])
    expected = detector.detect(np.asarray(photo.convert("RGB")))
    for same in (detector.detect(photo), detector.detect(photo, bgr=True), detector.detect(photo.convert("RGBA"))):
        np.testing.assert_array_equal(same.boxes, expected.boxes)
    for mode in ("I;16", "I", "F"):
        with pytest.raises(yolofleet.InvalidArgumentError, match=f"has the mode {mode}, with more than 8 bits"):
            detector.detect(photo.convert("L").convert("I").convert(mode))


class OnlyDlpack:
    """A tensor of another library, in the host's memory."""

    def __init__(self, array):
        self.array = array

    def __dlpack__(self, **options):
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()


def test_a_tensor_of_the_host(detector, frame):
    np.testing.assert_array_equal(detector.detect(OnlyDlpack(frame)).boxes, detector.detect(frame).boxes)


def test_errors_of_files_name_them(detector, photos, tmp_path):
    cut = tmp_path / "cut.jpg"
    cut.write_bytes(photos[0].read_bytes()[:5000])
    with pytest.raises(yolofleet.MalformedError, match=f"^{cut}: "):
        detector.detect(cut)
    assert str(detector.detect([str(cut)])[0].error).startswith(f"{cut}: ")
    for name, message in (("none.jpg", "none.jpg: no such file"), ("a\0b.jpg", "a.x00b.jpg': embedded null byte")):
        with pytest.raises(yolofleet.Error, match=f"^'?{tmp_path}/{message}$"):
            detector.detect(tmp_path / name)


def test_errors_of_pictures(detector, photos, tmp_path):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(photos[0].read_bytes()[:3000])
    with pytest.raises(yolofleet.MalformedError, match="truncated|corrupt|ends"):
        detector.detect(broken)
    with pytest.raises(yolofleet.NotFoundError, match="absent.jpg: no such file"):
        detector.detect(tmp_path / "absent.jpg")
    with pytest.raises(yolofleet.UnsupportedError):
        detector.detect(b"no picture at all")
    with pytest.raises(yolofleet.IoError, match="directory"):
        detector.detect(tmp_path)
    results = detector.detect([photos[0], tmp_path / "absent.jpg", photos[0]])
    assert [type(result.error) for result in results] == [type(None), yolofleet.NotFoundError, type(None)]
    assert "NotFoundError" in repr(results[1]) and len(results[1]) == 0


def test_a_stream_is_in_order_lazy_and_bounded(small_model, frame):
    with yolofleet.Detector(small_model, devices="cpu:2", precision="fp32") as detector:
        taken = []

        def frames():
            for number in range(200):
                taken.append(number)
                yield frame, number

        seen = 0
        for result in detector.stream(frames()):
            assert (result.index, result.tag) == (seen, seen) and result.picture is frame
            seen += 1
            assert len(taken) <= seen + detector.capacity + 1
        assert seen == 200
        assert detector.report()["pictures"] == 200


def test_a_stream_of_everything(detector, photos, tmp_path):
    mixed = [photos[0], (decoded(photos[1]), "frame"), (tmp_path / "absent.png", "absent"), photos[1].read_bytes()]
    results = list(detector.stream(mixed))
    assert [result.tag for result in results] == [None, "frame", "absent", None]
    assert [result.error is None for result in results] == [True, True, False, True]
    assert same(results[1], results[3])


def test_a_source_that_raises_loses_nothing(detector, photos):
    def source():
        yield photos[0]
        yield photos[1]
        raise KeyError("the camera is gone")

    results = []
    with pytest.raises(KeyError, match="the camera is gone"):
        for result in detector.stream(source()):
            results.append(result)
    assert len(results) == 2


def test_a_wrong_array_in_a_stream_comes_after_the_results(detector, photos):
    results = []
    with pytest.raises(yolofleet.InvalidArgumentError, match="float64"):
        for result in detector.stream([photos[0], np.zeros((3, 3, 3))]):
            results.append(result)
    assert len(results) == 1


def test_a_stream_that_is_left_early(detector, photos):
    for result in detector.stream(photos * 10):
        break
    assert same(detector.detect(photos[0]), result)


def test_unordered(small_model, frame):
    with yolofleet.Detector(small_model, devices="cpu:2", ordered=False) as detector:
        assert sorted(result.tag for result in detector.stream((frame, i) for i in range(50))) == list(range(50))
        assert [result.index for result in detector.detect([frame] * 30)] == list(range(30))


def test_plot_keeps_the_order_of_channels(detector, photos):
    rgb = detector.detect(photos[0]).plot()
    picture = decoded(photos[0])
    bgr = np.ascontiguousarray(picture[:, :, ::-1])
    for given, in_bgr, drawn in ((picture, False, rgb), (bgr, True, rgb[:, :, ::-1]), (bgr[:, :, ::-1], False, rgb),
                                 (picture[:, :, ::-1], True, rgb[:, :, ::-1])):
        result = detector.detect(given, bgr=in_bgr)
        assert np.array_equal(result.plot(), drawn)
        assert np.array_equal(result.plot(given), drawn)
        assert result._repr_png_() == detector.detect(picture)._repr_png_()
    with pytest.raises(yolofleet.InvalidArgumentError, match="plot got a picture of 10x10 pixels"):
        result.plot(np.zeros((10, 10, 3), np.uint8))
    grey = np.ascontiguousarray(picture[:, :, 1])
    assert detector.detect(grey).plot().shape == (*grey.shape, 1)


def test_names_that_no_file_has(detector, photos):
    results = detector.detect(["a\0b.jpg", photos[0], "\udcff.jpg"])
    assert [result.error is None for result in results] == [False, True, False]
    assert "null" in str(results[0].error) and "no such file" in str(results[2].error)


def test_one_picture_is_no_stream(detector, photos):
    for one in (str(photos[0]), photos[0], b"bytes", np.zeros((8, 8, 3), np.uint8)):
        with pytest.raises(TypeError, match="stream takes many pictures"):
            next(detector.stream(one))


def test_plot_coco_pickle_and_repr(detector, photos):
    result = detector.detect(photos[0])
    picture = decoded(photos[0])
    drawn = result.plot()
    assert drawn.shape == picture.shape and not np.array_equal(drawn, picture)
    assert np.array_equal(detector.detect(picture).plot(), drawn)
    assert np.array_equal(result.plot(picture), drawn)
    assert result._repr_png_().startswith(b"\x89PNG")
    for row, box, number in zip(result.to_coco(17), result.boxes, result.class_ids):
        assert row["image_id"] == 17 and row["category_id"] == number + 1
        x, y, width, height = row["bbox"]
        assert 0 <= x <= x + width <= result.width + 0.01 and 0 <= y <= y + height <= result.height + 0.01
        assert abs(max(box[0], 0) - x) < 0.01
    assert result.to_coco(1, category_ids=range(100, 200))[0]["category_id"] == 100 + result.class_ids[0]
    again = pickle.loads(pickle.dumps(result))
    assert same(again, result) and again.names == result.names
    assert repr(result).startswith(f"<Result {photos[0]}: {result.width}x{result.height}, {len(result)} detection")


def test_coco_needs_an_id_for_each_class(detector, photos):
    with pytest.raises(yolofleet.InvalidArgumentError, match="to_coco got 2 category ids; the model has 80 classes"):
        detector.detect(photos[0]).to_coco(7, [1, 2])


def test_to_supervision(detector, photos):
    import supervision

    result = detector.detect(photos[0])
    found = result.to_supervision()
    assert isinstance(found, supervision.Detections) and len(found) == len(result)
    assert list(found.data["class_name"]) == result.names
