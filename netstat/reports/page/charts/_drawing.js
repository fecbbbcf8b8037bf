// A drawing in the box of a chart: its size, its ticks, its axes, its legend.

"use strict";

(() => {
  const SMALLEST = 280; // pixels of width
  const SLACK = 1e-9; // of a power of ten that the logarithm misses by a hair

  // An SVG as wide as its box: {root, plot, width, height}, where plot is the group inside the margins, of that size.
  const drawing = (box, page, {height, margin, label}) => {
    const whole = Math.max(box.clientWidth, SMALLEST);
    const plot = page.svg("g", {transform: `translate(${margin.left},${margin.top})`});
    const root = page.svg(
      "svg",
      {class: "drawing", viewBox: `0 0 ${whole} ${height}`, width: whole, height, role: "group", "aria-label": label},
      plot,
    );
    box.append(root);
    return {root, plot, margin, width: whole - margin.left - margin.right, height: height - margin.top - margin.bottom};
  };

  // Ticks of a logarithmic axis, at most `most`: of each power of ten as many as there is room for, or not even each.
  const logTicks = (low, high, most) => {
    const first = Math.floor(Math.log10(low));
    const last = Math.floor(Math.log10(high) + SLACK);
    const powers = Array.from({length: last - first + 1}, (_, i) => 10 ** (first + i));
    const choices = [[1, 2, 5], [1, 3], [1]].map((steps) =>
      inside(
        powers.flatMap((power) => steps.map((step) => step * power)),
        low,
        high,
      ),
    );
    const every = Math.ceil(choices[2].length / most);
    return choices.find((ticks) => ticks.length <= most) || choices[2].filter((_, i) => i % every === 0);
  };

  const inside = (ticks, low, high) => ticks.filter((tick) => tick >= low * (1 - SLACK) && tick <= high * (1 + SLACK));

  // From 0 to `high` in at most `most` steps of a power of two, as bytes are read.
  const byteTicks = (high, most) => {
    const step = 2 ** Math.ceil(Math.log2(Math.max(high / most, 1)));
    return Array.from({length: Math.floor(high / step) + 1}, (_, i) => i * step);
  };

  // The same of a logarithmic axis of bytes, in powers of two.
  const byteLogTicks = (low, high, most) => {
    const [first, last] = [Math.ceil(Math.log2(low)), Math.floor(Math.log2(high))];
    const every = Math.ceil((last - first + 1) / most);
    return Array.from({length: Math.max(last - first + 1, 0)}, (_, i) => 2 ** (first + i)).filter(
      (_, i) => i % every === 0,
    );
  };

  // Bytes of a tick, without decimals that say nothing: "1.50 GiB" is "1.5 GiB".
  const byteText = (page) => (bytes) =>
    page.numbers
      .mebibytes(bytes)
      .replace(/(\.\d*?)0+ /, "$1 ")
      .replace(". ", " ");

  // The ends of a logarithmic axis with some air on both sides.
  const span = (values, air = 2) => [Math.min(...values) / air, Math.max(...values) * air];

  // Grid lines, ticks and titles of both axes. x and y: {scale, ticks, text, title}; an x without ticks has its title.
  const axes = (drawn, page, {x, y}) => {
    const {plot, width, height} = drawn;
    const below = page.svg("g", {class: "axis", transform: `translate(0,${height})`});
    const left = page.svg("g", {class: "axis"});
    plot.append(below, left);
    const ticks = (axis, {ticks: values, text}, size) =>
      axis.tickValues(values).tickFormat(text).tickSizeInner(size).tickSizeOuter(0).tickPadding(6);
    if (x.ticks) d3.select(below).call(ticks(d3.axisBottom(x.scale), x, -height));
    d3.select(left).call(ticks(d3.axisLeft(y.scale), y, -width));
    plot.append(
      page.svg("text", {class: "title", x: width, y: height + (x.ticks ? 34 : 20), "text-anchor": "end"}, x.title),
      page.svg("text", {class: "title", x: -drawn.margin.left, y: -10}, y.title ?? ""),
    );
  };

  // Colours and what they mean: entries of [name of the colour's custom property, words].
  const legend = (page, entries) =>
    page.element(
      "ul",
      {class: "legend"},
      entries.map(([color, words]) => page.element("li", {}, swatch(page, color), words)),
    );

  const swatch = (page, color) =>
    page.svg(
      "svg",
      {width: 12, height: 12, "aria-hidden": true},
      page.svg("circle", {cx: 6, cy: 6, r: 5, class: "mark", style: {"--color": `var(--${color})`}}),
    );

  // Buttons of which one is pressed: choices of [key, words]; `chosen(key)` when another one is.
  const choice = (page, label, choices, current, chosen) =>
    page.element(
      "div",
      {class: "choice", role: "group", "aria-label": label},
      choices.map(([key, words]) =>
        page.element(
          "button",
          {type: "button", "aria-pressed": String(key === current), on: {click: () => chosen(key)}},
          words,
        ),
      ),
    );

  const FAMILIES = {
    convolution: "blue",
    "fully connected": "orange",
    activation: "green",
    pooling: "purple",
    normalisation: "sky",
    "matrix product": "yellow",
    attention: "yellow",
  };
  const colorOf = (family) => FAMILIES[family] || "grey";

  // The legend of points: the families there are, in the order they are listed, all others as one.
  const families = (page, points) => {
    const found = new Set(points.map((point) => point.family));
    const known = Object.keys(FAMILIES).filter((family) => found.has(family));
    const rest = known.length < found.size ? [["grey", page.word("chart.other")]] : [];
    return legend(page, [...known.map((family) => [FAMILIES[family], family]), ...rest]);
  };

  // What devices there are, where there are several: the buttons, and which one is shown.
  const device = (box, page, devices, again) => {
    const shown = Number(box.dataset.device || 0);
    const chosen = (key) => {
      box.dataset.device = key;
      box.replaceChildren();
      again();
    };
    const named = devices.map((each, index) => [index, each.device]);
    if (devices.length > 1) box.append(choice(page, page.word("chart.devices"), named, shown, chosen));
    return devices[shown];
  };

  // Opens the layer of a point in the grid; undefined where it is of no single layer.
  const opener = (model, page, layer) =>
    layer === null
      ? undefined
      : () =>
          page.choose(
            model,
            model.rows.find((row) => row.layer === layer),
          );

  // The table of all points of all devices: heads are [key, words] of what `cells(point, device)` gives.
  const pointTable = (page, devices, heads, cells) => {
    const several = devices.length > 1;
    const rows = devices.flatMap((device) =>
      device.points.map((point) => [
        ...(several ? [device.device] : []),
        page.numbers.place(point.path, point.call),
        ...cells(point, device),
      ]),
    );
    const first = [...(several ? [page.word("chart.device")] : []), page.word("chart.layer")];
    return {
      columns: [...first.map((heading) => ({heading, left: true})), ...heads.map((heading) => ({heading}))],
      rows,
    };
  };

  netstat.layouts = {}; // of every chart, without a drawing
  netstat.plot = {
    drawing,
    logTicks,
    byteTicks,
    byteLogTicks,
    byteText,
    span,
    axes,
    legend,
    choice,
    colorOf,
    families,
    device,
    opener,
    pointTable,
  };
})();
