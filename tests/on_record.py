"""What other counters returned for one operator at a time: figures on record, taken from the counters by other hands.

Versions: thop 0.1.1, ultralytics-thop 2.1.6, fvcore 0.1.5, ptflops 0.7.5 (both backends), torchinfo 1.8.0 and its main
branch, calflops 0.3.2 and DeepSpeed (operations and multiply-accumulates each), FlopCounterMode of torch 2.14 on the
CPU as its users run it, torchstat 0.0.7 (both columns). Nothing stands where a tool failed.
"""

import csv
from pathlib import Path


def _read() -> dict[str, dict[str, int]]:
    figures: dict[str, dict[str, int]] = {}
    with (Path(__file__).parent / "on_record.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            case = row.pop("case")
            for tool, figure in row.items():
                if figure:
                    figures.setdefault(tool, {})[case] = int(figure)
    return figures


ON_RECORD = _read()  # tool, then case of tests.one_operator
