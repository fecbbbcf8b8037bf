"""The charts, in the order they are listed in; the first one that a record has is the one `plot()` draws."""

from netstat.reports.charts import (  # noqa: F401, I001  in the order they are listed in
    layers,
    fields,
    latency,
    roofline,
    times,
    training,
    memory,
    crosscheck,
    comparison,
    scaling,
    forecast,
    partition,
    pipeline,
    views,
    activations,
    curves,
    ceilings,
)
