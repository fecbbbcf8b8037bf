// Several models: a disc each, by multiply-accumulates and by time, its area the parameters.

"use strict";

(() => {
  const {drawing, logTicks, byteLogTicks, byteText, span, axes, legend} = netstat.plot;
  const COLORS = ["blue", "orange", "green", "purple", "sky", "vermillion", "yellow", "grey"];
  const LARGEST = 34; // pixels of radius: the model with the most parameters
  const DOT = 4;

  const setting = ({device, device_name: name, dtype, batch, threads}) => [device, name, dtype, batch, threads].join();

  // What stands upwards: time, where all models were timed alike; else the peak of memory; else the parameters' bytes.
  const upwards = (models) => {
    const timed = models.every((model) => model.timed);
    if (timed && new Set(models.map((model) => setting(model.timed))).size === 1) return "time";
    return models.every((model) => model.memory) ? "peak" : "param_bytes";
  };

  const VALUES = {
    time: (model) => model.timed.median_seconds,
    peak: (model) => model.memory.inference.peak_bytes,
    param_bytes: (model) => model.profile.totals.param_bytes,
  };

  const counted = (models) => models.filter(({profile}) => profile.totals.macs > 0 && profile.totals.params > 0);

  // Where everything is; the largest first, so that no disc hides a smaller one.
  const layout = (models, width, height) => {
    const measure = upwards(models);
    const value = VALUES[measure];
    const most = Math.max(...models.map(({profile}) => profile.totals.params));
    const x = d3.scaleLog(
      span(
        models.map(({profile}) => profile.totals.macs),
        3,
      ),
      [0, width],
    );
    const y = d3.scaleLog(span(models.map(value), 2.5), [height, 0]);
    const radius = d3.scaleSqrt([0, most], [0, LARGEST]);
    const marks = models.map((model) => ({
      model,
      x: x(model.profile.totals.macs),
      y: y(value(model)),
      r: Math.max(DOT, radius(model.profile.totals.params)),
      color: COLORS[model.index % COLORS.length],
      value: value(model),
    }));
    return {x, y, measure, marks: marks.sort((a, b) => b.r - a.r)};
  };

  const upright = (page, {y, measure}) => {
    const title = page.word(`chart.models.${measure}`);
    if (measure === "time") return {scale: y, ticks: logTicks(...y.domain(), 6), text: page.numbers.duration, title};
    return {scale: y, ticks: byteLogTicks(...y.domain(), 6), text: byteText(page), title};
  };

  const draw = (box, _, page) => {
    const models = counted(page.models);
    const margin = {left: 66, right: 12, top: 26, bottom: 42};
    box.append(legend(page, [["grey", page.word("chart.models.area")]]));
    const drawn = drawing(box, page, {
      height: box.clientWidth < 520 ? 300 : 380,
      margin,
      label: page.word("chart.models.title"),
    });
    const laid = layout(models, drawn.width, drawn.height);
    axes(drawn, page, {
      x: {
        scale: laid.x,
        ticks: logTicks(...laid.x.domain(), Math.floor(drawn.width / 70)),
        text: (value) => page.numbers.scaled(value),
        title: page.word("chart.models.macs"),
      },
      y: upright(page, laid),
    });
    drawn.plot.append(
      ...laid.marks.map(({x, y, r, color}) =>
        page.svg("circle", {class: "mark", cx: x, cy: y, r, style: {"--color": `var(--${color})`}}),
      ),
    );
    const named = laid.marks.map((mark) => ({...mark, text: netstat.labels.fit(mark.model.profile.model, 180)}));
    const frame = {x0: 0, y0: 0, x1: drawn.width, y1: drawn.height};
    netstat.labels.write(drawn.plot, page, netstat.labels.place(named, {frame, most: 40}));
    const marks = laid.marks.map((mark) => ({
      ...mark,
      title: mark.model.profile.model,
      lines: () => lines(page, mark.model),
      chosen: () => page.open(mark.model.index),
    }));
    netstat.hover(box, page, drawn, marks, {at: netstat.nearest(marks)});
  };

  const figures = (page, {profile, memory, timed}) => [
    page.numbers.exact(profile.totals.params),
    page.numbers.exact(profile.totals.macs),
    memory ? page.numbers.mebibytes(memory.inference.peak_bytes) : "-",
    timed ? `${page.numbers.duration(timed.median_seconds)} (${timed.device})` : "-",
  ];
  const heads = (page) => ["params", "macs", "peak", "time"].map((key) => page.word(`chart.models.${key}`));
  const lines = (page, model) => figures(page, model).map((value, index) => [heads(page)[index], value]);

  const table = (_, page) => ({
    columns: [{heading: page.word("chart.models.model"), left: true}, ...heads(page).map((heading) => ({heading}))],
    rows: page.models.map((model) => [model.profile.model, ...figures(page, model)]),
  });

  Object.assign(netstat.layouts, {models: layout});
  netstat.chart("models", {available: (_, page) => counted(page.models).length > 1, draw, table});
})();
