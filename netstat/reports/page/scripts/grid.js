// The layers as a tree grid: only the rows in sight are in the page, so that thousands are no more work than thirty.

"use strict";

(() => {
  const {page} = netstat;
  const ROW = 30; // pixels, as in style.css
  const SPARE = 12; // rows above and below those in sight

  class Grid {
    constructor(model, place) {
      this.model = model;
      this.rows = model.rows;
      this.columns = netstat.columnsOf(model);
      this.shown = new Set(page.view.columns || netstat.usualColumns());
      const sort = this.columns.find((column) => column.name === page.view.sort) || null;
      this.state = {flat: false, query: page.view.query, column: sort, descending: Boolean(sort && !sort.left), folded: netstat.foldedAtFirst(this.rows)};
      this.active = -1;
      this.build(place);
      this.refresh();
    }

    build(place) {
      const {element} = page;
      this.head = element("div", {class: "row head", role: "row"});
      this.body = element("div", {class: "body", role: "rowgroup"});
      this.foot = element("div", {class: "row foot", role: "row"});
      this.box = element("div", {
        class: "grid", role: "treegrid", tabindex: "0",
        "aria-label": page.word("layers.label", {model: this.model.profile.model}),
        on: {keydown: (event) => this.key(event), scroll: () => this.later()},
      }, this.head, this.body, this.foot);
      this.body.addEventListener("click", (event) => this.click(event));
      place.append(netstat.toolbar(this), this.box);
      this.columnsChanged();
    }

    visibleColumns() {
      return this.columns.filter((column) => column.name === "path" || this.shown.has(column.name));
    }

    columnsChanged() {
      this.visible = this.visibleColumns();
      const [name, ...others] = this.visible.map((column) => netstat.width(column, this.model));
      this.box.style.setProperty("--columns", [`minmax(${name}ch, 1fr)`, ...others.map((width) => `${width}ch`)].join(" "));
      this.box.style.setProperty("--least", `${others.reduce((sum, width) => sum + width, name)}ch`);
      this.head.replaceChildren(...this.visible.map((column) => this.heading(column)));
      this.foot.replaceChildren(...this.visible.map((column) => page.element("div", {class: column.left ? "left" : "", role: "gridcell"}, this.total(column))));
      this.drawn = null;
      this.later();
    }

    heading(column) {
      const sorted = this.state.column === column;
      const order = !sorted ? "none" : this.state.descending ? "descending" : "ascending";
      const sign = {none: "", descending: " ↓", ascending: " ↑"}[order];
      const button = page.element("button", {type: "button", on: {click: () => this.sort(column)}}, netstat.headingOf(column, this.model) + sign);
      return page.element("div", {role: "columnheader", "aria-sort": order, class: column.left ? "left" : ""}, button);
    }

    total(column) {
      if (column.name === "path") return page.word("layers.total");
      if (column.total) return column.total(this.model);
      const sum = column.sum && column.sum(this.model);
      const exactly = this.model.profile.complete || column.name.endsWith("params") ? "" : "≥";
      return sum === undefined || sum === null ? "" : exactly + page.numbers.exact(sum);
    }

    // First as people want it (the greatest number, the alphabet), then the other way round, then as it was.
    sort(column) {
      const {state} = this;
      const begins = !column.left;
      if (state.column !== column) Object.assign(state, {column, descending: begins});
      else if (state.descending === begins) state.descending = !begins;
      else Object.assign(state, {column: null, descending: false});
      this.head.replaceChildren(...this.visible.map((each) => this.heading(each)));
      this.head.children[this.visible.indexOf(column)].firstChild.focus();
      this.refresh();
    }

    change(changes) {
      Object.assign(this.state, changes);
      this.refresh();
    }

    foldAll(folded) {
      this.change({folded: new Set(folded ? this.rows.filter((row) => row.container).map((row) => row.index) : [])});
    }

    refresh() {
      this.order = netstat.ordered(this.rows, this.state);
      this.at = new Map(this.order.map((index, i) => [index, i]));
      this.box.setAttribute("aria-rowcount", this.order.length + 2);
      this.body.style.setProperty("height", `${Math.max(1, this.order.length) * ROW}px`);
      this.status(this.order.length);
      this.drawn = null;
      this.draw();
    }

    later() {
      if (!this.waiting) this.waiting = requestAnimationFrame(() => this.draw());
    }

    draw() {
      this.waiting = null;
      const first = Math.max(0, Math.floor(this.box.scrollTop / ROW) - SPARE);
      const last = Math.min(this.order.length, Math.ceil((this.box.scrollTop + (this.box.clientHeight || 600)) / ROW) + SPARE);
      const key = `${first} ${last} ${this.active}`;
      if (key === this.drawn) return;
      this.drawn = key;
      const lines = [];
      for (let i = first; i < last; i += 1) lines.push(netstat.line(this, this.rows[this.order[i]], i));
      if (!this.order.length) lines.push(page.element("p", {class: "nothing"}, page.word("layers.nothing")));
      this.body.replaceChildren(...lines);
    }

    // Make a row the active one, in sight.
    go(i, open = false) {
      if (!this.order.length) return;
      const to = Math.max(0, Math.min(i, this.order.length - 1));
      this.active = this.order[to];
      const top = to * ROW;
      const room = this.box.clientHeight - 3 * ROW;
      if (top < this.box.scrollTop) this.box.scrollTop = top;
      else if (top > this.box.scrollTop + room) this.box.scrollTop = top - room;
      this.draw();
      this.box.setAttribute("aria-activedescendant", `row-${this.model.index}-${this.active}`);
      if (open || netstat.drawer.isOpen()) netstat.drawer.show(this.model, this.rows[this.active]);
    }

    fold(row, folded) {
      if (folded) this.state.folded.add(row.index);
      else this.state.folded.delete(row.index);
      this.refresh();
    }

    // A row from elsewhere on the page: unfold what it is in, drop a search that hides it, and open it.
    reveal(row) {
      for (let at = row.parent; at >= 0; at = this.rows[at].parent) this.state.folded.delete(at);
      if (this.state.query) this.clearSearch();
      this.refresh();
      this.go(this.at.get(row.index) ?? 0, true);
      this.box.scrollIntoView({block: "nearest"});
    }

    click(event) {
      const line = event.target.closest("[data-row]");
      if (!line) return;
      const row = this.rows[Number(line.dataset.row)];
      const isFold = event.target.closest(".fold");
      if (isFold) this.fold(row, !this.state.folded.has(row.index));
      this.go(this.at.get(row.index), !isFold);
    }

    key(event) {
      if (event.target !== this.box || event.ctrlKey || event.metaKey || event.altKey) return;
      const act = netstat.keys[event.key];
      if (!act) return;
      event.preventDefault();
      const here = this.at.has(this.active) ? this.at.get(this.active) : -1;
      act(this, here, here < 0 ? null : this.rows[this.active]);
    }
  }

  const page10 = (grid) => Math.max(1, Math.floor(grid.box.clientHeight / ROW) - 3);
  const opens = (grid, row) => row && row.children.length && !grid.state.flat;

  netstat.keys = {
    ArrowDown: (grid, here) => grid.go(here + 1),
    ArrowUp: (grid, here) => grid.go(here - 1),
    PageDown: (grid, here) => grid.go(here + page10(grid)),
    PageUp: (grid, here) => grid.go(here - page10(grid)),
    Home: (grid) => grid.go(0),
    End: (grid) => grid.go(grid.order.length - 1),
    Enter: (grid, here, row) => row && grid.go(here, true),
    " ": (grid, here, row) => opens(grid, row) && grid.fold(row, !grid.state.folded.has(row.index)),
    ArrowRight: (grid, here, row) => {
      if (opens(grid, row) && grid.state.folded.has(row.index)) grid.fold(row, false);
      else if (opens(grid, row)) grid.go(here + 1);
    },
    ArrowLeft: (grid, here, row) => {
      if (opens(grid, row) && !grid.state.folded.has(row.index)) grid.fold(row, true);
      else if (row && row.parent >= 0 && !grid.state.flat) grid.go(grid.at.get(row.parent));
    },
    Escape: () => netstat.drawer.close(),
  };

  netstat.Grid = Grid;
})();
