"""Videos that detect --annotated writes."""

import resource
import signal

from conftest import lines, refused
from videos import clip, ffmpeg, frames_of, probe


def test_annotated_videos_are_read_back(place):
    clip(place / "a.mp4", 30)
    clip(place / "sub/b.mkv", 12, size="96x48")
    clip(place / "c.mov", 8)
    place.picture("d.png")
    result = place.detect("a.mp4", "sub/b.mkv", "c.mov", "d.png", "--annotated", "out")
    assert result.returncode == 0, result.stderr
    assert place.files("out") == ["a.mp4", "b.mkv", "c.mp4", "d.png"]
    assert probe(place / "out/a.mp4") == (64, 64, 30)
    assert probe(place / "out/b.mkv") == (96, 48, 12)
    assert probe(place / "out/c.mp4") == (64, 64, 8)
    before = frames_of(lines(place.detect("a.mp4").stdout), "a.mp4")
    assert [each["detections"] for each in frames_of(lines(result.stdout), "a.mp4")] == [
        each["detections"] for each in before], "as without --annotated"
    assert place.detect("a.mp4", "--every", "5", "--annotated", "few").returncode == 0
    assert probe(place / "few/a.mp4") == (64, 64, 6)


def test_a_full_disk_under_an_annotated_video(place):
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=2,noise=alls=90:allf=t", "-preset", "ultrafast", place / "noise.mp4")

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (40000, 40000))

    clip(place / "a.mp4", 10)
    result = place.detect("noise.mp4", "a.mp4", "--annotated", "out", "--output", "-", preexec_fn=limit)
    assert result.returncode == 1, result.stderr
    assert "out/noise.partial.mp4: can't be written: File too large" in result.stderr
    assert result.stderr.count("File too large") == 1 and "2 videos, 60 frames, 1 failed" in result.stderr
    found = lines(result.stdout)
    assert (len(frames_of(found, "noise.mp4")), len(frames_of(found, "a.mp4"))) == (50, 10)
    assert place.files("out") == ["a.mp4"]


def test_an_annotated_video_that_cannot_be_written_is_the_error_of_that_video(place):
    clip(place / "good.mp4", 5)
    clip(place / "fast.mp4", 40, rate=2000)
    ffmpeg("-f", "lavfi", "-i", "color=black:s=17000x64:r=25:d=0.2", "-c:v", "ffv1", place / "wide.mkv")
    result = place.detect("wide.mkv", "fast.mp4", "good.mp4", "--annotated", "out")
    assert result.returncode == 1, result.stderr
    assert result.stderr.count("wide.mkv: out/wide.partial.mkv: a video of 17000 x 64; each side must be from 1 to 16384") == 1
    assert "3 videos, 50 frames, 1 failed" in result.stderr
    assert place.files("out") == ["fast.mp4", "good.mp4"]
    assert probe(place / "out/fast.mp4") == (64, 64, 40)
    assert probe(place / "out/good.mp4") == (64, 64, 5)
    assert len(frames_of(lines(result.stdout), "wide.mkv")) == 5


def changing_clip(path):
    """Whose frames change their size."""
    with open(path, "wb") as joined:
        for size in ["64x64", "96x48"]:
            joined.write(clip(path.with_name("part.ts"), 10, size=size).read_bytes())
    path.with_name("part.ts").unlink()


def test_parts_of_a_video_are_not_written_over_the_video_of_another(place):
    changing_clip(place / "clip.ts")
    clip(place / "clip-2.mp4", 7, size="32x32")
    for order in [["clip.ts", "clip-2.mp4"], ["clip-2.mp4", "clip.ts"]]:
        result = place.detect(*order, "--annotated", order[0][:-3])
        assert result.returncode == 0, result.stderr
        drawn = place / order[0][:-3]
        assert place.files(drawn) == ["clip-2.mp4", "clip-3.mp4", "clip.mp4"]
        assert probe(drawn / "clip.mp4")[:2] == (64, 64) and probe(drawn / "clip-3.mp4")[:2] == (96, 48)
        assert probe(drawn / "clip-2.mp4") == (32, 32, 7)


def test_annotated_videos_replace_files_but_no_input(place):
    clip(place / "d/clip.mov", 5)
    (place / "d/clip.mp4").write_text("unrelated")
    assert place.detect("d/clip.mov", "--annotated", "d").returncode == 0
    assert probe(place / "d/clip.mp4") == (64, 64, 5)
    clip(place / "x/y.mp4", 5)
    (place / "list").write_text("d/clip.mp4\nx/y.mp4\n")
    refused(place.detect("d/clip.mov", "@list", "--annotated", "d"), 2,
            "--annotated d: would write over the video d/clip.mp4 itself; name another folder")
    changing_clip(place / "x/part.m2.ts")
    clip(place / "x/part.m2-2.mp4", 3)
    (place / "list").write_text("x/part.m2-2.mp4\nd/clip.mp4\n")
    result = place.detect("x/part.m2.ts", "@list", "--annotated", "x")
    assert result.returncode == 0, result.stderr
    assert probe(place / "x/part.m2-2.mp4") == (64, 64, 3) and probe(place / "x/part.m2-3.mp4")[:2] == (96, 48)
