// A row of the grid as it stands on the page, and how wide its columns are.

"use strict";

(() => {
  const {page} = netstat;
  const MOST = 24; // characters of a text
  const SHARE = 11;

  const longest = (rows, length) => rows.reduce((most, row) => Math.max(most, length(row)), 0);

  // A times sign is wider than a digit, most letters are narrower.
  const wide = (said) => Math.ceil(said.replace(/×/g, "××").length * (said.includes("×") ? 0.95 : 0.88));

  // Of a number the widest is that of the whole model.
  const characters = (column, model) => {
    if (column.width) return column.width;
    if (column.share) return SHARE;
    if (!column.left) return Math.max(7, page.numbers.exact(column.sum(model) || 0).length + 1);
    return Math.min(MOST, longest(model.rows, (row) => wide(column.text(row, model))));
  };

  netstat.headingOf = (column, model) =>
    (column.name === "count" ? `${model.profile.unit} (${model.profile.convention})` : page.word(`column.${column.name}`));

  // In widths of a digit.
  netstat.width = (column, model) => {
    if (column.name === "path") {
      const widest = longest(model.rows, (row) => row.name.length + 2 * row.depth);
      return Math.max(14, Math.min(28, widest + 5));
    }
    return Math.max(characters(column, model), netstat.headingOf(column, model).length + 1) + 2;
  };

  const bar = (column, row, model) => {
    const part = Math.min(1, column.share(row, model));
    const filled = page.element("i", {style: {width: `${100 * part}%`}});
    return page.element("span", {class: "share", "aria-hidden": "true"}, part > 0 ? filled : null);
  };

  const name = (grid, row) => {
    const {flat, folded, query} = grid.state;
    const label = flat ? page.numbers.place(row.path, row.call) : row.name;
    const sign = row.children.length && !flat ? (folded.has(row.index) && !query ? "▸" : "▾") : "";
    const fold = page.element("span", {class: sign ? "fold" : "leaf", "aria-hidden": "true"}, sign);
    const kind = grid.shown.has("op") ? null : page.element("small", {}, row.container ? row.module : row.op);
    const indent = {"padding-left": `${flat ? 0 : 1.15 * row.depth}rem`};
    return page.element("div", {role: "rowheader", class: "left name", title: row.path, style: indent}, fold, page.element("span", {}, label), kind);
  };

  const cell = (column, row, model) =>
    page.element("div", {role: "gridcell", class: column.left ? "left" : ""},
      column.share ? bar(column, row, model) : null, column.text(row, model));

  netstat.line = (grid, row, i) => {
    const isContainer = row.children.length > 0 && !grid.state.flat;
    return page.element("div", {
      class: `row${row.container ? " container" : ""}${row.index === grid.active ? " active" : ""}`,
      role: "row", id: `row-${grid.model.index}-${row.index}`, "data-row": row.index,
      "aria-rowindex": i + 2, "aria-level": grid.state.flat ? 1 : row.depth + 1,
      "aria-selected": row.index === grid.active ? "true" : "false",
      "aria-expanded": isContainer ? String(Boolean(grid.state.query) || !grid.state.folded.has(row.index)) : null,
      style: {top: `${i * 30}px`},
    }, grid.visible.map((column) => (column.name === "path" ? name(grid, row) : cell(column, row, grid.model))));
  };
})();
