"""Names that stand for no picture, files of a folder that are skipped, pictures that are named twice."""

import os
import struct

import pytest

from conftest import lines, refused

VIDEO = b"\0\0\0\x18ftypmp42" + bytes(100)
APPLE_DOUBLE = b"\0\5\x16\7\0\2\0\0Mac OS X        " + bytes(60)


@pytest.mark.parametrize("argument, content, message", [
    ("list.txt", b"a.png\nb.png\n", "list.txt: is a list of pictures; write @list.txt"),
    ("train", b"\xef\xbb\xbf\r\n  data/obj/a b.JPG \r\n", "train: is a list of pictures; write @train"),
    ("0", None, "0: no such file; a camera is given to detect by its device, /dev/video0"),
    ("s3://bucket/clip.mp4", None, "s3://bucket/clip.mp4: such addresses aren't read; those of streams begin with rtsp:"),
    ("http://example.org/a.jpg", None,
     "`curl -sSfL http://example.org/a.jpg | yolofleet detect MODEL -` detects in a picture"),
    ("._a.jpg", APPLE_DOUBLE, "._a.jpg: holds macOS's attributes of a.jpg, not a picture"),
])
@pytest.mark.parametrize("command", ["detect", "verify", "bench"])
def test_a_name_that_is_no_pictures(place, command, argument, content, message):
    if content is not None:
        (place / argument).write_bytes(content)
    before = place.files()
    arguments = ["--output", "out"] if command == "detect" else []
    refused(place.run(command, "model", argument, *arguments), 2, message)
    assert place.files() == before


ONLY_DETECT = "videos, streams and cameras are read by detect only"


@pytest.mark.parametrize("argument, message", [
    ("clip.mp4", f"clip.mp4: {ONLY_DETECT}; `mkdir -p frames && ffmpeg -i clip.mp4 frames/%06d.jpg` makes pictures of a"),
    ("a clip.MOV", f"a clip.MOV: {ONLY_DETECT}; `mkdir -p frames && ffmpeg -i 'a clip.MOV' frames/%06d.jpg`"),
    ("/dev/video0", f"/dev/video0: {ONLY_DETECT}"),
    ("rtsp://10.0.0.1:554/s?a=1&b=2", f"rtsp://10.0.0.1:554/s?a=1&b=2: {ONLY_DETECT}"),
])
@pytest.mark.parametrize("command", ["verify", "bench"])
def test_only_detect_reads_videos(place, command, argument, message):
    refused(place.run(command, "model", argument), 2, message)


def test_with_pictures_the_run_goes_on(place):
    place.picture("a.png")
    (place / "list.txt").write_text("a.png\n")
    (place / "clip.mp4").write_bytes(VIDEO)
    result = place.detect("a.png", "list.txt", "s3://x/clip.mp4")
    assert result.returncode == 1
    good, *bad = lines(result.stdout)
    assert len(good["detections"]) == 1
    assert [each["error"]["code"] for each in bad] == ["unsupported", "unsupported"]
    assert bad[0]["error"]["message"] == "list.txt: is a list of pictures; write @list.txt"
    assert "yolofleet: s3://x/clip.mp4: such addresses aren't read" in result.stderr


def test_a_list_of_such_names(place):
    place.picture("a.png")
    (place / "list.txt").write_text("a.png\ns3://camera/1\n0\n")
    result = place.detect("@list.txt")
    assert result.returncode == 1
    assert [each.get("error", {}).get("code") for each in lines(result.stdout)] == [None, "unsupported", "unsupported"]


def test_a_name_alone_makes_no_video_of_a_picture(place):
    for name in ["a.mp4", "0", "list.txt"]:
        place.picture("a.png").rename(place / name)
    (place / "labels.txt").write_text("0 0.5 0.5 0.1 0.1\n")
    result = place.detect("a.mp4", "0", "list.txt", "labels.txt")
    *good, text = lines(result.stdout)
    assert all(len(each["detections"]) == 1 for each in good), result.stderr
    assert text["error"]["message"].startswith("labels.txt") or "labels.txt" in result.stderr


def fill(place):
    place.picture("in/a.png")
    place.picture("x.jpg").rename(place / "in/b.jfif")
    place.picture("x.jpg").rename(place / "in/c.JPE")
    for name in ["d.tif", "sub/e.tif", "f.GIF", "clip.mp4", "notes.txt", "labels.xml"]:
        (place / "in" / name).parent.mkdir(exist_ok=True)
        (place / "in" / name).write_bytes(b"x")
    (place / "in/._a.png").write_bytes(APPLE_DOUBLE)


@pytest.mark.parametrize("argument, prefix", [("in", "in: 1 ._ file of macOS, "), ("in/**/*", "in/**/*: ")])
def test_skipped_files_are_counted(place, argument, prefix):
    fill(place)
    result = place.detect(argument)
    assert result.returncode == 0, result.stderr
    found = lines(result.stdout)
    assert [each["image"] for each in found] == ["in/a.png", "in/b.jfif", "in/c.JPE"]
    assert all(len(each["detections"]) == 1 for each in found), "a .jfif is a JPEG"
    hint = "; give its videos as 'in/*.mp4'" if argument == "in" else ""
    assert (f"yolofleet: warning: skipped in {prefix}1 .gif, 1 .mp4, 2 .tif{hint} (only .jpg, .jpeg, .png, .webp, .bmp, "
            ".jfif, .jpe are read)") in result.stderr
    assert "skipped" not in place.detect(argument, "--quiet").stderr
    assert "skipped" not in place.detect("in/a.png").stderr
    assert f"yolofleet: warning: skipped in {prefix}1 .gif" in place.run("verify", "model", argument).stderr


def test_a_folder_of_other_pictures_only(place):
    (place / "in").mkdir()
    for name in ["a.tif", "b.TIF", "c.heic"]:
        (place / "in" / name).write_bytes(struct.pack("<I", 1))
    refused(place.detect("in"), 2, "in: the folder holds no picture (.jpg, .jpeg, .png, .webp, .bmp, .jfif, .jpe), "
                                   "nor do those below it; skipped: 1 .heic, 2 .tif")
    refused(place.detect("in/*.tif"), 2, "in/*.tif: no picture", "skipped: 1 .tif")


def test_a_file_whose_name_alone_is_macos_is_read(place):
    place.picture("x.png").rename(place / "._real.png")
    os.mkdir(place / "in")
    os.rename(place / "._real.png", place / "in/._real.png")
    assert len(lines(place.detect("in").stdout)[0]["detections"]) == 1


@pytest.mark.parametrize("output", ["--yolo", "--annotated"])
def test_a_list_that_names_a_picture_twice(place, output):
    place.picture("a.png")
    place.picture("sub/b.png")
    (place / "list.txt").write_text("a.png\n\nsub/b.png\n./a.png\nsub/b.png\n")
    end = "b.txt" if output == "--yolo" else "b.png"
    run = place.detect("@list.txt", output, "out")
    refused(run, 2, "a.png (list.txt:1) and ./a.png (list.txt:4) are the same picture; both results would be ")
    assert place.files() == ["a.png", "list.txt", "sub/b.png"]
    (place / "list.txt").write_text("a.png\n\nsub/b.png\nsub/b.png\n")
    refused(place.detect("@list.txt", output, "out"), 2,
            "sub/b.png is named twice (list.txt:3 and list.txt:4); both results would be ", f"to out/sub/{end}")
    refused(place.detect("@-", output, "out", input="a.png\na.png\n"), 2,
            "a.png is named twice (-:1 and -:2); both results would be ")
    refused(place.detect("a.png", "sub", "a.png", output, "out"), 2, "a.png is named twice (INPUT 1 and INPUT 3); both")


def test_a_list_that_names_a_picture_twice_with_coco(place):
    place.picture("139.png")
    (place / "list.txt").write_text("139.png\n139.png\n")
    refused(place.detect("@list.txt", "--coco", "r.json"), 2,
            "139.png is named twice (list.txt:1 and list.txt:2); both results would have the COCO image_id 139")
