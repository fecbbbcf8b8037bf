// Memory over time: what is alive while each operator runs, kind upon kind, the peak marked; training beside inference.

"use strict";

(() => {
  const {drawing, byteTicks, byteText, axes, choice, legend} = netstat.plot;
  const COLORS = {params: "grey", given: "purple", optimizer: "blue", gradients: "green", saved: "orange", other: "sky"};
  const RESIDENT = ["params", "given", "optimizer"];
  const DENSE = 2; // moments a pixel: more are drawn as the highest of each pixel

  // What is drawn of each pass: levels with their bytes at every moment, and what the record says of these moments.
  const passesOf = (model) =>
    model.drawn.memory.map(({pass, levels}) => {
      const {timeline, peak, peak_bytes, largest} = model.memory[pass];
      const at = (bytes) => (Array.isArray(bytes) ? bytes : timeline.map(() => bytes));
      return {
        pass,
        peak,
        peak_bytes,
        largest: largest || [],
        moments: timeline,
        live: timeline.map(({live_bytes: bytes}) => bytes),
        levels: levels.map(({kind, bytes}) => ({kind, bytes: at(bytes)})),
      };
    });

  // Of more moments than there are pixels for, the one that needs most of each run of them; the peak is among them.
  const kept = (live, most) => {
    const every = Math.ceil(live.length / most);
    const found = [];
    for (let from = 0; from < live.length; from += every) {
      let highest = from;
      for (let i = from; i < Math.min(from + every, live.length); i += 1) if (live[i] > live[highest]) highest = i;
      found.push(highest);
    }
    return found;
  };

  // Where everything is: a band per kind, [[bottom, top] at every kept moment], and the scales.
  const layout = (need, highest, width, height) => {
    const moments = kept(need.live, Math.max(DENSE * width, 1));
    const x = d3.scaleLinear([0, moments.length], [0, width]);
    const y = d3.scaleLinear([0, highest * 1.04], [height, 0]);
    const kinds = need.levels.map(({kind}) => kind);
    const rows = moments.map((at) => Object.fromEntries(need.levels.map(({kind, bytes}) => [kind, bytes[at]])));
    return {x, y, moments, bands: d3.stack().keys(kinds)(rows), peak: moments.indexOf(need.peak)};
  };

  // Runs of one phase: [{phase, from, to}], `to` not included.
  const phases = (need, moments) => {
    const runs = [];
    moments.forEach((at, index) => {
      const {phase} = need.moments[at];
      if (runs.length && runs[runs.length - 1].phase === phase) runs[runs.length - 1].to = index + 1;
      else runs.push({phase, from: index, to: index + 1});
    });
    return runs;
  };

  // A pass without what is there from its beginning to its end.
  const withoutResident = (need) => {
    const [resident, levels] = [true, false].map((is) =>
      need.levels.filter(({kind}) => RESIDENT.includes(kind) === is),
    );
    const always = resident.reduce((sum, {bytes}) => sum + bytes[0], 0);
    return {...need, levels, peak_bytes: need.peak_bytes - always, live: need.live.map((bytes) => bytes - always)};
  };

  const draw = (box, model, page) => {
    const passing = box.dataset.shown === "passing";
    const passes = passing ? passesOf(model).map(withoutResident) : passesOf(model);
    const shown = ["all", "passing"].map((key) => [key, page.word(`chart.memory.shown.${key}`)]);
    const chosen = (key) => {
      box.dataset.shown = key;
      box.replaceChildren();
      draw(box, model, page);
    };
    box.append(choice(page, page.word("chart.memory.shown.label"), shown, passing ? "passing" : "all", chosen));
    const used = Object.keys(COLORS).filter((kind) =>
      passes.some(({levels}) => levels.some((level) => level.kind === kind)),
    );
    box.append(
      legend(
        page,
        used.map((kind) => [COLORS[kind], page.word(`chart.memory.${kind}`)]),
      ),
    );
    const beside = box.clientWidth >= 720 && passes.length > 1;
    const panels = page.element("div", {class: beside ? "panels beside" : "panels"});
    box.append(panels);
    const highest = Math.max(...passes.map((need) => need.peak_bytes));
    for (const need of passes) {
      const place = page.element("div", {class: "panel"});
      panels.append(place);
      panel(place, page, need, passing ? need.peak_bytes : highest);
    }
  };

  const panel = (box, page, need, highest) => {
    const margin = {left: 66, right: 10, top: 52, bottom: 30};
    const label = page.word(`chart.memory.${need.pass}`);
    const drawn = drawing(box, page, {height: 300, margin, label});
    const laid = layout(need, highest, drawn.width, drawn.height);
    scale(drawn, page, laid, highest);
    bands(drawn, page, need, laid);
    seams(drawn, page, need, laid);
    peak(drawn, page, need, laid, label);
    const marks = laid.moments.map((at, index) => mark(page, need, laid, at, index));
    const at = (x) => Math.min(Math.max(Math.floor(laid.x.invert(x)), 0), marks.length - 1);
    netstat.hover(box, page, drawn, marks, {at, first: laid.peak});
  };

  const scale = (drawn, page, {x, y}, highest) => {
    axes(drawn, page, {
      x: {scale: x, title: page.word("chart.memory.x")},
      y: {scale: y, ticks: byteTicks(highest, 5), text: byteText(page)},
    });
  };

  const bands = ({plot}, page, need, {x, y, bands: stacked}) => {
    const shape = d3
      .area()
      .x((_, i) => x(i))
      .y0(([low]) => y(low))
      .y1(([, high]) => y(high))
      .curve(d3.curveStepAfter);
    plot.append(
      ...stacked.map((band) =>
        page.svg("path", {
          class: "band",
          d: shape([...band, band[band.length - 1]]),
          style: {"--color": `var(--${COLORS[band.key]})`},
        }),
      ),
    );
  };

  // A line where each phase begins, and its name where it has room.
  const seams = ({plot, height}, page, need, {x, moments}) => {
    for (const {phase, from, to} of phases(need, moments)) {
      if (from) plot.append(page.svg("path", {class: "seam", d: `M${x(from)},0V${height}`}));
      const room = x(to) - x(from) - 8;
      const words = page.word(`chart.memory.phase.${phase}`);
      if (netstat.labels.width(words) <= room) {
        plot.append(
          page.svg("text", {class: "label", x: (x(from) + x(to)) / 2, y: -6, "text-anchor": "middle"}, words),
        );
      }
    }
  };

  // The pass, its peak, and where that is: two lines above the plot, and a mark on the highest point.
  const peak = ({plot, margin, width}, page, need, {x, y, peak: at}, label) => {
    const {path, op, call} = need.moments[need.peak];
    const where = op ? `${op} · ${page.numbers.place(path, call)}` : "";
    const text = `${label}: ${page.word("chart.memory.peak", {bytes: page.numbers.mebibytes(need.peak_bytes)})}`;
    const [cx, cy] = [(x(at) + x(at + 1)) / 2, y(need.peak_bytes)];
    plot.append(
      page.svg("text", {class: "heading", x: -margin.left, y: -38}, text),
      page.svg("text", {class: "label", x: -margin.left, y: -22}, netstat.labels.fit(where, width + margin.left)),
      page.svg("path", {class: "peak", d: `M${cx},${cy}l-5,-8h10z`}),
    );
  };

  const mark = (page, need, {x, y}, at, index) => ({
    x: (x(index) + x(index + 1)) / 2,
    y: y(need.live[at]),
    r: 3,
    title: name(page, need.moments[at]),
    lines: () => lines(page, need, at),
  });

  const name = (page, {path, op, call}) => `${page.numbers.place(path, call)} ${op}`.trim();

  const lines = (page, need, at) => {
    const {mebibytes} = page.numbers;
    const parts = need.levels
      .filter(({bytes}) => bytes[at])
      .map(({kind, bytes}) => [page.word(`chart.memory.${kind}`), mebibytes(bytes[at])]);
    const largest = at === need.peak ? need.largest.map((piece) => [name(page, piece), mebibytes(piece.nbytes)]) : [];
    const head = largest.length ? [[page.word("chart.memory.largest"), ""]] : [];
    const phase = page.word(`chart.memory.phase.${need.moments[at].phase}`);
    return [
      [page.word("chart.memory.phase.heading"), phase],
      [page.word("chart.memory.alive"), mebibytes(need.live[at])],
      ...parts.reverse(),
      ...head,
      ...largest,
    ];
  };

  // A row per moment; of a pass of very many, those that are drawn at the usual width.
  const table = (model, page) => {
    const rows = passesOf(model).flatMap((need) =>
      kept(need.live, 500).map((at) => [
        page.word(`chart.memory.${need.pass}`),
        page.word(`chart.memory.phase.${need.moments[at].phase}`),
        name(page, need.moments[at]),
        page.numbers.mebibytes(need.live[at]),
      ]),
    );
    const heads = [
      ["pass", true],
      ["phase.heading", true],
      ["operator", true],
      ["alive", false],
    ];
    return {columns: heads.map(([key, left]) => ({heading: page.word(`chart.memory.${key}`), left})), rows};
  };

  Object.assign(netstat.layouts, {memory: layout, passes: passesOf, kept});
  netstat.chart("memory", {available: (model) => model.drawn.memory.length > 0, draw, table});
})();
