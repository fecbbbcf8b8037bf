// Time against multiply-accumulates: a point per timed layer, and the least time that the arithmetic takes.

"use strict";

(() => {
  const {drawing, logTicks, span, axes, colorOf, families, device, opener, pointTable} = netstat.plot;
  const DOT = 4.5; // pixels of radius
  const STRIP = 46; // pixels beside the axis for layers without MACs
  const CLEAR = 24; // pixels between the strip and the first tick
  const LEAST = 0.002; // of the whole time: shorter layers are not named

  // Where everything is: layers without MACs stand in a strip of their own, side by side from the longest one.
  const layout = (times, width, height) => {
    const [counted, others] = [times.points.filter(({macs}) => macs > 0), times.points.filter(({macs}) => macs === 0)];
    const strip = others.length ? STRIP : 0;
    const x = d3.scaleLog(span(counted.length ? counted.map(({macs}) => macs) : [1, 10]), [strip, width]);
    const y = d3.scaleLog(span(times.points.map(({seconds}) => seconds)), [height, 0]);
    const aside = (index) => strip * (0.2 + 0.6 * ((index * 0.618) % 1)); // spread evenly, the same every time
    const marks = times.points.map((point) => ({
      x: point.macs ? x(point.macs) : aside(others.indexOf(point)),
      y: y(point.seconds),
      r: DOT,
      point,
    }));
    return {x, y, strip, marks, ceiling: ceiling(x, y, times.macs_per_second, height)};
  };

  // The line of the machine's ceiling inside the plot; null where none is known, or where it does not cross.
  const ceiling = (x, y, rate, height) => {
    if (!rate) return null;
    const [low, high] = [x.domain()[0], x.domain()[1]];
    const from = Math.max(low, y.domain()[0] * rate);
    return from < high ? {x0: x(from), y0: Math.min(y(from / rate), height), x1: x(high), y1: y(high / rate)} : null;
  };

  const draw = (box, model, page) => {
    const times = device(box, page, model.drawn.times, () => draw(box, model, page));
    box.append(families(page, times.points));
    const margin = {left: 58, right: 10, top: 26, bottom: 42};
    const drawn = drawing(box, page, {
      height: box.clientWidth < 520 ? 320 : 400,
      margin,
      label: page.word("chart.time-macs.title"),
    });
    const laid = layout(times, drawn.width, drawn.height);
    frame(drawn, page, laid);
    const taken = line(drawn, page, laid, times);
    points(drawn, page, laid, taken, times);
    const marks = laid.marks.map((mark) => ({...mark, ...words(model, page, mark.point, times)}));
    netstat.hover(box, page, drawn, marks, {at: netstat.nearest(marks)});
    if (times.left_out)
      box.append(page.element("p", {class: "note"}, page.word("chart.time-macs.left_out", {count: times.left_out})));
  };

  const frame = (drawn, page, {x, y, strip}) => {
    const clear = (tick) => !strip || x(tick) > strip + CLEAR;
    axes(drawn, page, {
      x: {
        scale: x,
        ticks: logTicks(...x.domain(), Math.floor(drawn.width / 70)).filter(clear),
        text: (value) => page.numbers.scaled(value),
        title: page.word("chart.time-macs.x"),
      },
      y: {
        scale: y,
        ticks: logTicks(...y.domain(), 7),
        text: (value) => page.numbers.duration(value),
        title: page.word("chart.time-macs.y"),
      },
    });
    if (!strip) return;
    drawn.plot.append(
      page.svg("rect", {class: "strip", x: 0, y: 0, width: strip, height: drawn.height}),
      page.svg(
        "text",
        {class: "tick", x: strip / 2, y: drawn.height + 16, "text-anchor": "middle"},
        page.word("chart.time-macs.none"),
      ),
    );
  };

  // The ceiling and its name along the line; the boxes they take.
  const line = ({plot}, page, {ceiling: at, marks}, times) => {
    if (!at) return [];
    const said = page.word("chart.time-macs.ceiling", {rate: page.numbers.scaled(times.macs_per_second, "MAC/s")});
    const text = netstat.labels.fit(said, Math.hypot(at.x1 - at.x0, at.y1 - at.y0) - 24);
    const {x, y, degrees, boxes} = netstat.labels.along(at, text, marks, {back: true});
    plot.append(
      page.svg("path", {class: "roof", d: `M${at.x0},${at.y0}L${at.x1},${at.y1}`}),
      page.svg("text", {class: "label", transform: `translate(${x},${y}) rotate(${degrees})`, y: -5}, text),
    );
    return boxes;
  };

  const points = ({plot, width, height}, page, {marks}, taken, times) => {
    plot.append(
      ...marks.map(({x, y, r, point}) =>
        page.svg("circle", {class: "mark", cx: x, cy: y, r, style: {"--color": `var(--${colorOf(point.family)})`}}),
      ),
    );
    const named = marks
      .filter(({point}) => point.seconds >= LEAST * times.seconds)
      .map((mark) => ({...mark, text: netstat.labels.fit(page.numbers.place(mark.point.path, mark.point.call), 150)}));
    const most = width < 400 ? 6 : 14;
    netstat.labels.write(
      plot,
      page,
      netstat.labels.place(named, {frame: {x0: 0, y0: 0, x1: width, y1: height}, taken, most}),
    );
  };

  const words = (model, page, point, times) => ({
    title: `${page.numbers.place(point.path, point.call)} ${point.op}`,
    lines: () => facts(page, point, times).map((value, index) => [heads(page)[index], value]),
    chosen: opener(model, page, point.layer),
  });

  const heads = (page) => ["macs", "time", "rate"].map((key) => page.word(`chart.time-macs.${key}`));
  const facts = (page, {macs, macs_per_second: rate, seconds}, times) => [
    page.numbers.exact(macs),
    `${page.numbers.duration(seconds)} (${page.numbers.percent(seconds, times.seconds, 1)})`,
    rate ? page.numbers.scaled(rate, "MAC/s") : "-",
  ];

  const table = (model, page) =>
    pointTable(page, model.drawn.times, heads(page), (point, times) => facts(page, point, times));

  Object.assign(netstat.layouts, {"time-macs": layout});
  netstat.chart("time-macs", {available: (model) => model.drawn.times.some(({points}) => points.length), draw, table});
})();
