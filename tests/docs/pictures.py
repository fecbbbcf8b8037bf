"""Every picture of README.md and docs/, and the page of charts, written by one command: python -m tests.docs.pictures.

Words after it pick pictures: those of commands they occur in; without any, `tests.docs.screens` takes its own as well.
Times in pictures are measured when the command runs, so it wants the machine to itself.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from netstat.registry import CHARTS
from tests.crosschecks import chart as overview
from tests.crosschecks import kept
from tests.docs import screens

DOCS = Path(__file__).parents[2] / "docs"
IMAGES, PAGE = DOCS / "images", DOCS / "charts.md"
PROFILE = "profile alexnet --device cpu"
# Each command, and the charts of it that stand on the page.
COMMANDS = {
    PROFILE: ("macs", "params", "flops", "receptive-field", "roofline", "time", "activation-functions"),
    "benchmark alexnet --device cpu -b 1,2,4,8,16 --threads 1,2 --quick": ("latency-throughput",),
    "benchmark alexnet --device cpu --train -b 8 --quick": ("training-step",),
    "memory resnet18 -b 16": ("memory", "training-memory"),
    "crosscheck resnet152 --against thop,fvcore,torch,ptflops,torchinfo": ("crosscheck", "crosscheck-overview"),
    "compare alexnet vgg16 resnet18 resnet152 mobilenet_v2 densenet121 vit_b_16": (
        *("bubbles", "compared-params", "compared-macs"),
    ),
    "scaling alexnet": ("scaling", "scaling-memory", "scaling-shares"),
    "forecast alexnet --device h100,v100,rtx-4090,xeon-8480 -b 16": ("forecast",),
    "partition alexnet-paper --ways 2 -b 128": ("partition",),
    "pipeline alexnet --device cpu --workers 0,1,2 --quick": ("pipeline",),
    "views vgg16 --sizes 256,384,512": ("views",),
    "activations": ("activations", "activation-times"),
    "ceilings": ("ceilings", "bandwidth"),
}
LEAD = """\
# Charts

Every chart that netstat draws, what makes it, and how to read it. This page and its pictures are written by
`python -m tests.docs.pictures`; times in the pictures are those of the machine that ran it.

```bash
netstat profile alexnet --charts charts        # every chart of a result, each as PNG and SVG
netstat profile alexnet -o alexnet.png         # one picture: the main ones, one above the other
netstat list charts                            # what there is
```

In Python every result that has charts draws them on matplotlib's Axes, a new one or your own; your settings of
matplotlib are left alone:

```python
import netstat
from matplotlib.figure import Figure

left, right = Figure(figsize=(14, 4)).subplots(1, 2)
netstat.profile("alexnet").plot("macs", ax=left)
netstat.profile("vgg16").plot("macs", ax=right)
```

Colours are Okabe and Ito's, which colour-blind readers tell apart. Of a model with more than 64 calls the charts over
layers show modules, each with all that is in it. Names that have no room are left out, never written over each other;
a character that the font lacks is drawn as □.
"""


def page() -> str:
    """docs/charts.md, from what the registry says of each chart."""
    commands = {name: command for command, names in COMMANDS.items() for name in names}
    return LEAD + "".join(_section(name, commands[name]) for name in CHARTS.names())


def _section(name: str, command: str) -> str:
    chart = CHARTS[name]
    calls = f'`netstat {command} --charts charts` · `.plot("{name}")`'
    return f"\n## {chart.title}\n\n{chart.reading}\n\n{calls}\n\n![{chart.title}](images/charts/{name}.png)\n"


def images() -> list[Path]:
    """Every picture there has to be."""
    charts = [IMAGES / "charts" / f"{name}.png" for names in COMMANDS.values() for name in names]
    return [IMAGES / "alexnet.png", kept.CHART, *screens.images(), *charts]


def drawn(command: str, names: tuple[str, ...]) -> Iterator[Path]:
    """Run netstat and keep the pictures of these names, of a profile also the one that README.md shows."""
    with TemporaryDirectory() as folder:
        sheet = f"{folder}/sheet.png"
        words = ["-m", "netstat", *command.split(), "--charts", folder, "-o", sheet, "-q"]
        subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
        for name in names:
            yield Path(copyfile(f"{folder}/{name}.png", IMAGES / "charts" / f"{name}.png"))
        if command == PROFILE:
            yield Path(copyfile(sheet, IMAGES / "alexnet.png"))


def main(words: list[str]) -> None:
    """Write the page, and the pictures that were asked for."""
    (IMAGES / "charts").mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    kept.CHART.write_bytes(overview.png(json.loads(kept.RAW.read_text(encoding="utf-8"))))
    for command, names in COMMANDS.items():
        if not words or any(word in command for word in words):
            for path in drawn(command, names):
                sys.stderr.write(f"{path}\n")
    if not words:
        screens.main([])


if __name__ == "__main__":
    main(sys.argv[1:])
