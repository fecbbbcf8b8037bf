// What stands above the grid: search, tree or list, columns, folding.

"use strict";

(() => {
  const {page} = netstat;

  const button = (key, click, attributes = {}) =>
    page.element("button", {type: "button", on: {click}, ...attributes}, page.word(key));

  const search = (grid) => {
    const field = page.element("input", {
      type: "search", placeholder: page.word("layers.search"), "aria-label": page.word("layers.search"),
      spellcheck: "false", autocomplete: "off", on: {input: () => grid.change({query: field.value})},
    });
    field.value = page.view.query;
    grid.clearSearch = () => {
      field.value = "";
      grid.state.query = "";
    };
    return field;
  };

  // Two buttons of which one is pressed.
  const shape = (grid) => {
    const choose = (flat) => {
      grid.change({flat});
      [tree, list].forEach((each) => each.setAttribute("aria-pressed", String((each === list) === flat)));
    };
    const tree = button("layers.tree", () => choose(false), {"aria-pressed": "true"});
    const list = button("layers.list", () => choose(true), {"aria-pressed": "false"});
    return page.element("div", {class: "either", role: "group", "aria-label": page.word("layers.view")}, tree, list);
  };

  const choice = (grid, column) => {
    const box = page.element("input", {type: "checkbox", on: {change: () => {
      if (box.checked) grid.shown.add(column.name);
      else grid.shown.delete(column.name);
      grid.columnsChanged();
    }}});
    box.checked = grid.shown.has(column.name);
    return page.element("label", {}, box, netstat.headingOf(column, grid.model));
  };

  const columns = (grid) => {
    const choices = grid.columns.filter((column) => column.name !== "path").map((column) => choice(grid, column));
    const menu = page.element("details", {class: "menu"}, page.element("summary", {}, page.word("layers.columns")), page.element("div", {}, choices));
    document.addEventListener("click", (event) => menu.contains(event.target) || menu.removeAttribute("open"));
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      menu.removeAttribute("open");
      menu.firstChild.focus();
    });
    return menu;
  };

  const status = (grid) => {
    const line = page.element("span", {class: "status", role: "status"});
    grid.status = (count) => {
      const {exact} = page.numbers;
      const of = grid.state.flat ? grid.model.profile.layers.length : grid.rows.length;
      line.textContent = count === of ? page.word(`layers.all.${of === 1 ? "one" : "many"}`, {count: exact(of)})
        : page.word("layers.shown", {count: exact(count), of: exact(of)});
    };
    return line;
  };

  netstat.toolbar = (grid) => {
    const deep = grid.rows.some((row) => row.container);
    return page.element("div", {class: "toolbar"}, search(grid), deep ? shape(grid) : null,
      deep ? button("layers.expand", () => grid.foldAll(false)) : null,
      deep ? button("layers.collapse", () => grid.foldAll(true)) : null, columns(grid), status(grid));
  };
})();
