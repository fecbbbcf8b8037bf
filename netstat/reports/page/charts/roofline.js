// The roofline: a point per timed layer, its area the time it takes, under what the machine allows.

"use strict";

(() => {
  const {drawing, logTicks, span, axes, colorOf, families, device, opener, pointTable} = netstat.plot;
  const AREA = 0.045; // of the plot: a layer that takes the whole time
  const DOT = 2.5; // pixels of radius at least: what is there is seen
  const CLOSE = 1.25; // roofs that are not so many times apart share a label

  // Where everything is, in pixels of a plot of this size.
  const layout = (roofline, width, height) => {
    const {points, roofs, flops_per_second: peak} = roofline;
    const ridges = roofs.map((roof) => peak / roof.bytes_per_second);
    const xs = span([...ridges, ...points.map((point) => point.arithmetic_intensity)]);
    const x = d3.scaleLog(xs, [0, width]);
    const y = d3.scaleLog(span([peak, ...points.map((point) => point.flops_per_second)]), [height, 0]);
    const radius = d3.scaleSqrt([0, roofline.seconds], [0, Math.sqrt((AREA * width * height) / Math.PI)]);
    const marks = points.map((point) => ({
      x: x(point.arithmetic_intensity),
      y: y(point.flops_per_second),
      r: Math.max(DOT, radius(point.seconds)),
      point,
    }));
    const slants = roofs.map(({bytes_per_second: rate}) => slant(x, y, rate, peak));
    return {x, y, marks, slants, flat: {x0: x(Math.min(...ridges)), x1: width, y: y(peak)}, names: apart(roofs)};
  };

  // A memory roof from where it enters the plot to its ridge.
  const slant = (x, y, rate, peak) => {
    const from = Math.max(x.domain()[0], y.domain()[0] / rate);
    return {x0: x(from), y0: y(from * rate), x1: x(peak / rate), y1: y(peak)};
  };

  // The labels of the roofs; what lies together has one.
  const apart = (roofs) => {
    const found = [];
    roofs.forEach((roof, index) => {
      const last = found[found.length - 1];
      if (last && roofs[last.index].bytes_per_second < CLOSE * roof.bytes_per_second) last.roofs.push(roof);
      else found.push({index, roofs: [roof]});
    });
    return found;
  };

  const draw = (box, model, page) => {
    const roofline = device(box, page, model.drawn.rooflines, () => draw(box, model, page));
    box.append(families(page, roofline.points));
    const height = box.clientWidth < 520 ? 340 : 460;
    const drawn = drawing(box, page, {
      height,
      margin: {left: 52, right: 8, top: 28, bottom: 42},
      label: page.word("chart.roofline.title"),
    });
    const laid = layout(roofline, drawn.width, drawn.height);
    frame(drawn, page, laid);
    const written = roofs(drawn, page, roofline, laid);
    points(drawn, page, laid, written);
    const marks = laid.marks.map((mark) => ({...mark, ...words(model, page, mark.point, roofline)}));
    netstat.hover(box, page, drawn, marks, {at: netstat.nearest(marks)});
    if (roofline.left_out)
      box.append(page.element("p", {class: "note"}, page.word("chart.roofline.left_out", {count: roofline.left_out})));
  };

  const frame = (drawn, page, {x, y}) => {
    const most = Math.floor(drawn.width / 60);
    axes(drawn, page, {
      x: {
        scale: x,
        ticks: logTicks(...x.domain(), most),
        text: (value) => page.numbers.general(value),
        title: page.word("chart.roofline.x"),
      },
      y: {
        scale: y,
        ticks: logTicks(...y.domain(), 8),
        text: (value) => page.numbers.scaled(value),
        title: page.word("chart.roofline.y"),
      },
    });
  };

  // The roofs and their names; the boxes that the names take.
  const roofs = (drawn, page, roofline, {flat, slants, names, marks}) => {
    const {plot} = drawn;
    plot.append(page.svg("path", {class: "roof", d: `M${flat.x0},${flat.y}H${flat.x1}`}));
    plot.append(
      ...slants.map((line) => page.svg("path", {class: "roof", d: `M${line.x0},${line.y0}L${line.x1},${line.y1}`})),
    );
    const rate = page.numbers.scaled(roofline.flops_per_second, "FLOP/s");
    const said = netstat.labels.first([`${rate} (${roofline.probe})`, rate], flat.x1 - flat.x0);
    plot.append(page.svg("text", {class: "label", x: flat.x1, y: flat.y - 6, "text-anchor": "end"}, said));
    const top = {x0: flat.x0, x1: flat.x1, y0: flat.y - 20, y1: flat.y + 2};
    return [top, ...names.flatMap((name) => along(drawn, page, slants[name.index], name.roofs, marks))];
  };

  // The names of roofs that lie together, along the first of them; the boxes they are in.
  const along = ({plot}, page, line, together, marks) => {
    const all = together.map((roof) => `${roof.name} ${page.numbers.scaled(roof.bytes_per_second, "B/s")}`).join(", ");
    const room = Math.hypot(line.x1 - line.x0, line.y1 - line.y0) - 24;
    const texts = [all, together.map(({name}) => name).join(", "), ""].filter(
      (words) => netstat.labels.width(words) <= room,
    );
    const places = texts.map((words) => netstat.labels.along(line, words, marks));
    const {text, x, y, degrees, boxes} = places.find(({clear}) => clear) || places[0];
    plot.append(page.svg("text", {class: "label", transform: `translate(${x},${y}) rotate(${degrees})`, y: -5}, text));
    return boxes;
  };

  const points = ({plot, width, height}, page, {marks}, written) => {
    plot.append(
      ...marks.map(({x, y, r, point}) =>
        page.svg("circle", {
          class: point.efficiency > 1 ? "mark over" : "mark",
          cx: x,
          cy: y,
          r,
          style: {"--color": `var(--${colorOf(point.family)})`},
        }),
      ),
    );
    const named = marks.map((mark) => ({
      ...mark,
      text: netstat.labels.fit(page.numbers.place(mark.point.path, mark.point.call), 150),
    }));
    const most = width < 400 ? 6 : 12;
    netstat.labels.write(
      plot,
      page,
      netstat.labels.place(named, {frame: {x0: 0, y0: -20, x1: width, y1: height}, taken: written, most}),
    );
  };

  const words = (model, page, point, roofline) => ({
    title: `${page.numbers.place(point.path, point.call)} ${point.op}`,
    lines: () => facts(page, point, roofline).map((value, index) => [heads(page)[index], value]),
    chosen: opener(model, page, point.layer),
  });

  const FACTS = ["intensity", "attainable", "reached", "efficiency", "bound", "time"];
  const facts = (page, point, roofline) => {
    const {general, scaled, duration, percent} = page.numbers;
    return [
      general(point.arithmetic_intensity),
      point.attainable === null ? "-" : scaled(point.attainable, "FLOP/s"),
      scaled(point.flops_per_second, "FLOP/s"),
      point.efficiency === null ? "-" : percent(point.efficiency, 1, 1),
      point.roof === "memory" ? point.level : point.roof,
      `${duration(point.seconds)} (${percent(point.seconds, roofline.seconds, 1)})`,
    ];
  };
  const heads = (page) => FACTS.map((key) => page.word(`chart.roofline.${key}`));

  const table = (model, page) =>
    pointTable(page, model.drawn.rooflines, heads(page), (point, roofline) => facts(page, point, roofline));

  Object.assign(netstat.layouts, {roofline: layout, apart});
  netstat.chart("roofline", {available: (model) => model.drawn.rooflines.length > 0, draw, table});
})();
