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
    return steps.map(({from, to}) => ({
      left: share(Math.min(from, to)),
      width: Math.abs(share(to) - share(from)),
      from: share(from),
    }));
  };

  const draw = (box, model, page) => {
    box.append(...model.profile.crosscheck.map((check) => tool(page, check)));
  };

  const tool = (page, check) => {
    const steps = bill(check);
    const places = layout(steps);
    return page.element(
      "div",
      {class: "waterfall", role: "group", "aria-label": check.peer},
      page.element("h4", {}, `${check.peer} ${check.version || ""}`.trim(), verdict(page, check)),
      steps.map((step, index) => line(page, check, step, places[index], places[index + 1])),
    );
  };

  const verdict = (page, check) => {
    const key = check.reported === null ? "not_run" : check.unexplained ? "open" : "closed";
    return page.element("span", {class: `state ${key}`}, page.word(`chart.crosscheck.${key}`));
  };

  const isTotal = ({kind}) => kind !== "term" && kind !== "unexplained";
  const amount = (page, step) => (isTotal(step) ? page.numbers.exact(step.amount) : page.numbers.signed(step.amount));

  const line = (page, check, step, place, next) =>
    page.element(
      "div",
      {class: `rung ${step.kind}`},
      page.element("span", {class: "why"}, reason(page, check, step)),
      bar(page, step, place, next),
      page.element("span", {class: "amount"}, amount(page, step)),
    );

  const said = (page, check, {kind, term}) => term?.reason ?? page.word(`chart.crosscheck.${kind}`, {unit: check.unit});

  const reason = (page, check, step) => {
    const {issue = "", paths = []} = step.term || {};
    return [said(page, check, step), issue ? ` [${issue}]` : "", ...places(page, paths)];
  };

  // The layers a rule is about: the only one, or how many, which lists them when it is opened.
  const places = (page, paths) => {
    if (paths.length < 2) return paths.map((path) => page.element("small", {}, ` ${page.numbers.place(path)}`));
    const count = page.element("summary", {}, page.word("chart.crosscheck.layers", {count: paths.length}));
    return [page.element("details", {}, count, paths.map((path) => page.numbers.place(path)).join(", "))];
  };

  // A point or a bar, and the threads from the step above and to the one below.
  const bar = (page, step, {left, width, from}, next) => {
    const percent = (share) => `${100 * share}%`;
    const thread = (share, y1, y2) =>
      page.svg("line", {class: "thread", x1: percent(share), x2: percent(share), y1: `${y1}%`, y2: `${y2}%`});
    const mark = isTotal(step)
      ? page.svg("circle", {class: "end", cx: percent(left), cy: "50%", r: 5})
      : page.svg("rect", {
          class: step.amount < 0 ? "less" : "more",
          x: percent(left),
          y: "20%",
          width: percent(width),
          height: "60%",
        });
    const threads = [step.kind === "ours" ? null : thread(from, 0, 50), next ? thread(next.from, 50, 100) : null];
    return page.element(
      "span",
      {class: "bar"},
      page.svg("svg", {width: "100%", height: "100%", "aria-hidden": true}, threads, mark),
    );
  };

  const table = (model, page) => {
    const rows = model.profile.crosscheck.flatMap((check) =>
      bill(check).map((step, index) => [index ? "" : check.peer, said(page, check, step), amount(page, step)]),
    );
    const heads = ["tool", "figure", "amount"].map((key) => page.word(`chart.crosscheck.${key}`));
    return {columns: heads.map((heading, index) => ({heading, left: index < 2})), rows};
  };

  Object.assign(netstat.layouts, {bill, crosscheck: layout});
  netstat.chart("crosscheck", {available: (model) => Boolean(model.profile.crosscheck?.length), draw, table});
})();
