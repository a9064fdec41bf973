"""How much Ray's way costs a picture: pictures a second of the command and of yolofleet.ray.Predict on the same CPU.

    python bench/ray_bench.py MODEL PICTURES [--pictures 600] [--rounds 3]

The pictures of the folder are used in turn. Start-up isn't counted: Ray's pipeline is timed from the end of each
worker's first batch on, the command by its report.
"""

import argparse
import itertools
import json
import pathlib
import statistics
import tempfile
import time

import ray

import yolofleet
from yolofleet.ray import Predict, pictures_under, ship

BATCH = 20  # pictures


def of_command(model: str, listing: pathlib.Path, threads: int) -> float:
    report = listing.with_suffix(".json")
    ran = yolofleet.run_command("detect", model, f"@{listing}", "--devices", f"cpu:{threads}", "-o", "/dev/null", "--report",
                                report, "--quiet")
    assert ran.returncode == 0, ran.stderr
    done = json.loads(report.read_text())
    return done["pictures"] / done["seconds"]


def of_ray(model: object, paths: list[str], workers: int, threads: int) -> float:
    rows = ray.data.from_items([{"path": path} for path in paths], override_num_blocks=len(paths) // BATCH)
    found = rows.map_batches(Predict, fn_constructor_kwargs={"model": model, "devices": f"cpu:{threads}"},
                             compute=ray.data.ActorPoolStrategy(size=workers), num_cpus=1, batch_size=BATCH,
                             batch_format="pyarrow")
    arrived = [(time.monotonic(), batch.num_rows)
               for batch in found.iter_batches(batch_size=None, batch_format="pyarrow")]
    # The first block of each worker has its start in it.
    seconds = arrived[-1][0] - arrived[workers - 1][0]
    return sum(count for _, count in arrived[workers:]) / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("pictures")
    parser.add_argument("--pictures", dest="count", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    if given.count < 10 * BATCH:
        parser.error(f"--pictures must be at least {10 * BATCH}")
    found = [str(pathlib.Path(path).absolute()) for path in pictures_under(given.pictures)]
    paths = list(itertools.islice(itertools.cycle(found), given.count))
    ray.init(num_cpus=4, log_to_driver=False)
    ray.data.DataContext.get_current().enable_progress_bars = False
    model = ship(given.model)
    rates: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        listing = pathlib.Path(folder) / "list.txt"
        listing.write_text("\n".join(paths) + "\n")
        for _ in range(given.rounds):
            for name, measure in (("command, 1 thread", lambda: of_command(given.model, listing, 1)),
                                  ("Ray, 1 worker of 1 thread", lambda: of_ray(model, paths, 1, 1)),
                                  ("command, 2 threads", lambda: of_command(given.model, listing, 2)),
                                  ("Ray, 2 workers of 1 thread", lambda: of_ray(model, paths, 2, 1)),
                                  ("Ray, 1 worker of 2 threads", lambda: of_ray(model, paths, 1, 2))):
                rates.setdefault(name, []).append(measure())
    for name, values in rates.items():
        print(f"{name}: median {statistics.median(values):.1f} pictures a second ({min(values):.1f} to {max(values):.1f})")


if __name__ == "__main__":
    main()
