"""Ray Data: pictures of a folder or bucket to detections, on the devices of many machines.

    pictures = ray.data.from_items([{"path": path} for path in paths])
    found = pictures.map_batches(Predict, fn_constructor_kwargs={"model": ship("model/")}, num_gpus=1, concurrency=8,
                                 batch_size=1024, batch_format="pyarrow")
    found.write_parquet("s3://bucket/found")

docs/ray.md has the whole recipe. Needs the packages ray[data] and pyarrow.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import pathlib
import shutil
import stat
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np
import pyarrow as pa
import pyarrow.fs
import pyarrow.parquet

from .detector import Detector
from .errors import Error, IoError, NotFoundError
from .options import Options
from .results import Result

_DETECTION = pa.struct([("class_id", pa.int32()), ("label", pa.string()), ("confidence", pa.float32()),
                        ("box", pa.list_(pa.float32()))])
_ERROR = pa.struct([("code", pa.string()), ("message", pa.string())])
#: The columns that Predict adds. `box` is x, y, width and height in pixels; x and y are its left and top edges.
#: `error` is null, or `detections` is.
SCHEMA = pa.schema([("width", pa.int32()), ("height", pa.int32()), ("detections", pa.list_(_DETECTION)),
                    ("error", _ERROR)])

PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".jfif", ".jpe")


@dataclass(frozen=True)
class ModelFiles:
    """The files of a model, by name, as they travel to other machines."""

    files: dict[str, bytes]

    @classmethod
    def read(cls, folder: str | os.PathLike) -> ModelFiles:
        """Reads the .cfg, .weights and .names (or classes.txt) of a folder."""
        wanted = [path for path in sorted(pathlib.Path(folder).glob("*"))
                  if path.suffix.lower() in (".cfg", ".weights", ".names") or path.name.lower() == "classes.txt"]
        if not wanted:
            raise NotFoundError(f"{folder}: no .cfg, .weights or .names")
        return cls({path.name: path.read_bytes() for path in wanted})

    def unpack(self) -> pathlib.Path:
        """The folder with the files on this machine: written by the first process that asks, under a name of their
        content, and renamed when it is complete."""
        digest = hashlib.sha256()
        for name, content in sorted(self.files.items()):
            digest.update(f"{len(name)} {name} {len(content)} ".encode())
            digest.update(content)
        root = _private_folder(pathlib.Path(tempfile.gettempdir()) / f"yolofleet-models-{os.getuid()}")
        folder = root / digest.hexdigest()
        if folder.is_dir():
            return folder
        fresh = pathlib.Path(tempfile.mkdtemp(dir=root))
        for name, content in self.files.items():
            (fresh / pathlib.Path(name).name).write_bytes(content)
        try:
            fresh.rename(folder)
        except OSError:  # another process was first
            shutil.rmtree(fresh, ignore_errors=True)
            if not folder.is_dir():
                raise
        return folder


def ship(folder: str | os.PathLike) -> Any:
    """Puts a model's files into Ray's object store, for `Predict`: they travel once to each machine."""
    import ray

    return ray.put(ModelFiles.read(folder))


class Predict:
    """A class for `Dataset.map_batches(..., batch_format="pyarrow")`: each actor opens a Detector.

    A batch has a column `path` (a file, or a URI of a file system that pyarrow knows, such as s3://) or `bytes` (the
    content of picture files). It returns the batch without `bytes` and with the columns of SCHEMA, one row for each
    picture in their order. A picture that can't be read is a row with an error. A device that fails raises, so that Ray
    tries the batch again, elsewhere.
    """

    def __init__(self, model: Any, *, read_threads: int = 16, **options: Unpack[Options]) -> None:
        """`model`: what `ship` returned, or a folder that every machine has. `read_threads`: files read at a time.
        `options`: see Options. With num_gpus=1 Ray shows the actor one GPU, and devices="auto" uses it; with all GPUs of
        a machine it uses all of them."""
        if not isinstance(model, (str, os.PathLike, ModelFiles)):
            import ray

            model = ray.get(model)
        folder = model.unpack() if isinstance(model, ModelFiles) else model
        self._detector = Detector(folder, **options)
        self._threads = ThreadPoolExecutor(read_threads, "read")
        self._ahead = 2 * read_threads

    def __call__(self, batch: pa.Table) -> pa.Table:
        """The batch with its detections."""
        if "bytes" in batch.column_names:
            pictures: Iterable[bytes | Error] = (value.as_py() for value in batch.column("bytes"))
            batch = batch.drop_columns(["bytes"])
        elif "path" in batch.column_names:
            pictures = self._read_ahead(batch.column("path").to_pylist())
        else:
            raise ValueError(f"a batch has the columns {', '.join(batch.column_names)}; it needs path or bytes")
        found = columns_of(list(self._results(pictures)))
        for name, column in zip(SCHEMA.names, found):
            batch = batch.append_column(SCHEMA.field(name), column)
        return batch

    def _read_ahead(self, paths: list[str]) -> Iterator[bytes | Error]:
        waiting: deque[Future[bytes | Error]] = deque()
        rest = iter(paths)
        while True:
            for path in itertools.islice(rest, self._ahead - len(waiting)):
                waiting.append(self._threads.submit(read_file, path))
            if not waiting:
                return
            yield waiting.popleft().result()

    def _results(self, pictures: Iterable[bytes | Error]) -> Iterator[Result | Error]:
        failed: dict[int, Error] = {}
        count = 0

        def readable() -> Iterator[tuple[bytes, int]]:
            nonlocal count
            for picture in pictures:
                count += 1
                if isinstance(picture, Error):
                    failed[count - 1] = picture
                else:
                    yield picture, count - 1

        results = {result.tag: result for result in self._detector.stream(readable())}
        for place in range(count):
            result = failed[place] if place in failed else results[place]
            if isinstance(result, Result) and result.error and result.error.code == "device":
                raise result.error
            yield result


def read_file(path: str) -> bytes | Error:
    """The bytes of a file, or the error in their place. `path`: a file or a URI."""
    try:
        if "://" in path:
            files, inside = pa.fs.FileSystem.from_uri(path)
        else:
            files, inside = pa.fs.LocalFileSystem(), path
        with files.open_input_stream(inside) as stream:
            return stream.read()
    except FileNotFoundError:
        return NotFoundError(f"{path}: no such file")
    except (OSError, pa.ArrowException) as error:
        return IoError(f"{path}: {' '.join(str(error).split())}")


def columns_of(results: list[Result | Error]) -> list[pa.Array]:
    """The columns of SCHEMA."""
    errors = [result if isinstance(result, Error) else result.error for result in results]
    good = [result for result, error in zip(results, errors) if error is None]
    sizes = [[None if error else getattr(result, side) for result, error in zip(results, errors)]
             for side in ("width", "height")]
    lengths = np.array([0 if error else len(result) for result, error in zip(results, errors)], dtype=np.int64)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    boxes = np.concatenate([np.empty((0, 4), np.float32), *(result.boxes for result in good)])
    boxes[:, 2:] -= boxes[:, :2]
    box_offsets = pa.array(np.arange(0, boxes.size + 1, 4, dtype=np.int32))
    detections = pa.StructArray.from_arrays(
        [pa.array(np.concatenate([np.empty(0, np.int32), *(result.class_ids for result in good)])),
         pa.array(itertools.chain.from_iterable(result.names for result in good), pa.string()),
         pa.array(np.concatenate([np.empty(0, np.float32), *(result.confidences for result in good)])),
         pa.ListArray.from_arrays(box_offsets, pa.array(boxes.ravel()))],
        fields=list(_DETECTION))
    missing = pa.array([error is not None for error in errors], pa.bool_())
    return [
        *(pa.array(side, pa.int32()) for side in sizes),
        pa.ListArray.from_arrays(pa.array(offsets), detections, mask=missing),
        pa.array([{"code": error.code, "message": error.message} if error else None for error in errors], _ERROR),
    ]


def pictures_under(place: str) -> list[str]:
    """The picture files of a folder or bucket (a URI) and of the folders below it, sorted."""
    scheme, _, _ = place.rpartition("://")
    files, inside = pa.fs.FileSystem.from_uri(place) if scheme else (pa.fs.LocalFileSystem(), place)
    if files.get_file_info(inside).type != pa.fs.FileType.Directory:
        raise NotFoundError(f"{place}: no such folder")
    prefix = f"{scheme}://" if scheme else ""
    return sorted(prefix + found.path for found in files.get_file_info(pa.fs.FileSelector(inside, recursive=True))
                  if found.is_file and found.path.lower().endswith(PICTURE_ENDINGS))


def remaining(paths: Iterable[str], output: str) -> list[str]:
    """The paths that the Parquet files in `output` don't have yet: those of a job that is started again. Removes files
    that a killed job has left incomplete; nothing else may write there now."""
    scheme, _, _ = output.rpartition("://")
    files, inside = pa.fs.FileSystem.from_uri(output) if scheme else (pa.fs.LocalFileSystem(), output)
    done: set[str] = set()
    for found in files.get_file_info(pa.fs.FileSelector(inside, allow_not_found=True)):
        if not found.path.endswith(".parquet"):
            continue
        try:
            done.update(pa.parquet.read_table(found.path, columns=["path"], filesystem=files)["path"].to_pylist())
        except pa.ArrowInvalid:  # its end is missing
            files.delete_file(found.path)
    return [path for path in paths if path not in done]


def write_jsonl(output: str, file: str | os.PathLike) -> int:
    """Writes the Parquet files in the folder `output` as the command's JSON Lines, sorted by path; returns the number of
    lines. The file is complete or isn't there."""
    table = pa.parquet.read_table(output).sort_by("path")
    partial = pathlib.Path(f"{os.fspath(file)}.partial")
    with partial.open("w", encoding="utf-8") as lines:
        for index, row in enumerate(row for batch in table.to_batches(4096) for row in batch.to_pylist()):
            line: dict[str, Any] = {"index": index, "image": row["path"]}
            if row["error"]:
                line["error"] = row["error"]
            else:
                line |= {"width": row["width"], "height": row["height"], "detections": row["detections"]}
            lines.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
    partial.replace(file)
    return table.num_rows


def _private_folder(folder: pathlib.Path) -> pathlib.Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    state = folder.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.getuid() or state.st_mode & 0o022:
        raise IoError(f"{folder}: isn't a folder that only this user may write to")
    return folder
