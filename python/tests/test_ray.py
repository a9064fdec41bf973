"""yolofleet.ray: Predict alone, and the recipe with two workers, one of which is killed. Needs ray[data].

Ray waits for ever, without an error, where workers leave no CPU for other work: each test has a time limit.
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import textwrap

import pytest

import yolofleet

pa = pytest.importorskip("pyarrow")
pytest.importorskip("ray")
from yolofleet.ray import ModelFiles, Predict, columns_of, pictures_under, read_file, remaining, write_jsonl  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIMIT = 180


def run(program, *arguments, limit=LIMIT):
    """Ends the program and its children after `limit` seconds."""
    environment = {**os.environ, "RAY_USAGE_STATS_ENABLED": "0", "RAY_DEDUP_LOGS": "0"}
    process = subprocess.Popen([sys.executable, *program, *map(str, arguments)], stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, start_new_session=True, env=environment)
    try:
        output, _ = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        pytest.fail(f"not done after {limit} s:\n{output[-3000:]}")
    return process.returncode, output


@pytest.fixture
def folder(tmp_path, photos):
    """30 pictures, one of them broken."""
    place = tmp_path / "pictures"
    (place / "sub").mkdir(parents=True)
    for number in range(30):
        shutil.copy(photos[number % 2], place / ("sub" if number % 3 else ".") / f"{number:02}.jpg")
    (place / "00.jpg").write_bytes(b"no picture")
    (place / "notes.txt").write_text("no picture either")
    return place


def test_predict_without_ray(model_folder, photos, tmp_path):
    predict = Predict(ModelFiles.read(model_folder), devices="cpu:2", precision="fp32")
    absent = str(tmp_path / "absent.jpg")
    paths = [str(photos[0]), absent, photos[1].as_uri()]
    found = predict(pa.table({"path": paths, "camera": [1, 2, 3]}))
    assert found.column_names == ["path", "camera", "width", "height", "detections", "error"]
    rows = found.to_pylist()
    assert [row["error"] is None for row in rows] == [True, False, True]
    assert rows[1]["error"] == {"code": "not_found", "message": f"{absent}: no such file"}
    assert rows[1]["detections"] is None and rows[1]["width"] is None
    with yolofleet.Detector(model_folder, devices="cpu:2", precision="fp32") as detector:
        for row, photo in zip((rows[0], rows[2]), photos):
            result = detector.detect(photo)
            assert (row["width"], row["height"]) == (result.width, result.height)
            assert [one["label"] for one in row["detections"]] == result.names
            x1, y1, x2, y2 = result.boxes[0]
            assert row["detections"][0]["box"] == pytest.approx([x1, y1, x2 - x1, y2 - y1])
    by_bytes = predict(pa.table({"bytes": [photo.read_bytes() for photo in photos], "path": ["a", "b"]}))
    assert by_bytes.column_names[:1] == ["path"]
    assert by_bytes.column("detections")[0].as_py() == rows[0]["detections"]
    with pytest.raises(ValueError, match="has the columns image; it needs path or bytes"):
        predict(pa.table({"image": [1]}))
    assert len(columns_of([])[2]) == 0


def test_files_of_a_model(model_folder, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    files = ModelFiles.read(model_folder)
    folder = files.unpack()
    assert files.unpack() == folder and yolofleet.Model(folder).has_weights
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]  # nothing temporary is left
    folder.parent.chmod(0o777)
    with pytest.raises(yolofleet.IoError, match="only this user may write to"):
        files.unpack()
    with pytest.raises(yolofleet.NotFoundError, match="no .cfg"):
        ModelFiles.read(tmp_path / "absent")


def test_what_remains(folder, tmp_path):
    paths = pictures_under(str(folder))
    assert len(paths) == 30 and paths == sorted(paths)
    with pytest.raises(yolofleet.NotFoundError, match="no such folder"):
        pictures_under(str(tmp_path / "absent"))
    output = tmp_path / "found"
    assert remaining(paths, str(output)) == paths
    output.mkdir()
    pa.parquet.write_table(pa.table({"path": paths[:10], "detections": pa.nulls(10)}), output / "a.parquet")
    cut = (output / "a.parquet").read_bytes()[:-20]
    (output / "x_0b1c_000003-0.parquet").write_bytes(cut)  # of a job that was killed
    (output / "notes.parquet").write_bytes(cut)
    with pytest.raises(yolofleet.MismatchError, match="notes.parquet: isn't a Parquet file of such a job"):
        remaining(paths, str(output))
    assert len(list(output.iterdir())) == 3
    (output / "notes.parquet").unlink()
    assert remaining(paths, str(output)) == paths[10:]
    assert [file.name for file in output.iterdir()] == ["a.parquet"]


def test_the_recipe_with_two_workers(folder, model_folder, tmp_path):
    output, lines = tmp_path / "found", tmp_path / "found.jsonl"
    recipe = [ROOT / "examples/ray_predict.py", model_folder, folder, output, "--cpus", "0.5", "--batch", "5", "--jsonl",
              lines]
    code, text = run(recipe)
    assert code == 0, text[-3000:]
    assert "30 pictures to do" in text and "30 lines in" in text
    rows = [json.loads(line) for line in lines.read_text().splitlines()]
    assert [row["image"] for row in rows] == pictures_under(str(folder))
    assert [row["image"] for row in rows if "error" in row] == [str(folder / "00.jpg")]
    ran = yolofleet.run_command("detect", model_folder, folder, "--devices", "cpu:1", "-o", "-")
    command = {row["image"]: row for row in map(json.loads, ran.stdout.splitlines())}
    for row in rows:
        expected = command[row["image"]]
        assert row.get("error") == expected.get("error")
        assert [found["label"] for found in row.get("detections", [])] == [
            found["label"] for found in expected.get("detections", [])]
    # Half of the output is lost; the job is started again.
    for file in sorted(output.glob("*.parquet"))[::2]:
        file.unlink()
    code, text = run(recipe)
    assert code == 0, text[-3000:]
    assert "15 pictures to do" in text
    assert [json.loads(line)["image"] for line in lines.read_text().splitlines()] == pictures_under(str(folder))


def test_a_worker_that_is_killed_loses_and_repeats_nothing(folder, model_folder, tmp_path):
    program = tmp_path / "killed.py"
    program.write_text(textwrap.dedent("""
        import os, pathlib, signal, sys
        import ray
        from yolofleet.ray import Predict, pictures_under, ship

        class Fragile(Predict):
            def __call__(self, batch):
                mark = pathlib.Path(sys_mark)
                found = super().__call__(batch)
                if not mark.exists():
                    mark.touch()
                    os.kill(os.getpid(), signal.SIGKILL)
                return found

        model, pictures, output, sys_mark = sys.argv[1:]
        ray.init(num_cpus=4)
        paths = pictures_under(pictures)
        rows = ray.data.from_items([{"path": path} for path in paths], override_num_blocks=6)
        rows.map_batches(Fragile, fn_constructor_kwargs={"model": ship(model), "threads": 1},
                         compute=ray.data.ActorPoolStrategy(size=2), num_cpus=1, batch_size=5,
                         batch_format="pyarrow").write_parquet(output)
    """))
    output, mark = tmp_path / "found", tmp_path / "mark"
    code, text = run([program], model_folder, folder, output, mark)
    assert code == 0, text[-3000:]
    assert mark.exists()
    lines = tmp_path / "found.jsonl"
    assert write_jsonl(str(output), lines) == 30
    assert [json.loads(line)["image"] for line in lines.read_text().splitlines()] == pictures_under(str(folder))


def test_a_worker_without_the_models_files(folder, tmp_path):
    program = tmp_path / "without.py"
    program.write_text(textwrap.dedent("""
        import sys
        import ray
        from yolofleet.ray import Predict, pictures_under

        ray.init(num_cpus=4)
        rows = ray.data.from_items([{"path": path} for path in pictures_under(sys.argv[1])])
        rows.map_batches(Predict, fn_constructor_kwargs={"model": "absent/model"}, batch_format="pyarrow",
                         compute=ray.data.ActorPoolStrategy(size=1)).take_all()
    """))
    code, text = run([program], folder)
    assert code != 0 and "absent/model" in text, text[-3000:]


def test_workers_that_leave_no_cpu_are_refused(folder, model_folder, tmp_path):
    code, text = run([ROOT / "examples/ray_predict.py", model_folder, folder, tmp_path / "found", "--workers", "1000"])
    assert code != 0 and "1000 workers of 1 CPUs each leave none of the" in text


def test_foreign_parquet_files_are_left_alone(tmp_path, folder):
    foreign = tmp_path / "customers.parquet"
    pa.parquet.write_table(pa.table({"customer": [1, 2]}), foreign)
    with pytest.raises(yolofleet.MismatchError, match="customers.parquet: has no detections"):
        remaining(pictures_under(str(folder)), str(tmp_path))
    assert foreign.exists()


def test_another_spelling_of_the_folder_is_the_same(tmp_path, folder, monkeypatch):
    done = pictures_under(str(folder))
    rows = columns_of([yolofleet.NotFoundError("gone")] * len(done))
    output = tmp_path / "found"
    output.mkdir()
    pa.parquet.write_table(pa.table({"path": done, "detections": rows[2]}), output / "a.parquet")
    monkeypatch.chdir(folder.parent)
    for spelling in ("pictures", "./pictures/", f"{folder}//", folder.as_uri()):
        again = pictures_under(spelling)
        assert len(again) == len(done)
        assert remaining(again, str(output)) == []


def test_names_with_special_characters_in_a_uri(tmp_path, photos):
    names = ["a b.jpg", "[x].jpg", "ü.jpg", "c#d.jpg", "q?r.jpg", "e%20f.jpg", "plus+.JPG"]
    for name in names:
        shutil.copy(photos[0], tmp_path / name)
    for place in (str(tmp_path), tmp_path.as_uri()):
        found = pictures_under(place)
        assert len(found) == len(names)
        assert all(isinstance(read_file(path), bytes) for path in found)


def test_a_null_is_a_row_with_an_error(model_folder, photos):
    predict = Predict(model_folder, devices="cpu:1")
    rows = predict(pa.table({"path": [None, str(photos[0])], "error": ["old", "old"]})).to_pylist()
    assert rows[0]["error"]["code"] == "invalid_argument" and rows[1]["error"] is None
    rows = predict(pa.table({"bytes": [photos[0].read_bytes(), None]})).to_pylist()
    assert rows[0]["error"] is None and rows[1]["error"]["message"] == "the column bytes is null"


def test_a_model_whose_files_were_damaged_is_written_again(model_folder):
    files = ModelFiles.read(model_folder)
    cut = next(path for path in files.unpack().iterdir() if path.suffix == ".cfg")
    cut.write_text("")
    assert (files.unpack() / cut.name).read_bytes() == files.files[cut.name]


FAILING = """
import pathlib, sys
import ray, yolofleet
from yolofleet.ray import Predict, pictures_under, retry_failed_devices

class Fails(Predict):
    @staticmethod
    def _results(detector, pictures):
        mark = pathlib.Path(sys.argv[0] + ".failed")
        if not mark.exists():
            mark.touch()
            raise yolofleet.DeviceError("cuda:0: it is worn out")
        return Predict._results(detector, pictures)

model, pictures, output = sys.argv[1:4]
ray.init(num_cpus=4)
retry_failed_devices()
rows = ray.data.from_items([{"path": path} for path in pictures_under(pictures)], override_num_blocks=5)
rows.map_batches(Fails, fn_constructor_kwargs={"model": model, "threads": 1},
                 compute=ray.data.ActorPoolStrategy(size=1), num_cpus=1, batch_size=6,
                 batch_format="pyarrow").write_parquet(output)
"""


def test_a_batch_with_a_failed_device_is_tried_again(model_folder, folder, tmp_path):
    script = tmp_path / "failing.py"
    script.write_text(FAILING.replace('sys.argv[0] + ".failed"', repr(str(tmp_path / "failed"))))
    code, output = run([script], model_folder, folder, tmp_path / "found")
    assert code == 0, output[-3000:]
    assert (tmp_path / "failed").exists()
    rows = pa.parquet.read_table(tmp_path / "found")
    assert sorted(rows["path"].to_pylist()) == pictures_under(str(folder))
