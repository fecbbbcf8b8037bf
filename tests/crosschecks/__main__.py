"""Ten models against every counter that is installed: measure, keep the figures, write the page and its chart."""

import argparse
import json

from tests.crosschecks import chart, measuring, page
from tests.crosschecks.kept import CHART, PAGE, RAW


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.crosschecks", description=__doc__)
    parser.add_argument("--render", action="store_true", help="write page and chart anew from the kept figures")
    if not parser.parse_args().render:
        RAW.write_text(json.dumps(measuring.measure(), indent=1) + "\n", encoding="utf-8")
    kept = json.loads(RAW.read_text(encoding="utf-8"))
    PAGE.write_text(page.render(kept), encoding="utf-8")
    CHART.write_bytes(chart.png(kept))


main()
