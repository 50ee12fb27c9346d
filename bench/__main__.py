"""``python -m bench [name ...]``: measures what is named, or everything."""

import argparse
from collections.abc import Callable

from bench import (
    batch,
    due_dates,
    ndjson,
    pages,
    patterns,
    publishing,
    rebuild,
    reports,
    servers,
    single_post,
    slow_clients,
    verify,
)
from bench.figures import Figure, table

BENCHES: dict[str, Callable[[], list[Figure]]] = {
    "due_dates": due_dates.measure,
    "single_post": single_post.measure,
    "batch": batch.measure,
    "ndjson": ndjson.measure,
    "reports": reports.measure,
    "pages": pages.measure,
    "ten_million": reports.measure_ten_million,
    "publishing": publishing.measure,
    "verify": verify.measure,
    "rebuild": rebuild.measure,
    "slow_clients": slow_clients.measure,
    "patterns": patterns.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(BENCHES))
    names = parser.parse_args().names or list(BENCHES)
    if unknown := set(names) - set(BENCHES):
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    servers.keep_to_two_cores()
    figures = []
    for name in names:
        print(f"\n{name}: {BENCHES[name].__module__}", flush=True)
        figures += BENCHES[name]()
    print(f"\n{table(figures)}")


if __name__ == "__main__":
    main()
