// The layout of the icicle: what each block is worth, and where it stands.

"use strict";

(() => {
  const LEAST = 1; // pixels of width: narrower blocks are drawn together
  const DEEPEST = 12; // levels that are drawn at once

  // What a row is measured by; of containers, only where nothing inside was measured apart.
  const VALUES = {
    params: (row) => Math.max(row.params - (row.repeated_params || 0), 0),
    macs: (row) => row.macs,
    time: (row) => row.seconds || 0,
  };

  // The model's rows as a tree of d3's, each with its `value`: sums of what is inside, so that every figure is there once.
  const tree = (model, measure, rest = "") => {
    const inside = new Map([[-1, []]]);
    for (const row of model.rows) {
      inside.set(row.index, []);
      inside.get(row.parent).push(row);
    }
    const whole = {index: -1, name: model.profile.model, container: true};
    const root = d3.hierarchy(whole, (row) => inside.get(row.index));
    const measured = new Map(); // whether anything in a row has a figure of its own
    root.eachAfter((node) => {
      const below = (node.children || []).some((child) => measured.get(child));
      const own = node.data.index >= 0 ? VALUES[measure](node.data) : 0;
      node.value = below ? node.children.reduce((sum, child) => sum + child.value, 0) : own;
      measured.set(node, below || own > 0);
    });
    if (measure === "time") unattributed(root, model.timed, rest);
    return d3.partition().padding(0)(root);
  };

  // What no layer accounts for is a block beside the others, so that the whole is the whole.
  const unattributed = (root, timed, name) => {
    if (!(timed?.unattributed_seconds > 0)) return;
    const block = d3.hierarchy({index: -2, name, container: false, op: ""});
    Object.assign(block, {parent: root, depth: 1, value: timed.unattributed_seconds});
    root.children = [...(root.children || []), block];
    root.value += block.value;
  };

  // The blocks to draw when `focus` fills the width: [{node, x, width, level}]; runs of too narrow ones are one, `many`.
  const layout = (focus, width) => {
    const blocks = [];
    const scale = width / (focus.x1 - focus.x0);
    const left = (node) => (node.x0 - focus.x0) * scale;
    const descend = (node, level) => {
      blocks.push({node, x: left(node), width: (node.x1 - node.x0) * scale, level});
      const parts = (node.children || []).filter(({value}) => value > 0);
      if (level < DEEPEST) gather(parts, level + 1);
    };
    const gather = (children, level) => {
      let run = null;
      for (const child of children) {
        const wide = (child.x1 - child.x0) * scale;
        if (wide >= LEAST) {
          run = null;
          descend(child, level);
        } else if (run) {
          run.width += wide;
          run.many += 1;
          run.value += child.value;
        } else {
          run = {node: child, x: left(child), width: wide, level, many: 1, value: child.value};
          blocks.push(run);
        }
      }
    };
    descend(focus, 0);
    return blocks.filter((block) => block.width >= LEAST / 2);
  };

  Object.assign(netstat.layouts, {tree, icicle: layout});
})();
