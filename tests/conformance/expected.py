"""The corpus' cfg files, and whether each must load or be refused."""

import dataclasses
import json
import pathlib
import subprocess

from corpus import CORPUS, YOLOFLEET

# Of the official cfgs; custom ones are judged in their own size.
SIZE = (320, 320)
LARGER = {"official/cspx-p7-mish.cfg": (384, 384)}  # its largest stride is 128


@dataclasses.dataclass
class Expected:
    name: str
    parameters: int | None  # None: it must be refused
    note: str

    @property
    def cfg(self):
        return CORPUS / "cfg" / self.name

    @property
    def size(self):
        """Width and height to judge at; None: the cfg's own."""
        return LARGER.get(self.name, SIZE) if self.name.startswith("official/") else None


def expected():
    lines = (CORPUS / "cfg" / "expected.tsv").read_text().splitlines()[1:]
    rows = [(line.split("\t") + ["", ""])[:3] for line in lines]
    return [Expected(name, int(count) if count else None, note) for name, count, note in rows]


def loaded(cfg):
    """(parameters, None), or (None, the message of the refusal)."""
    run = subprocess.run([YOLOFLEET, "inspect", "--cfg", cfg, "--json"], capture_output=True, text=True, check=False)
    if run.returncode == 0:
        return json.loads(run.stdout)["parameters"], None
    message = run.stderr.strip().splitlines()[-1]
    return None, message.replace(f"{pathlib.Path(cfg).parent}/", "").removeprefix("yolofleet: ")
