// The page: its record, its words, and the charts on it.
//
// Scripts are plain ES2020 without modules, put into the page one after the other: vendor/*.js, this file, numbers, other
// files here, charts/*.js. Each is a block of its own and adds what it has to `netstat`. The page allows no inline
// style attribute, no eval and no request: set `element.style.width`, never `setAttribute("style", …)`.
//
// A chart. Its place is made by the template: <figure class="chart" id="chart-NAME-I" data-chart="NAME" data-model="I">
// with a heading, how to read it, an empty box and a table. A file charts/NAME.js registers what goes in there:
//
//   netstat.chart("NAME", {
//     available(model, page) { return true; },   // false: the figure is not shown
//     draw(box, model, page) {},                 // into an empty box of a known width (box.clientWidth > 0)
//     table(model, page) { return {columns: [{heading: "layer", left: true}, {heading: "MACs"}], rows: [["a", "1"]]}; },
//   });
//
// `draw` is called when the box is first seen, and again, with the box emptied, whenever its width or the theme has
// changed: keep what a reader chose in box.dataset. `table` is called when its details are first opened, or printed.
// What it gives are texts, or nodes. NAME: icicle, roofline, time-macs, memory, crosscheck.
// Words: en.toml [chart.NAME] has title, reading, and any others of that chart: page.word("chart.NAME.other", {count}).
// Style: charts/*.css. Colours are custom properties, of which every theme and print have their own, so that what is
// drawn with them (fill: var(--blue)) follows by itself. An <svg> has a viewBox, so that print can make it smaller. Names: --ink --faint --rule --band --paper --accent, and Okabe
// and Ito's --orange --sky --green --blue --vermillion --purple --yellow --grey.
//
// page = {
//   record,                 // the record as `Record.to_dict` gives it, a profile as a report of one model
//   models,                 // see below
//   word(key, values),      // "{count} layers" with values put in; a table {one, many} is chosen from by values.count
//   numbers,                // netstat.numbers: exact, scaled, mebibytes, duration, percent, … as netstat/units.py has them
//   element(tag, attributes, ...children),     // a DOM node; attributes may have `on: {click: f}`, `style: {width: "3px"}`
//   svg(tag, attributes, ...children),         // the same of SVG
//   theme(),                // "light" or "dark"; document hears "netstat:theme" when it changes
//   choose(model, row),     // show the layer of a row in the grid, as a click there does
// }
// model = {
//   index, profile, memory, derivations, derived,     // as in the record
//   rows,                   // the tree in order of execution, containers before what is in them; a row has all that a
//                           // layer of the profile has, and {index, parent (-1: the model), depth, name, container,
//                           // children: [index], layer: index in profile.layers or null, seconds, below}
//                           // seconds: measured, null where nobody did; under `below` it cannot be told from the clock's
//   timed,                  // the benchmark that `seconds` are from, or null
//   roofline,               // the roofline of that benchmark, or null
//   roofs,                  // of that: {flops_per_second, levels: [{name, bytes_per_second}]}, or null
//   drawn,                  // what charts are drawn from: reports/_chart_data.py
// }

"use strict";

(() => {
  const charts = new Map();
  const page = {};

  const text = (value) => String(value).replace(/\p{C}/gu, "");

  const fill = (node, attributes, children) => {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === "on") Object.entries(value).forEach(([event, hear]) => node.addEventListener(event, hear));
      else if (name === "style") Object.entries(value).forEach(([key, each]) => node.style.setProperty(key, each));
      else if (value !== null && value !== undefined && value !== false) {
        node.setAttribute(name, value === true ? "" : value);
      }
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined)
      .map((child) => (child instanceof Node ? child : text(child))));
    return node;
  };

  page.text = text;
  page.element = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
  page.svg = (tag, attributes, ...children) =>
    fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
  page.word = (key, values = {}) => {
    const said = page.words[key] ?? page.words[`${key}.${values.count === 1 ? "one" : "many"}`];
    if (said === undefined) throw new Error(`no word ${key}`);
    return said.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
  };

  globalThis.netstat = {page, charts, chart: (name, chart) => charts.set(name, chart)};
})();
