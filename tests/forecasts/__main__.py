"""Write docs/forecast.md anew; with --fit the constants of netstat/analysis/efficiency.toml before."""

import sys

from netstat.analysis.efficiency import efficiencies
from tests.forecasts.constants import FILE, fitted, text
from tests.forecasts.page import PAGE, render

if "--fit" in sys.argv[1:]:
    FILE.write_text(text(fitted()), encoding="utf-8")
    efficiencies.cache_clear()
PAGE.write_text(render(), encoding="utf-8")
