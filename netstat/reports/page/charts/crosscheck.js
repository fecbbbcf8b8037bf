// The cross-check as a bill: from our figure, reason by reason, to what each tool says.
//
// A tool's figures are points and its reasons the bars between them, on a scale of that tool's own which need not begin
// at nothing: what differs by a millionth is seen as well as what is twice as much, and no bar is cut.

"use strict";

(() => {
  const AIR = 0.06; // of the width beside the outermost points
  // The steps of one tool: {kind, from, to, amount, term}; the last one's `to` is what the tool says.
  const bill = (check) => {
    const steps = [{kind: "ours", from: check.ours, to: check.ours, amount: check.ours}];
    let at = check.ours;
    for (const term of check.terms) {
      steps.push({kind: "term", from: at, to: at + term.amount, amount: term.amount, term});
      at += term.amount;
    }
    if (check.unexplained) {
      steps.push({kind: "unexplained", from: at, to: at + check.unexplained, amount: check.unexplained});
      at += check.unexplained;
    }
    return [...steps, {kind: check.reported === null ? "predicted" : "reported", from: at, to: at, amount: at}];
  };

  // Where a step is on the tool's scale, as shares of the width: {left, width}.
  const layout = (steps) => {
    const ends = steps.flatMap(({from, to}) => [from, to]);
    const [low, high] = [Math.min(...ends), Math.max(...ends)];
    const share = (value) => (high > low ? AIR + ((1 - 2 * AIR) * (value - low)) / (high - low) : 0.5);
    return steps.map(({from, to}) => ({left: share(Math.min(from, to)), width: Math.abs(share(to) - share(from)), from: share(from)}));
  };

  const draw = (box, model, page) => {
    box.append(...model.profile.crosscheck.map((check) => tool(page, check)));
  };

  const tool = (page, check) => {
    const steps = bill(check);
    const places = layout(steps);
    return page.element("div", {class: "waterfall", role: "group", "aria-label": check.peer},
      page.element("h4", {}, `${check.peer} ${check.version || ""}`.trim(), verdict(page, check)),
      steps.map((step, index) => line(page, check, step, places[index], places[index + 1])));
  };

  const verdict = (page, check) => {
    const key = check.reported === null ? "not_run" : check.unexplained ? "open" : "closed";
    return page.element("span", {class: `state ${key}`}, page.word(`chart.crosscheck.${key}`));
  };

  const line = (page, check, step, place, next) =>
    page.element("div", {class: `rung ${step.kind}`, title: paths(page, step)},
      page.element("span", {class: "why"}, reason(page, check, step)),
      bar(page, step, place, next),
      page.element("span", {class: "amount"}, step.kind === "term" || step.kind === "unexplained" ? page.numbers.signed(step.amount) : page.numbers.exact(step.amount)));

  const reason = (page, check, step) => {
    if (step.kind !== "term") return page.word(`chart.crosscheck.${step.kind}`, {unit: check.unit});
    const {reason: why, issue, paths: where} = step.term;
    const count = where.length === 1 ? page.numbers.place(where[0]) : page.word("chart.crosscheck.layers", {count: where.length});
    return [why, issue ? ` [${issue}]` : "", where.length ? page.element("small", {}, ` ${count}`) : ""];
  };

  const paths = (page, step) => (step.term?.paths.length > 1 ? step.term.paths.map((path) => page.numbers.place(path)).join("\n") : null);

  // A point or a bar, and the thread down to where the next step begins.
  const bar = (page, step, {left, width}, next) => {
    const percent = (share) => `${100 * share}%`;
    const ends = step.kind !== "term" && step.kind !== "unexplained";
    const mark = ends
      ? page.svg("circle", {class: "end", cx: percent(left), cy: "50%", r: 5})
      : page.svg("rect", {class: step.amount < 0 ? "less" : "more", x: percent(left), y: "20%", width: percent(width), height: "60%"});
    const thread = next ? page.svg("line", {class: "thread", x1: percent(next.from), x2: percent(next.from), y1: "50%", y2: "100%"}) : null;
    const above = ends && step.kind === "ours" ? null : page.svg("line", {class: "thread", x1: percent(start(step, left, width)), x2: percent(start(step, left, width)), y1: "0%", y2: "50%"});
    const drawn = page.svg("svg", {width: "100%", height: "100%", "aria-hidden": true}, thread, above, mark);
    return page.element("span", {class: "bar"}, drawn);
  };

  const start = (step, left, width) => (step.amount < 0 && step.kind === "term" ? left + width : left);

  const table = (model, page) => {
    const rows = model.profile.crosscheck.flatMap((check) => bill(check).map((step, index) => [
      index ? "" : check.peer, step.term ? step.term.reason : page.word(`chart.crosscheck.${step.kind}`, {unit: check.unit}),
      step.term || step.kind === "unexplained" ? page.numbers.signed(step.amount) : page.numbers.exact(step.amount),
    ]));
    const columns = [["tool", true], ["figure", true], ["amount", false]];
    return {columns: columns.map(([key, left]) => ({heading: page.word(`chart.crosscheck.${key}`), left})), rows};
  };

  Object.assign(netstat.layouts, {bill, crosscheck: layout});
  netstat.chart("crosscheck", {available: (model) => Boolean(model.profile.crosscheck?.length), draw, table});
})();
