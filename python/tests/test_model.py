"""Models, options, devices, errors, the command."""

import pathlib
import pickle
import re
import subprocess
import sys
import typing

import pytest

import yolofleet


def test_model(model, model_folder):
    assert model.names[0] == "person" and len(model.names) == 80
    assert model.input_size == (416, 416) and model.input_channels == 3 and model.has_weights
    assert sum(layer.parameters for layer in model.layers) == model.parameters > 1_000_000
    assert sum(layer.flops for layer in model.layers) == model.flops > 1_000_000_000
    assert model.layers[0].kind == "convolutional" and model.layers[0].input_shape == (3, 416, 416)
    assert [head.stride for head in model.heads] == [32, 16] and len(model.heads[0].anchors) == 3
    assert "416x416x3, 80 classes" in repr(model) and "convolutional" in repr(model.layers[0])
    cfg = next(model_folder.glob("*.cfg"))
    architecture = yolofleet.Model(cfg=cfg)
    assert architecture.parameters == model.parameters and not architecture.has_weights
    with pytest.raises(yolofleet.InvalidArgumentError, match="weights"):
        yolofleet.Detector(architecture, devices="cpu")


def test_wrong_models(model_folder, tmp_path):
    with pytest.raises(yolofleet.NotFoundError, match="absent"):
        yolofleet.Model(tmp_path / "absent")
    with pytest.raises(TypeError, match="a folder or cfg=FILE"):
        yolofleet.Model()
    bad = tmp_path / "bad.cfg"
    bad.write_text("[net]\nwidth=32\nheight=32\nchannels=3\n[convolutional]\nfilters=x\n")
    with pytest.raises(yolofleet.Error, match="bad.cfg:6"):
        yolofleet.Model(cfg=bad)


def test_every_option(model):
    defaults = yolofleet.default_options()
    assert list(defaults) == list(typing.get_type_hints(yolofleet.Options))
    assert defaults["confidence"] == pytest.approx(0.25) and defaults["devices"] == "auto"
    # All defaults, given by name, are accepted.
    yolofleet.Detector(model, **{**defaults, "devices": ["cpu:1"]}).close()
    with pytest.raises(TypeError, match="no option 'confidense'; the options are devices, precision"):
        yolofleet.Detector(model, confidense=0.5)
    with pytest.raises(TypeError, match="the option confidence has a value of a wrong type: str"):
        yolofleet.Detector(model, confidence="high")
    with pytest.raises(yolofleet.InvalidArgumentError, match="precision is 'int4', not one of auto, fp32"):
        yolofleet.Detector(model, precision="int4")
    with pytest.raises(yolofleet.InvalidArgumentError, match="confidence"):
        yolofleet.Detector(model, confidence=2)
    with pytest.raises(yolofleet.NotFoundError, match="cuda:99|GPU"):
        yolofleet.Detector(model, devices="cuda:99")


def test_classes_by_name(model, photos):
    with yolofleet.Detector(model, devices="cpu:2", classes=["person", 1]) as detector:
        found = [name for result in detector.detect(photos) for name in result.names]
        assert found and set(found) <= {"person", "bicycle"}
    with pytest.raises(yolofleet.InvalidArgumentError, match="no class 'unicorn'"):
        yolofleet.Detector(model, classes=["unicorn"])


def test_options_of_wrong_types(model):
    for options, message in (({"devices": 5}, "devices is 5; allowed is a list"),
                             ({"classes": "person"}, "classes is 'person'; allowed is a list"),
                             ({"classes": [1.7]}, "classes has 1.7; allowed are whole numbers and names"),
                             ({"classes": [10**20]}, "the model has no class 100000000000000000000"),
                             ({"max_detections": 10**30}, "max_detections is 10{30}, which is out of range"),
                             ({"threads": 100_000}, "threads is 100000; 0 to 1024 is allowed")):
        with pytest.raises(yolofleet.InvalidArgumentError, match=message):
            yolofleet.Detector(model, **options)
    for options, message in (({"engine_cache": 3}, "engine_cache is a int"), ({"on_build": 5}, "on_build is a int"),
                             ({"ordered": "no"}, "the option ordered has a value of a wrong type: str")):
        with pytest.raises(TypeError, match=message):
            yolofleet.Detector(model, **options)
    for size in (416, (96,), (96.5, 96)):
        with pytest.raises(yolofleet.InvalidArgumentError, match="allowed are two whole numbers"):
            yolofleet.Model("nowhere", input_size=size)


def test_each_option_is_documented():
    text = yolofleet.Options.__doc__
    assert [name for name in yolofleet.default_options() if not re.search(rf"^ *{name}: ", text, re.MULTILINE)] == []


def test_names_of_files_that_are_none(model_folder):
    for files, message in (({"folder": "a\0b"}, "folder is 'a.x00b'; no file has such a name"),
                           ({"cfg": "a.cfg", "weights": "a\0b"}, "weights is")):
        with pytest.raises(yolofleet.InvalidArgumentError, match=message):
            yolofleet.Model(**files)
    with pytest.raises(TypeError, match="cfg is a int; allowed is the name of a file"):
        yolofleet.Model(cfg=5)
    with pytest.raises(yolofleet.InvalidArgumentError, match="a side has 1 to 2147483647 pixels"):
        yolofleet.Model(model_folder, input_size=(10**12, 32))


def test_a_model_cant_be_changed(model):
    with pytest.raises(TypeError):
        model.names[0] = "changed"


def test_a_pickled_model_is_read_again(model):
    again = pickle.loads(pickle.dumps(model))
    assert (again.names, again.flops, repr(again)) == (model.names, model.flops, repr(model))
    assert repr(model.heads[0]).startswith("<head of layer ")


def test_devices():
    cpu = [device for device in yolofleet.devices() if device["id"] == "cpu"]
    assert cpu and "OpenVINO" in cpu[0]["runtime"] and not cpu[0]["unavailable"] and "fp32" in cpu[0]["precisions"]
    assert cpu[0]["decodes_videos"] is False
    assert isinstance(yolofleet.why_no_gpu(), str)


def test_engines_need_a_gpu(model):
    if not yolofleet.why_no_gpu():
        pytest.skip("this machine has a GPU")
    with pytest.raises(yolofleet.NotFoundError):
        yolofleet.build_engines(model)


def test_exceptions_cross_processes():
    error = pickle.loads(pickle.dumps(yolofleet.NotFoundError("a.cfg: no such file", ["careful"])))
    assert isinstance(error, yolofleet.Error) and error.code == "not_found"
    assert (error.message, error.warnings, str(error)) == ("a.cfg: no such file", ["careful"], "a.cfg: no such file")


def test_the_wheel_has_the_licences_of_what_is_inside():
    package = pathlib.Path(yolofleet.__file__).parent
    licences = {path.name: path.read_text(errors="replace") for path in (package / "licences").iterdir()}
    for name in ("fmt", "jpeg", "spng", "webp", "xxhash", "expected", "cli11", "nlohmann", "nanobind", "robin-map"):
        assert any(name in file for file in licences), name
    if (package / "lib/libyolofleet_plugins.so").exists():  # with the GPU back end
        assert "NVIDIA" in licences["cuda.txt"]
    assert (package / "share/doc/yolofleet/openvino/LICENSE").exists()


def test_the_command_is_there(photos, model_folder):
    program = [sys.executable, "-m", "yolofleet"]
    version = subprocess.run([*program, "--version"], capture_output=True, text=True, check=True)
    assert yolofleet.__version__ in version.stdout
    ran = subprocess.run([*program, "detect", model_folder, photos[0], "--table"], capture_output=True, text=True,
                         check=False)
    assert ran.returncode == 0 and "person" in ran.stdout, ran.stderr


def test_verify(model_folder, photos):
    results = yolofleet.verify(model_folder, photos[0], "--devices", "cpu", "--precision", "fp32")
    assert results
    with pytest.raises(yolofleet.CommandError) as raised:
        yolofleet.verify(model_folder.parent / "absent", photos[0])
    assert raised.value.exit_code == 2 and "absent" in str(raised.value)


def test_tensorrts_folder(tmp_path, monkeypatch):
    from yolofleet import tensorrt_folder

    package = tmp_path / "tensorrt_libs"
    package.mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delenv(tensorrt_folder.VARIABLE, raising=False)
    tensorrt_folder.tell()
    assert tensorrt_folder.VARIABLE not in tensorrt_folder.os.environ
    (package / "libnvinfer.so.10").touch()
    tensorrt_folder.tell()
    assert tensorrt_folder.os.environ[tensorrt_folder.VARIABLE] == str(package)
