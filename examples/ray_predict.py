"""Detects objects in all pictures of a folder or bucket, with Ray Data: Parquet files, and JSON Lines at the end.

    python examples/ray_predict.py MODEL PICTURES OUTPUT --workers 2 --cpus 1
    python examples/ray_predict.py MODEL s3://bucket/pictures s3://bucket/found --workers 8 --gpus 1

Started again, it does only what OUTPUT doesn't have yet.
"""

import argparse
import math

import ray

from yolofleet.ray import Predict, pictures_under, remaining, retry_failed_devices, ship, write_jsonl


def at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a folder with .cfg, .weights and .names, on this machine")
    parser.add_argument("pictures", help="a folder or a URI")
    parser.add_argument("output", help="a folder or a URI, for Parquet files")
    parser.add_argument("--workers", type=at_least_one, default=2, help="actors, each with a detector of its own")
    parser.add_argument("--cpus", type=float, default=1, help="CPUs of each worker, and its threads")
    parser.add_argument("--gpus", type=float, default=0, help="GPUs of each worker: 1, or all of a machine")
    parser.add_argument("--batch", type=at_least_one, default=1024, help="pictures that a worker gets at a time")
    parser.add_argument("--engine-cache", default="", help="a folder that all machines share")
    parser.add_argument("--jsonl", help="also write JSON Lines to this file, from OUTPUT")
    return parser.parse_args()


def check_room(workers: int, cpus: float) -> None:
    """Ray would wait for ever, without an error, if the workers left no CPU to write the results."""
    total = ray.cluster_resources().get("CPU", 0)
    if workers * cpus > total - 1:
        raise SystemExit(f"{workers} workers of {cpus:g} CPUs each leave none of the {total:g} CPUs to write the results: "
                         "one is needed. Give --cpus or --workers less, or start Ray with more (ray.init(num_cpus=N))")


def main() -> None:
    given = arguments()
    ray.init(ignore_reinit_error=True)
    check_room(given.workers, given.cpus)
    retry_failed_devices()
    pictures = pictures_under(given.pictures)
    if not pictures:
        raise SystemExit(f"{given.pictures}: no pictures there")
    paths = remaining(pictures, given.output)
    print(f"{len(paths)} pictures to do")
    if paths:
        options = {"threads": max(1, int(given.cpus)), "engine_cache": given.engine_cache}
        dataset = ray.data.from_items([{"path": path} for path in paths],
                                      override_num_blocks=math.ceil(len(paths) / given.batch))
        found = dataset.map_batches(Predict, fn_constructor_kwargs={"model": ship(given.model), **options},
                                    compute=ray.data.ActorPoolStrategy(size=given.workers), num_cpus=given.cpus,
                                    num_gpus=given.gpus, batch_size=given.batch, batch_format="pyarrow")
        found.write_parquet(given.output)
    if given.jsonl:
        print(f"{write_jsonl(given.output, given.jsonl)} lines in {given.jsonl}")


if __name__ == "__main__":
    main()
