"""Bad input of every kind: one clear message, the right exit code, nothing half-written."""

import os
import subprocess

import pytest

from conftest import lines, refused

CFG = "model/square.cfg"


def nothing_written(place, *expected):
    assert place.files() == sorted(expected)


@pytest.mark.parametrize(
    "arguments, words",
    [
        ([], ["A subcommand is required"]),
        (["watch"], ["unknown subcommand watch: there are detect, inspect, build, bench, verify, eval, cache and devices"]),
        (["detect"], ["no model"]),
        (["detect", "model"], ["no input: model is taken for MODEL; after it give pictures, folders"]),
        (["detect", "bus.jpg"], ["no input: bus.jpg is taken for MODEL; after it give pictures"]),
        (["detect", "rtsp://me:secret@h/1"], ["no input: rtsp://h/1 is taken for MODEL; after it give pictures"]),
        (["detect", "bus.jpg", "a.png"], ["bus.jpg: no such folder; the first argument is the MODEL, a folder with"]),
        (["detect", "model", "a.png", "--frobnicate"], ["--frobnicate"]),
        (["detect", "model", "a.png", "--confidence", "1.5"], ["--confidence", "'1.5' isn't a number from 0 to 1"]),
        (["detect", "model", "a.png", "--nms", "nan"], ["--nms", "'nan' isn't a number from 0 to 1"]),
        (["detect", "model", "a.png", "--max-detections", "-1"], ["'-1' isn't a whole number from 0 to 2147483647"]),
        (["detect", "model", "a.png", "--max-detections", "1.5"],
         ["--max-detections: '1.5' isn't a whole number from 0 to 2147483647"]),
        (["detect", "model", "a.png", "--threads", "-1"], ["'-1' isn't a whole number from 0 to 1024"]),
        (["detect", "model", "a.png", "--max-pixels", "0"], ["'0' isn't a whole number from 1 to 9000000000000000"]),
        (["detect", "model", "a.png", "--max-wait", "-1"], ["--max-wait", "'-1' isn't a number from 0 to 60000"]),
        (["detect", "model", "a.png", "--on-device-error", "retry"], ["--on-device-error", "retry"]),
        (["detect", "model", "a.png", "--metrics-port", "65536"], ["'65536' isn't a whole number from 0 to 65535"]),
        (["detect", "model", "a.png", "--metrics-address", "::1"], ["--metrics-address needs --metrics-port N"]),
        (["detect", "model", "a.png", "--metrics-port", "0", "--metrics-address", "192.0.2.1"],
         ["--metrics-port 0: can't listen at 192.0.2.1: Cannot assign requested address"]),
        (["detect", "model", "a.png", "--precision", "int8"], ["--precision", "int8"]),
        (["detect", "model", "a.png", "--resize", "crop"], ["--resize", "crop"]),
        (["detect", "model", "a.png", "--decode", "npu"], ["--decode", "npu not in {auto,gpu,cpu}"]),
        (["eval", "model", "a", "b", "--decode-scale", "half"], ["--decode-scale", "half not in {off,auto}"]),
        (["detect", "model", "a.png", "--devices", "toaster"], ["toaster"]),
        (["detect", "model", "a.png", "--devices", "cpu:none"], ["after \"cpu:\" comes the number of threads, 1 to 1024"]),
        (["detect", "model", "a.png", "--devices", "cpu:2", "--threads", "1"],
         ["device \"cpu:2\" and 1 as the number of threads contradict each other"]),
        (["detect", "model", "a.png", "--input-size", "64"], ["--input-size 64: isn't a width and a height"]),
        (["detect", "model", "a.png", "--input-size", "65x15"],
         ["its kernel covers 16 x 16", "input size, 65x15; the nearest that fit: 65x16"]),
        (["detect", "model", "a.png", "--table", "-o", "-"], ["only one of --table"]),
        (["detect", "model", "a.png", "-o", "x", "--coco", "x"], ["name the same file"]),
        (["detect", "model", "a.png", "--table", "--format", "jsonl"], ["--table and --format jsonl can't be used together"]),
        (["detect", "model", "a.png", "-o", "-", "--report", "-"], ["--darknet-json - and --report - can be on standard output"]),
        (["detect", "model", "a.png", "--format", "darknet", "--darknet-json", "-"], ["--format darknet, --output -"]),
        (["detect", "model", "a.png", "-o", "x", "--darknet-json", "x"],
         ["--output and --darknet-json name the same file, x"]),
        (["detect", "model", "a.png", "--overwrite"], ["--yolo-confidence and --overwrite need --yolo DIR"]),
        (["detect", "model", "a.png", "--format", "xml"], ["--format", "xml"]),
        (["detect", "model", "a.png", "-o", "x", "--report", "./x"], ["--output and --report name the same file, x"]),
        (["detect", "model", "a.png", "--coco", "x", "--report", "x"], ["--coco and --report name the same file, x"]),
        (["detect", "model", "a.png", "--coco-classes", "x"], ["need --coco FILE"]),
        (["detect", "--cfg", CFG, "a.png"], ["needs --weights FILE"]),
        (["detect", "--weights", CFG, "a.png"], ["need --cfg FILE"]),
        (["detect", "a.png", "model"], ["a.png: is a file; the first argument is the MODEL"]),
        (["detect", "nowhere", "a.png"], ["nowhere"]),
        (["detect", "model", "empty"], ["empty: the folder holds no picture"]),
        (["detect", "model", "*.webp"], ["*.webp: no picture"]),
        (["detect", "model", "@gone.txt"], ["gone.txt: can't be read: No such file"]),
        (["detect", "model", "@a.png"], ["a.png: holds a zero byte"]),
        (["detect", "model", "-", "-"], ["only once"]),
        (["detect", "model", "a.png", "sub/a.png", "--yolo", "y"], ["a.png and sub/a.png would both be written to y/a.txt"]),
        (["detect", "model", "a.png", "--annotated", "."], ["would write over the picture a.png"]),
        (["inspect"], ["no model"]),
        (["inspect", "model", "model"], ["inspect takes one MODEL; unexpected argument: model"]),
        (["inspect", "nowhere"], ["nowhere"]),
        (["detect", "model", "model", "a.png"], ["model: the folder holds no picture", "it holds a model, which is given once"]),
        (["detect", "--cfg", CFG, "--weights", "model/square.weights", "model", "a.png"],
         ["; it holds a model, which is given once: as the first argument, or by --cfg and --weights"]),
        (["detect", "--cfg", CFG, "--weights", "model/square.weights", "--names", CFG, "a.png"],
         ["square.cfg: is a cfg file; a names file is needed"]),
        (["build"], ["no model"]),
        (["build", "model", "model"], ["build takes one MODEL; unexpected argument: model"]),
        (["build", "nowhere"], ["nowhere"]),
        (["build", "model", "--build-level", "6"], ["'6' isn't a whole number from 0 to 5"]),
        (["build", "model", "--no-cache"], ["--no-cache"]),
        (["build", "model", "--devices", "cpu"], ["cpu needs no engine: engines are for GPUs"]),
        (["build", "model", "--devices", "toaster"], ["no device \"toaster\" here"]),
        (["cache"], ["A subcommand is required"]),
        (["cache", "empty"], ["unknown subcommand 'cache empty': there are list, export and clear"]),
        (["cache", "list", "--frobnicate"], ["--frobnicate"]),
        (["cache", "export", "only.engine"], ["cache export needs two arguments: ENGINE"]),
        (["detect", "model", "a.png", "--batch", "many"],
         ["--batch: 'many' isn't auto or a whole number from 1 to 1024"]),
        (["detect", "model", "a.png", "--batch", "0"], ["'0' isn't auto or a whole number from 1 to 1024"]),
    ],
    ids=lambda value: " ".join(value) or "nothing",
)
def test_wrong_use(place, arguments, words):
    place.picture("a.png")
    place.picture("sub/a.png")
    (place / "empty").mkdir()
    if "--output" not in arguments and "-o" not in arguments and arguments[:1] == ["detect"] and "--table" not in arguments:
        arguments = [*arguments, "--output", "out.jsonl"]
    refused(place.run(*arguments), 2, *words)
    nothing_written(place, "a.png", "sub/a.png")


@pytest.mark.parametrize("which", ["cfg", "weights", "names"])
@pytest.mark.parametrize("state", ["missing", "empty", "cut", "a picture", "a folder"])
def test_a_broken_model(place, which, state):
    picture = place.picture("a.png")
    file = place / f"model/square.{which}"
    content = file.read_bytes()
    file.unlink()
    if state == "cut":
        # A names file has one line only: cut to nothing but a blank one it has too few.
        file.write_bytes(content[: len(content) // 2] if which != "names" else b"\n")
    elif state == "empty":
        file.write_bytes(b"")
    elif state == "a picture":
        file.write_bytes(picture.read_bytes())
    elif state == "a folder":
        file.mkdir()
    result = place.run("detect", "--cfg", CFG, "--weights", "model/square.weights", "--names",
                       "model/square.names", "a.png", "--output", "out.jsonl", "--annotated", "drawn")
    refused(result, 2, f"square.{which}")
    nothing_written(place, "a.png")


@pytest.mark.parametrize(
    "old, new, word",
    [
        ("filters=6", "filters=7", "filters"),
        ("stride=16", "strides=16", "strides"),
        ("[yolo]", "[route]\nlayers=-5\n[yolo]", "route"),
        ("width=64", "width=999999999999", "width"),
        ("activation=linear", "activation=swoosh", "swoosh"),
    ],
)
def test_a_cfg_that_cant_be_right(place, old, new, word):
    place.picture("a.png")
    cfg = place / CFG
    cfg.write_text(cfg.read_text().replace(old, new))
    refused(place.detect("a.png", "-o", "out.jsonl"), 2, "square.cfg:", word)
    nothing_written(place, "a.png")


def test_what_darknet_accepts_runs_with_warnings(place):
    place.picture("a.png")
    cfg = place / CFG
    text = cfg.read_text().replace("filters=6", "filters=6 (1+5)x1\nfocal_loss").replace("width=64", "width=64.0")
    cfg.write_bytes(text.replace("16,16", "16,16, 5").replace("height=", "height=\u00a0").encode() + b"\x1a")
    result = place.detect("a.png")
    assert result.returncode == 0, result.stderr
    [found] = lines(result.stdout)
    assert len(found["detections"]) == 1
    told = [line for line in result.stderr.splitlines() if line.startswith("yolofleet: warning: ")]
    assert len(told) == 6
    for words in (":2: [net] width=64.0: 64 is taken", ":3: height= 64: a no-break space", "\"(1+5)x1\" after it is left out",
                  ":8: focal_loss is neither", "3 numbers: the last one, 5, has no pair", ":19: the character ^Z is neither"):
        assert any(words in line for line in told), (words, told)


@pytest.mark.parametrize("old, new, warning", [
    ("filters=6", "filters 6", ":7: filters6 is neither [section] nor key=value"),
    ("filters=6", "filters=6.0e0", ':7: [convolutional] filters=6.0e0: 6 is taken, as in Darknet; ".0e0" after it'),
    ("filters=6", "filters=6 0", ":7: filters=6 0: filters=60 is taken: blanks are left out, as in Darknet"),
    ("width=64", "width=64(x)", ':2: [net] width=64(x): 64 is taken, as in Darknet; "(x)" after it is left out'),
])
@pytest.mark.parametrize("command", ["detect", "inspect", "build", "bench", "verify", "eval"])
def test_warnings_come_with_an_error_after_them(place, command, old, new, warning):
    place.picture("a.png")
    cfg = place / CFG
    text = cfg.read_text()
    assert old in text
    cfg.write_text(text.replace(old, new))
    (place / "model/square.weights").write_bytes(b"short")
    pictures = ["a.png"] if command in ("detect", "eval") else []
    result = place.run(command, "model", *pictures)
    refused(result, 2)
    first, *_, last = result.stderr.splitlines()
    assert first.startswith("yolofleet: warning: ") and warning in first
    assert last.startswith("yolofleet: error: ")


def test_quiet_leaves_the_warnings_of_an_error_out(place):
    place.picture("a.png")
    cfg = place / CFG
    cfg.write_text(cfg.read_text().replace("filters=6", "filters 6"))
    result = place.detect("a.png", "-q")
    refused(result, 2, "need 1 x (1 + 5) = 6 channels")
    assert len(result.stderr.splitlines()) == 1


def test_a_cfg_of_carriage_returns_and_files_in_upper_case(place):
    place.picture("a.png")
    for kind in ("cfg", "weights"):
        (place / f"model/square.{kind}").rename(place / f"model/SQUARE.{kind.upper()}")
    (place / "model/square.names").rename(place / "model/classes.txt")
    cfg = place / "model/SQUARE.CFG"
    cfg.write_bytes(cfg.read_bytes().replace(b"\n", b"\r"))
    result = place.detect("a.png")
    assert result.returncode == 0 and result.stderr.count("warning") == 0, result.stderr
    [found] = lines(result.stdout)
    assert [each["label"] for each in found["detections"]] == ["white square"]
    assert place.run("inspect", "model/SQUARE.CFG").returncode == 0
    (place / "model/SQUARE.WEIGHTS").unlink()
    (place / "model/._SQUARE.CFG").write_bytes(b"\0\5\x16\7")  # macOS adds such files
    assert "no weights" in place.run("inspect", "model").stdout


def test_files_in_the_place_of_others_are_named(place):
    place.picture("a.png")
    weights = "model/square.weights"
    refused(place.run("detect", "--cfg", weights, "--weights", CFG, "a.png"), 2,
            f"{weights} is a Darknet weights file, and {CFG} is a cfg file: the two are swapped")
    refused(place.run("detect", "--cfg", CFG, "--weights", CFG, "a.png"), 2, f"{CFG}: is a cfg file; a Darknet weights")
    refused(place.run("inspect", weights), 2, f"{weights}: is a Darknet weights file; a cfg file is needed")
    (place / weights).write_text("<!DOCTYPE html><html><title>Google Drive - Quota exceeded</title>" + 500 * " ")
    refused(place.detect("a.png"), 2, f"{weights}: is an HTML page")
    (place / weights).write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 17\n")
    refused(place.detect("a.png"), 2, f"{weights}: is a Git LFS pointer")


def test_trailing_weights_and_unknown_keys_can_be_allowed(place):
    place.picture("a.png")
    with (place / "model/square.weights").open("ab") as weights:
        weights.write(b"1234")
    refused(place.detect("a.png"), 2, "square.weights")
    result = place.detect("a.png", "--allow-trailing-weights")
    assert result.returncode == 0 and "yolofleet: warning: " in result.stderr
    cfg = place / CFG
    cfg.write_text(cfg.read_text().replace("pad=0", "pad=0\nfrob=1"))
    refused(place.detect("a.png", "--allow-trailing-weights"), 2, "frob")
    assert place.detect("a.png", "--allow-trailing-weights", "--allow-unknown-keys").returncode == 0


@pytest.mark.parametrize("lines_in_it", [b"", b"a\nb\n"])
def test_names_of_another_model(place, lines_in_it):
    place.picture("a.png")
    (place / "model/square.names").write_bytes(lines_in_it)
    refused(place.detect("a.png"), 2, "square.names")
    (place / "model/square.names").write_bytes(b"x\n\n\n")
    assert place.detect("a.png").returncode == 0, "trailing blank lines don't count"


def test_bad_pictures_fail_alone(place):
    good = place.picture("good.jpg").read_bytes()
    bad = {
        "0_empty.jpg": (b"", "malformed unsupported"),
        "1_cut.jpg": (good[: len(good) // 2], "malformed"),
        "2_text.png": (b"hello", "unsupported malformed"),
        "3_magic.png": (b"\x89PNG\r\n\x1a\n", "malformed"),
    }
    for name, (content, _) in bad.items():
        (place / name).write_bytes(content)
    (place / "4_folder.jpg").mkdir()
    names = [*bad, "@list", "good.jpg"]
    (place / "list").write_text("5_gone.jpg\n4_folder.jpg\n")
    result = place.detect(*names, "--output", "o", "--yolo", "y", "--annotated", "d", "--coco", "c")
    assert result.returncode == 1, result.stderr
    found = lines((place / "o").read_text())
    assert len(found) == 7
    for each, (name, (_, codes)) in zip(found, bad.items()):
        assert list(each) == ["index", "image", "error"] and each["image"] == name
        assert each["error"]["code"] in codes and each["error"]["message"]
        assert f"yolofleet: {name}: " in result.stderr
    assert found[4]["error"] == {"code": "not_found", "message": "5_gone.jpg: can't be read: No such file or directory"}
    assert found[5]["error"]["code"] == "io"
    assert len(found[6]["detections"]) == 1
    assert place.files("y") == ["good.txt"] and place.files("d") == ["good.jpg"]
    assert "7 pictures, 6 failed, 1 detection" in result.stderr


def test_many_failures_are_told_only_in_the_output(place):
    result = place.detect(*(f"gone{number}.jpg" for number in range(50)))
    assert result.returncode == 1 and len(lines(result.stdout)) == 50
    assert result.stderr.count("can't be read") == 20
    assert "only the output names further failures" in result.stderr


def test_an_enormous_picture_is_refused_by_its_header(place):
    from PIL import PngImagePlugin  # only to write chunks with their checksums

    with (place / "big.png").open("wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        PngImagePlugin.putchunk(file, b"IHDR", (60000).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0")
        PngImagePlugin.putchunk(file, b"IEND")
    [found] = lines(place.detect("big.png").stdout)
    assert found["error"]["code"] == "too_large" and "60000" in found["error"]["message"]


@pytest.mark.parametrize(
    "option, target",
    [("--output", "a.png/x"), ("--output", "gone/x"), ("--output", "model"), ("--coco", "gone/x"),
     ("--report", "gone/x"), ("--report", "model"), ("--darknet-json", "gone/x"), ("--yolo", "a.png/x"), ("--annotated", "a.png"), ("--annotated", "a.png/x")],
)
def test_unwritable_output(place, option, target):
    place.picture("a.png")
    refused(place.detect("a.png", option, target), 2, target)
    nothing_written(place, "a.png")


def test_full_disk(place):
    place.picture("a.png")
    refused(place.detect("a.png", "--output", "/dev/full"), 2, "/dev/full: can't be written: No space left on device")
    refused(place.detect("a.png", "--coco", "/dev/full", "-o", "o"), 2, "No space left on device")
    with open("/dev/full", "w", encoding="utf-8") as full:
        result = place.detect("a.png", stdout=full, capture_output=False, stderr=subprocess.PIPE)
    assert result.returncode == 2
    assert "standard output: can't be written: No space left on device" in result.stderr
    with open("/dev/full", "w", encoding="utf-8") as full:
        assert place.run("inspect", "model", stdout=full, capture_output=False, stderr=subprocess.PIPE).returncode == 2


def test_a_disk_that_fills_up_keeps_whole_lines(place):
    for number in range(20):
        place.picture(f"in/{number}.png")
    limited = ["bash", "-c", 'trap "" XFSZ; ulimit -f 1; exec "$0" "$@"', os.environ["YOLOFLEET_BIN"]]
    result = subprocess.run([*limited, "detect", "model", "in", "--output", "out.jsonl"], cwd=place.folder,
                            capture_output=True, text=True, check=False, timeout=60)
    refused(result, 2, "out.jsonl: can't be written: File too large")
    assert not (place / "out.jsonl").exists()
    kept = lines((place / "out.jsonl.partial").read_text())
    assert 0 < len(kept) < 20 and [each["index"] for each in kept] == list(range(len(kept)))


def test_a_reader_that_goes_away_ends_it_quietly(place):
    for number in range(200):
        place.picture(f"in/{number}.png")
    with place.start("detect", "model", "in") as process:
        process.stdout.close()
        assert process.wait(timeout=60) == 141
        assert process.stderr.read() == ""


def test_a_standard_error_that_nobody_reads_stops_nothing(place):
    place.picture("a.png")
    with place.start("detect", "model", "gone.png", "a.png", "--output", "out.jsonl") as process:
        process.stderr.close()
        assert process.wait(timeout=60) == 1
    assert len(lines((place / "out.jsonl").read_text())) == 2


@pytest.mark.parametrize(
    "arguments, read",
    [
        (["a.png", "--output", "a.png"], "a.png"),
        (["a.png", "--coco", "link.png"], "a.png"),
        (["a.png", "--report", "a.png"], "a.png"),
        (["a.png", "--report", "model/square.names"], "model/square.names"),
        ([".", "--output", "a.png"], "./a.png"),
        (["a.png", "--output", "model/square.weights"], "model/square.weights"),
        (["@list.txt", "--output", "list.txt"], "list.txt"),
        (["a.png", "--coco", "ids.json", "--coco-images", "ids.json"], "ids.json"),
        (["b.partial", "--output", "b"], "b.partial"),
        (["b.partial", "--output", "to_b"], "b.partial"),
    ],
)
def test_nothing_that_is_read_is_written_over(place, arguments, read):
    place.picture("a.png")
    (place / "b.partial").write_bytes((place / "a.png").read_bytes())
    (place / "b").write_text("")
    (place / "to_b").symlink_to("b")
    (place / "link.png").symlink_to("a.png")
    (place / "list.txt").write_text("a.png\n")
    (place / "ids.json").write_text('{"images": []}')
    before = (place / read).read_bytes()
    run = place.detect(*arguments)
    assert run.returncode == 2
    assert f"would write over {read}, which this run reads; name another file" in run.stderr
    assert (place / read).read_bytes() == before


@pytest.mark.parametrize("command, option, what", [
    *[("detect", option, "file") for option in ("--output", "--coco", "--coco-images", "--coco-classes", "--report",
                                                "--darknet-json", "--cfg", "--weights", "--names")],
    *[("detect", option, "folder") for option in ("--yolo", "--annotated", "--cache")],
    ("detect", "--metrics-address", "address"), ("verify", "--json", "file"),
    *[("eval", option, "file") for option in ("--coco-classes", "--python", "--keep", "--json")],
])
def test_an_empty_name_is_none(place, command, option, what):
    refused(place.run(command, "model", "a.png", option, ""), 2, f"{option}: names no {what}")


def test_a_picture_that_is_named_twice(place):
    place.picture("a.png")
    run = place.detect("a.png", "a.png", "--yolo", "labels")
    assert run.returncode == 2
    assert "a.png is named twice (INPUT 1 and INPUT 2); both results would be written to labels/a.txt" in run.stderr


@pytest.mark.parametrize("argument", ["-", "@-"])
def test_a_standard_input_that_is_closed_is_an_empty_one(place, argument):
    run = place.detect(argument, preexec_fn=lambda: os.close(0), stdin=None, timeout=20)
    assert run.returncode in (1, 2)
    assert run.stderr
