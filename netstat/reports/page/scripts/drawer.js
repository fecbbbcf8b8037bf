// The drawer: what there is to know of one row, and where its figures come from.

"use strict";

(() => {
  const {page} = netstat;
  let box = null;
  let before = null;

  const shapes = (several) => several.map((sizes) => page.numbers.shape(sizes)).join(", ");

  const roof = (model, row) => {
    const found = model.roofline && model.roofline.layers.find((each) => each.path === row.path && each.op === row.op && each.call === row.call);
    if (!found || !found.bound_seconds) return [];
    const known = found.measured_seconds > 0 && found.measured_seconds >= found.below;
    return [["drawer.bound", page.numbers.duration(found.bound_seconds)],
      ...(known ? [["drawer.efficiency", page.numbers.percent(found.bound_seconds, found.measured_seconds)]] : [])];
  };

  const facts = (model, row) => {
    const {exact, scaled, shape} = page.numbers;
    const counts = ["params", "macs", "flops", "bytes_read", "bytes_written"].filter((name) => row.count !== null || name === "params");
    return [
      ["drawer.input", shapes(row.input_shapes)],
      ["drawer.output", shapes(row.output_shapes)],
      ...counts.map((name) => [`figure.${name}`, (row.complete ? "" : "≥") + exact(row[name])]),
      ...(row.arithmetic_intensity === null ? [] : [["drawer.intensity", scaled(row.arithmetic_intensity)]]),
      ...(row.receptive_field ? [["drawer.field", shape(row.receptive_field)]] : []),
      ...(row.seconds === null ? [] : [["drawer.time", netstat.columns.find((column) => column.name === "time").text(row)]]),
      ...(row.container ? [] : roof(model, row)),
    ];
  };

  const derivation = (model, row) => {
    if (row.container) return null;
    const at = model.derived[row.layer];
    const kept = at === null || at === undefined ? null : document.getElementById(`derivation-${model.index}-${at}`);
    if (kept) return page.element("div", {class: "derived"}, kept.querySelector(".content").cloneNode(true));
    return page.element("p", {class: "note"}, page.word(row.count === null ? "drawer.uncounted" : "drawer.none"));
  };

  // A path that may go on in the next line after every dot.
  const broken = (path) => path.split(/(?<=\.)/).flatMap((part) => [part, page.element("wbr", {})]);

  const kind = (row) => [row.op, row.module].filter(Boolean).join(" · ");

  const show = (model, row) => {
    if (box.hidden) before = document.activeElement;
    const close = page.element("button", {type: "button", class: "close", "aria-label": page.word("drawer.close"), title: page.word("drawer.close"), on: {click: hide}}, "×");
    const list = facts(model, row).flatMap(([key, said]) => [page.element("dt", {}, page.word(key)), page.element("dd", {}, said)]);
    box.replaceChildren(
      close,
      page.element("h3", {}, broken(page.numbers.place(row.path, row.call))),
      page.element("p", {class: "inputs"}, kind(row)),
      page.element("dl", {class: "facts"}, list),
      ...[derivation(model, row)].filter(Boolean),
    );
    box.hidden = false;
    box.scrollTop = 0;
  };

  const hide = () => {
    if (box.hidden) return;
    box.hidden = true;
    if (before && !document.activeElement.closest(".grid")) before.focus();
  };

  netstat.drawer = {
    show, close: hide,
    isOpen: () => !box.hidden,
    begin: () => {
      box = document.getElementById("drawer");
      document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
    },
  };
})();
