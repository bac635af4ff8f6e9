"""What everything costs, as one table: ``python -m tests.benchmarks [--short] [--renew]``.

Each figure is the processor's time beside that of a yardstick in the same run: ``figure`` and ``yardstick`` in milliseconds, their
``ratio``, and its ``bar``, twice the ratio on record in ``budget.json``. Ends with 1 where a ratio is above its bar, or has none.
``--short`` takes 100,000 rows instead of a million; CI runs that. ``--renew`` puts what was measured on record: after a change that
was meant to cost more or has made something faster, on a machine that does nothing else. Needs the Telco data and no trained version.
"""

import argparse
import sys

from threadpoolctl import threadpool_limits

from tests.benchmarks.budget import bar, measure, on_record, renew, verdict
from tests.benchmarks.figures import figures

_ROW = "{:<48} {:>10} {:>8} {:>8}  {:<46} {:>10}  {}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--short", action="store_true", help="100,000 rows instead of a million")
    parser.add_argument("--renew", action="store_true", help="put the ratios on record")
    options = parser.parse_args()
    record, ratios, failed = on_record(), {}, False
    print(_ROW.format("", "figure, ms", "ratio", "bar", "yardstick", "its ms", ""), flush=True)
    with threadpool_limits(1):  # threads that wait for each other cost time of the processor too
        for figure in figures(100_000 if options.short else 1_000_000):
            of = measure(figure)
            most, said = bar(of.name, record), verdict(of, record)
            ratios[of.name] = of.ratio
            failed |= said in ("too slow", "not on record")
            shown = f"{1e3 * of.seconds:,.2f}", f"{of.ratio:.2f}", "–" if most is None else f"{most:.2f}"
            print(_ROW.format(of.name, *shown, of.yardstick, f"{1e3 * of.yardstick_seconds:,.2f}", said), flush=True)
    if options.renew:
        renew(ratios)
        return 0
    if failed:
        print("A ratio is above its bar or has none: mend what became slow, or put it on record with --renew and say why.")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
