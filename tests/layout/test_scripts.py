"""What the scripts say where something is missing."""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_conformance_says_where_there_is_no_corpus(tmp_path):
    run = subprocess.run([ROOT / "scripts" / "conformance"], env={**os.environ, "CORPUS": str(tmp_path)},
                         capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert run.stderr == (f"no conformance corpus in {tmp_path} (CORPUS=FOLDER says where it is): "
                          "nothing was compared\n")
    assert not run.stdout
