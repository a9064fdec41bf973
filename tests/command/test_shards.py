"""`yolofleet detect --shard I/N`: the runs share the pictures, and their lines together are those of one run."""

import json

from conftest import lines, refused


def test_the_lines_of_all_shards_are_those_of_one_run(place):
    for number in range(7):
        place.picture(f"in/{number}.png")
    (place / "in/3.png").write_bytes(b"broken")
    whole = place.detect("in")
    shards = [place.detect("in", "--shard", f"{index}/3") for index in range(3)]
    assert [shard.returncode for shard in shards] == [1, 0, 0]
    assert [len(lines(shard.stdout)) for shard in shards] == [3, 2, 2]
    assert sorted("".join(shard.stdout for shard in shards).splitlines(), key=lambda line: json.loads(line)["index"]) \
        == whole.stdout.splitlines()


def test_a_shard_without_pictures_is_no_error(place):
    place.picture("a.png")
    result = place.detect("a.png", "--shard", "5/8", "--output", "found.jsonl")
    assert result.returncode == 0, result.stderr
    assert (place / "found.jsonl").read_text() == ""


def test_the_image_ids_of_shards_differ(place):
    for name in "abcd":
        place.picture(f"{name}.png")
    ids = []
    for index in range(2):
        assert place.detect("a.png", "b.png", "c.png", "d.png", "--shard", f"{index}/2", "--coco", "c.json").returncode == 0
        ids += [found["image_id"] for found in json.loads((place / "c.json").read_text())]
    assert sorted(ids) == [0, 1, 2, 3]


def test_a_wrong_shard_is_refused(place):
    place.picture("a.png")
    refused(place.detect("a.png", "--shard", "3/2"), 2,
            "--shard: '3/2' isn't I/N with I from 0 to N-1: the first of 2 parts is 0/2, the last 1/2")
