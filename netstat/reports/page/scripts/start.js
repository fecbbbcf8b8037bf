// What happens when the page is there: models, grids and charts are put in their places, and buttons work.

"use strict";

(() => {
  const {page, charts} = netstat;
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const drawings = [];

  page.theme = () => document.documentElement.dataset.theme || (dark.matches ? "dark" : "light");

  const table = (box, {columns, rows}) => {
    const cell = (tag) => (said, i) => page.element(tag, {class: columns[i].left ? "left" : ""}, said);
    const head = page.element("thead", {}, page.element("tr", {}, columns.map((column, i) => cell("th")(column.heading, i))));
    box.replaceChildren(page.element("table", {}, head, page.element("tbody", {}, rows.map((row) => page.element("tr", {}, row.map(cell("td")))))));
  };

  const mount = (figure) => {
    const chart = charts.get(figure.dataset.chart);
    const model = page.models[Number(figure.dataset.model)];
    if (!chart || !chart.available(model, page)) return;
    const [box, details] = [figure.querySelector(".box"), figure.querySelector(".table")];
    let width = 0;
    const draw = () => {
      if (!box.clientWidth) return;
      width = box.clientWidth;
      box.replaceChildren();
      chart.draw(box, model, page);
    };
    figure.hidden = false;
    drawings.push(draw);
    new ResizeObserver(() => box.clientWidth !== width && draw()).observe(box);
    details.addEventListener("toggle", () => {
      if (details.open && !details.querySelector("table")) table(details.querySelector(".scroll"), chart.table(model, page));
    });
  };

  const themes = () => {
    const changed = () => {
      drawings.forEach((draw) => draw());
      document.dispatchEvent(new CustomEvent("netstat:theme", {detail: page.theme()}));
    };
    dark.addEventListener("change", changed);
    document.getElementById("theme").addEventListener("click", () => {
      document.documentElement.dataset.theme = page.theme() === "dark" ? "light" : "dark";
      changed();
    });
  };

  const download = () => {
    const content = new Blob([document.getElementById("record").textContent, "\n"], {type: "application/json"});
    const name = page.models.map((model) => model.profile.model.replace(/[^\w.-]+/g, "-")).join("-") || "report";
    const link = page.element("a", {href: URL.createObjectURL(content), download: `${name.slice(0, 80)}.json`});
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  // One of several models at a time; on paper all of them.
  const tabs = () => {
    const list = document.querySelector(".tabs");
    const articles = [...document.querySelectorAll("article")];
    page.open = () => {};
    if (!list) return;
    const buttons = [...list.children];
    page.open = (chosen) => {
      articles.forEach((article, i) => { article.hidden = i !== chosen; });
      buttons.forEach((button, i) => {
        button.setAttribute("aria-selected", String(i === chosen));
        button.tabIndex = i === chosen ? 0 : -1;
      });
      netstat.drawer.close();
    };
    const selected = () => buttons.findIndex((button) => button.getAttribute("aria-selected") === "true");
    buttons.forEach((button, i) => button.addEventListener("click", () => page.open(i)));
    list.addEventListener("keydown", (event) => {
      const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
      if (!step) return;
      page.open((selected() + step + buttons.length) % buttons.length);
      buttons[selected()].focus();
    });
    window.addEventListener("beforeprint", () => {
      articles.forEach((article) => { article.hidden = false; });
      drawings.forEach((draw) => draw());
    });
    window.addEventListener("afterprint", () => page.open(Math.max(0, selected())));
    list.hidden = false;
    page.open(0);
  };

  const grids = () => {
    const made = page.models.map((model) => {
      const section = document.querySelector(`#model-${model.index} .layers`);
      section.querySelector(".live").hidden = false;
      section.classList.add("scripted");
      return new netstat.Grid(model, section.querySelector(".live"));
    });
    page.choose = (model, row) => {
      page.open(model.index);
      made[model.index].reveal(row);
    };
  };

  const given = read("given");
  page.words = given.words;
  page.view = given.view;
  page.record = read("record");
  page.models = netstat.models(page.record, given);
  document.addEventListener("DOMContentLoaded", () => {
    netstat.drawer.begin();
    document.querySelector(".tools").hidden = false;
    document.getElementById("download").addEventListener("click", download);
    themes();
    tabs();
    grids();
    document.querySelectorAll("figure.chart").forEach(mount);
  });
})();
