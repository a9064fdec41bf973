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
import posixpath
import re
import shutil
import stat
import tempfile
import urllib.parse
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
from .errors import DeviceError, Error, InvalidArgumentError, IoError, MismatchError, NotFoundError
from .options import Options
from .results import Result

_DETECTION = pa.struct([("class_id", pa.int32()), ("label", pa.string()), ("confidence", pa.float32()),
                        ("box", pa.list_(pa.float32()))])
_ERROR = pa.struct([("code", pa.string()), ("message", pa.string())])
#: The columns that Predict adds. `box` is x, y, width and height in pixels; x and y are its left and top edges.
#: `error` is null, or `detections` is.
SCHEMA = pa.schema([("width", pa.int32()), ("height", pa.int32()), ("detections", pa.list_(_DETECTION)),
                    ("error", _ERROR)])

#: In the text of each DeviceError that Predict raises: Ray looks for it there.
_DEVICE_FAILED = "a device failed: "

#: The end of the names of the files that Ray writes: "..._000012-0.parquet".
_NAME_BY_RAY = re.compile(r"_\d{6}(-\d+)?\.parquet$")

PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".jfif", ".jpe")


@dataclass(frozen=True)
class ModelFiles:
    """The files of a model, by name, as they travel to other machines."""

    files: dict[str, bytes]

    @classmethod
    def read(cls, folder: str | os.PathLike[str]) -> ModelFiles:
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
        if self._is_in(folder):
            return folder
        if folder.is_dir():  # somebody has removed or cut files
            folder.rename(tempfile.mkdtemp(dir=root))
        fresh = pathlib.Path(tempfile.mkdtemp(dir=root))
        for name, content in self.files.items():
            (fresh / pathlib.Path(name).name).write_bytes(content)
        try:
            fresh.rename(folder)
        except OSError:  # another process was first
            shutil.rmtree(fresh, ignore_errors=True)
            if not self._is_in(folder):
                raise
        return folder

    def _is_in(self, folder: pathlib.Path) -> bool:
        sizes = {path.name: path.stat().st_size for path in folder.iterdir()} if folder.is_dir() else {}
        return all(sizes.get(pathlib.Path(name).name) == len(content) for name, content in self.files.items())


def ship(folder: str | os.PathLike[str]) -> Any:
    """Puts a model's files into Ray's object store, for `Predict`: they travel once to each machine."""
    import ray

    return ray.put(ModelFiles.read(folder))


class Predict:
    """A class for `Dataset.map_batches(..., batch_format="pyarrow")`: each actor opens a Detector.

    A batch has a column `path` (a file, or a URI of a file system that pyarrow knows, such as s3://) or `bytes` (the
    content of picture files). It returns the batch without `bytes` and with the columns of SCHEMA, one row for each
    picture in their order. A picture that can't be read is a row with an error. A device that fails raises a DeviceError;
    the next batch opens the devices again. Ray tries the batch again if `retry_failed_devices` was called; else the job
    ends with the error.
    """

    def __init__(self, model: Any, *, read_threads: int = 16, **options: Unpack[Options]) -> None:
        """`model`: what `ship` returned, or a folder that every machine has. `read_threads`: files read at a time.
        `options`: see Options. With num_gpus=1 Ray shows the actor one GPU, and devices="auto" uses it; with all GPUs of
        a machine it uses all of them."""
        if not isinstance(model, (str, os.PathLike, ModelFiles)):
            import ray

            model = ray.get(model)
        self._folder = model.unpack() if isinstance(model, ModelFiles) else model
        self._options = options
        self._detector: Detector | None = Detector(self._folder, **options)
        self._threads = ThreadPoolExecutor(read_threads, "read")
        self._ahead = 2 * read_threads

    def __call__(self, batch: pa.Table) -> pa.Table:
        """The batch with its detections."""
        if "bytes" in batch.column_names:
            pictures: Iterable[bytes | Error] = (_given(value.as_py(), "bytes") for value in batch.column("bytes"))
            batch = batch.drop_columns(["bytes"])
        elif "path" in batch.column_names:
            pictures = self._read_ahead(batch.column("path").to_pylist())
        else:
            raise ValueError(f"a batch has the columns {', '.join(batch.column_names)}; it needs path or bytes")
        try:
            self._detector = self._detector or Detector(self._folder, **self._options)
            found = columns_of(list(self._results(self._detector, pictures)))
        except DeviceError as error:
            if self._detector:
                self._detector.close()
                self._detector = None
            raise DeviceError(_DEVICE_FAILED + error.message, error.warnings) from error
        batch = batch.drop_columns([name for name in SCHEMA.names if name in batch.column_names])
        for name, column in zip(SCHEMA.names, found):
            batch = batch.append_column(SCHEMA.field(name), column)
        return batch

    def _read_ahead(self, paths: list[str | None]) -> Iterator[bytes | Error]:
        waiting: deque[Future[bytes | Error]] = deque()
        rest = iter(paths)
        while True:
            for path in itertools.islice(rest, self._ahead - len(waiting)):
                waiting.append(self._threads.submit(read_file, path))
            if not waiting:
                return
            yield waiting.popleft().result()

    @staticmethod
    def _results(detector: Detector, pictures: Iterable[bytes | Error]) -> Iterator[Result | Error]:
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

        results = {result.tag: result for result in detector.stream(readable())}
        for place in range(count):
            result = failed[place] if place in failed else results[place]
            if isinstance(result, Result) and isinstance(result.error, DeviceError):
                raise result.error
            yield result


def retry_failed_devices(times: int = 3) -> None:
    """Has Ray Data try a batch again in which a device failed, up to `times` times. Call it in the driver, before the
    dataset is made."""
    import ray

    context = ray.data.DataContext.get_current()
    patterns = context.retried_map_errors
    if patterns is not True:
        context.retried_map_errors = [*(patterns or []), _DEVICE_FAILED]
    context.max_map_retries = max(context.max_map_retries, times)


def _given(value: Any, column: str) -> Any:
    return InvalidArgumentError(f"the column {column} is null") if value is None else value


def read_file(path: str | None) -> bytes | Error:
    """The bytes of a file, or the error in their place. `path`: a file or a URI."""
    if path is None:
        return InvalidArgumentError("the column path is null")
    try:
        if "://" in path:
            files, inside = pa.fs.FileSystem.from_uri(path)
        else:
            files, inside = pa.fs.LocalFileSystem(), path
        with files.open_input_stream(inside) as stream:
            return stream.read()
    except FileNotFoundError:
        return NotFoundError(f"{path}: no such file")
    except (OSError, ValueError, pa.ArrowException) as error:
        return IoError(f"{path}: {' '.join(str(error).split())}")


def columns_of(results: list[Result | Error]) -> list[pa.Array]:
    """The columns of SCHEMA."""
    errors = [result if isinstance(result, Error) else result.error for result in results]
    found = [None if isinstance(result, Error) or result.error else result for result in results]
    good = [result for result in found if result is not None]
    sizes = [[None if result is None else getattr(result, side) for result in found] for side in ("width", "height")]
    lengths = np.array([0 if result is None else len(result) for result in found], dtype=np.int64)
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
    files, inside = _file_system(place)
    if files.get_file_info(inside).type != pa.fs.FileType.Directory:
        raise NotFoundError(f"{place}: no such folder")
    try:
        all_files = files.get_file_info(pa.fs.FileSelector(inside, recursive=True))
    except UnicodeDecodeError as error:
        raise InvalidArgumentError(f"{place}: the name of a file in it isn't UTF-8: {error.object!r}") from None
    pictures = [found.path for found in all_files if found.is_file and found.path.lower().endswith(PICTURE_ENDINGS)]
    if "://" in place:
        scheme = place.partition("://")[0]
        pictures = [f"{scheme}://{urllib.parse.quote(path)}" for path in pictures]
    return sorted(pictures)


def _file_system(place: str) -> tuple[pa.fs.FileSystem, str]:
    """The file system of a path or URI, and the path in it."""
    return pa.fs.FileSystem.from_uri(place) if "://" in place else (pa.fs.LocalFileSystem(), place)


def _same_file(path: str) -> str:
    """The same text for each spelling of a file's name."""
    if "://" not in path:
        return os.path.abspath(path)
    scheme, _, inside = path.partition("://")
    inside = urllib.parse.unquote(inside)
    return os.path.abspath(inside) if scheme == "file" else f"{scheme}://{posixpath.normpath(inside)}"


def remaining(paths: Iterable[str], output: str) -> list[str]:
    """The paths that the Parquet files in `output` don't have yet: those of a job that is started again. Removes Parquet
    files that a killed job has left incomplete: those with names as Ray gives them, at whose end something is missing.
    Nothing else may write there now. Raises MismatchError, and removes nothing, if a Parquet file there isn't one of such
    a job."""
    files, inside = _file_system(output)
    done: set[str] = set()
    incomplete: list[str] = []
    for found in files.get_file_info(pa.fs.FileSelector(inside, allow_not_found=True)):
        if found.path.endswith(".parquet"):
            try:
                schema = pa.parquet.read_schema(found.path, filesystem=files)
            except pa.ArrowInvalid:  # its end is missing
                if not _NAME_BY_RAY.search(found.path):
                    raise MismatchError(f"{found.path}: isn't a Parquet file of such a job; give the output a folder of "
                                        "its own") from None
                incomplete.append(found.path)
                continue
            if "path" not in schema.names or "detections" not in schema.names:
                raise MismatchError(f"{found.path}: has no detections; give the output a folder of its own")
            rows = pa.parquet.read_table(found.path, columns=["path"], filesystem=files)
            done.update(_same_file(path) for path in rows["path"].to_pylist() if path is not None)
    for path in incomplete:
        files.delete_file(path)
    return [path for path in paths if _same_file(path) not in done]


def write_jsonl(output: str, file: str | os.PathLike[str]) -> int:
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
                found = [one | {"confidence": _short(one["confidence"]), "box": [_short(side) for side in one["box"]]}
                         for one in row["detections"]]
                line |= {"width": row["width"], "height": row["height"], "detections": found}
            lines.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
    partial.replace(file)
    return table.num_rows


def _short(number: float) -> float:
    """A float32 with the digits that it needs, as the command writes it."""
    return float(str(np.float32(number)))


def _private_folder(folder: pathlib.Path) -> pathlib.Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    state = folder.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.getuid() or state.st_mode & 0o022:
        raise IoError(f"{folder}: isn't a folder that only this user may write to")
    return folder
