// The icicle: a block per module and layer, as wide as its share, its parts below it; one is brought closer by a click.

"use strict";

(() => {
  const {drawing, choice, legend} = netstat.plot;
  const {tree, icicle: layout} = netstat.layouts;
  const ROW = 30; // pixels of height
  const PADDING = 2; // pixels beside a label

  const draw = (box, model, page) => {
    const measures = ["params", "macs", ...(model.timed ? ["time"] : [])];
    const measure = measures.includes(box.dataset.measure)
      ? box.dataset.measure
      : model.profile.totals.macs
        ? "macs"
        : "params";
    const again = () => {
      box.replaceChildren();
      draw(box, model, page);
    };
    const chosen = (key) => {
      box.dataset.measure = key;
      again();
    };
    box.append(
      choice(
        page,
        page.word("chart.icicle.by"),
        measures.map((key) => [key, page.word(`chart.icicle.${key}`)]),
        measure,
        chosen,
      ),
    );
    box.append(
      legend(
        page,
        KINDS.map((key) => [COLORS[key], page.word(`chart.icicle.${key}`)]),
      ),
    );
    const root = tree(model, measure, page.word("chart.icicle.rest"));
    const focus = root.find(({data}) => data.index === Number(box.dataset.focus ?? -1)) || root;
    const zoom = (node) => {
      box.dataset.focus = node.data.index;
      again();
      box.querySelector("svg.drawing").focus();
    };
    if (!root.value) return box.append(page.element("p", {class: "note"}, page.word("chart.icicle.nothing")));
    return stage(box, model, page, {root, focus, measure, zoom});
  };

  const stage = (box, model, page, {root, focus, measure, zoom}) => {
    const above = focus.ancestors().slice(1).reverse();
    const width = Math.max(box.clientWidth, 280);
    const blocks = [
      ...above.map((node, level) => ({node, x: 0, width, level, above: true})),
      ...layout(focus, width).map((block) => ({...block, level: block.level + above.length})),
    ];
    const levels = Math.max(...blocks.map(({level}) => level)) + 1;
    const drawn = drawing(box, page, {
      height: levels * ROW + 2,
      margin: {left: 0, right: 0, top: 1, bottom: 1},
      label: page.word("chart.icicle.title"),
    });
    drawn.plot.append(...blocks.flatMap((block) => shapes(page, block, root.value)));
    const marks = blocks.map((block) => mark(model, page, block, {root, focus, measure, zoom}));
    netstat.hover(box, page, drawn, marks, {at: finder(blocks), keys: keys(blocks)});
    box.append(page.element("p", {class: "note keys"}, page.word("chart.icicle.keys")));
  };

  const KINDS = ["convolution", "linear", "otherwise"];
  const COLORS = {convolution: "blue", linear: "orange", otherwise: "grey", container: "paper"};
  const kind = ({container, op}) => {
    if (container) return "container";
    return op === "linear" ? "linear" : op.startsWith("conv") ? "convolution" : "otherwise";
  };

  const shapes = (page, block, whole) => {
    const {node, x, width, level, many} = block;
    const color = many ? "faint" : COLORS[kind(node.data)];
    const rect = page.svg("rect", {
      class: `block ${block.above ? "above" : many ? "many" : node.data.container ? "module" : ""}`,
      x,
      y: level * ROW,
      width,
      height: ROW,
      style: {"--color": `var(--${color})`},
    });
    const {name, op} = node.data;
    const part = page.numbers.percent(node.value, whole, 1);
    const texts = [...(op ? [`${name} · ${op} · ${part}`] : []), `${name} · ${part}`, name];
    const text = netstat.labels.first(
      many ? [page.word("chart.icicle.some", {count: many}), ""] : texts,
      width - 2 * PADDING,
    );
    return text
      ? [rect, page.svg("text", {class: "label", x: x + PADDING + 1, y: (level + 0.5) * ROW, dy: "0.35em"}, text)]
      : [rect];
  };

  const mark = (model, page, block, {root, measure, zoom, focus}) => {
    const {node, x, width, level, many, value} = block;
    const row = node.data;
    return {
      x,
      y: level * ROW,
      width,
      height: ROW,
      title: many ? page.word("chart.icicle.many", {count: many}) : row.path || row.name,
      lines: () => lines(page, {row, value: value ?? node.value, many}, {root, measure}),
      chosen: chosen(model, page, {node: many ? node.parent : node, focus, zoom}),
    };
  };

  // A module is brought closer, the one that is closest goes back by one, a layer is shown in the grid.
  const chosen = (model, page, {node, focus, zoom}) => {
    if (node.children) return node === focus ? node.parent && (() => zoom(node.parent)) : () => zoom(node);
    return node.data.index >= 0 ? () => page.choose(model, node.data) : undefined;
  };

  const lines = (page, {row, value, many}, {root, measure}) => {
    const figure = measure === "time" ? page.numbers.duration(value) : page.numbers.exact(value);
    const own =
      many || row.index < 0 ? [] : [[page.word("chart.icicle.kind"), row.container ? row.module || "" : row.op]];
    return [
      [page.word(`chart.icicle.${measure}`), figure],
      [page.word("chart.icicle.share"), page.numbers.percent(value, root.value)],
      ...own,
    ];
  };

  // The block at a place: those of a level stand from left to right.
  const finder = (blocks) => {
    const levels = new Map();
    blocks.forEach((block, index) => levels.set(block.level, [...(levels.get(block.level) || []), {...block, index}]));
    return (x, y) => {
      const level = levels.get(Math.floor(y / ROW)) || [];
      const found =
        level[
          d3.bisectRight(
            level.map((block) => block.x),
            x,
          ) - 1
        ];
      return found && x <= found.x + found.width ? found.index : -1;
    };
  };

  // Left and right go through a level, down to what is inside, up to what it is in.
  const keys = (blocks) => {
    const beside = (index, way) => {
      const level = blocks.map((block, at) => ({...block, at})).filter((block) => block.level === blocks[index].level);
      const next = level[level.findIndex(({at}) => at === index) + way];
      return next ? next.at : index;
    };
    const below = (index, way) => {
      const {x, width, level} = blocks[index];
      const middle = x + width / 2;
      const found = blocks.findIndex(
        (block) =>
          block.level === level + way &&
          (way > 0 ? block.x >= x - 0.01 && block.x < x + width : block.x <= middle && middle <= block.x + block.width),
      );
      return found < 0 ? index : found;
    };
    return {
      ArrowRight: (index) => beside(index, 1),
      ArrowLeft: (index) => beside(index, -1),
      ArrowDown: (index) => below(index, 1),
      ArrowUp: (index) => below(index, -1),
    };
  };

  // The modules of the first two levels; the grid has all the others.
  const table = (model, page) => {
    const measures = ["params", "macs", ...(model.timed ? ["time"] : [])];
    const roots = measures.map((measure) => tree(model, measure, page.word("chart.icicle.rest")));
    const values = roots.map((root) => new Map(root.descendants().map((node) => [node.data.index, node.value])));
    const figures = (node) =>
      roots.map((root, at) => {
        const value = values[at].get(node.data.index) ?? 0;
        const text = measures[at] === "time" ? page.numbers.duration(value) : page.numbers.scaled(value);
        return `${text} (${page.numbers.percent(value, root.value, 1)})`;
      });
    const rows = [];
    roots[roots.length - 1].eachBefore((node) => {
      if (node.depth <= 2) rows.push([node.data.path || node.data.name, ...figures(node)]);
    });
    return {
      columns: [
        {heading: page.word("chart.icicle.module"), left: true},
        ...measures.map((key) => ({heading: page.word(`chart.icicle.${key}`)})),
      ],
      rows,
    };
  };

  netstat.chart("icicle", {available: (model) => model.rows.length > 0, draw, table});
})();
