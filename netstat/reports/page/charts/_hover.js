// What a pointer or the keyboard is at, said beside it.
//
// netstat.hover(box, page, drawn, marks, {at, keys, first}): marks are in the order that arrow keys go through them, each
//   {x, y, r} or {x, y, width, height}     where it is, in the plot
//   title, lines: () => [[term, value]]    what is said of it
//   chosen                                 called on click and Enter; left out where nothing happens
// at(x, y): the index of the mark there, -1 for none. keys: {ArrowUp: (index) => index, …} besides the usual ones.
// first: the mark that the first key leads to.

"use strict";

(() => {
  const GAP = 12; // pixels between a mark and what is said of it

  const hover = (box, page, drawn, marks, {at, keys = {}, first = 0}) => {
    const tip = page.element("div", {class: "tip", role: "status", hidden: true});
    const ring = page.svg("g", {class: "ring"});
    let current = -1;
    drawn.plot.append(ring);
    box.append(tip);

    const show = (index) => {
      if (index === current) return;
      current = index;
      ring.replaceChildren();
      tip.hidden = index < 0;
      if (index < 0) return;
      const mark = marks[index];
      ring.append(outline(page, mark));
      tip.replaceChildren(...said(page, mark));
      settle(box, drawn, tip, mark);
    };
    const choose = () => marks[current]?.chosen?.();
    const found = (event) => {
      const [x, y] = d3.pointer(event, drawn.plot);
      return at(x, y);
    };
    const press = (event) => {
      if (event.key === "Escape") return show(-1);
      if (event.key === "Enter" || event.key === " ") choose();
      else if (event.key in keys || event.key in STEPS)
        show(current < 0 ? first : step(event.key, current, marks.length, keys));
      else return undefined;
      return event.preventDefault();
    };

    drawn.root.setAttribute("tabindex", "0");
    const listen = (name, hear) => drawn.root.addEventListener(name, hear);
    listen("pointermove", (event) => show(found(event)));
    listen("pointerleave", () => show(-1));
    listen("click", (event) => {
      show(found(event));
      choose();
    });
    listen("keydown", press);
    listen("blur", () => show(-1));
  };

  const STEPS = {
    ArrowRight: (index) => index + 1,
    ArrowDown: (index) => index + 1,
    ArrowLeft: (index) => index - 1,
    ArrowUp: (index) => index - 1,
    Home: () => 0,
    End: (_, count) => count - 1,
  };

  // The mark that a key leads to.
  const step = (key, index, count, keys) => Math.min(Math.max((keys[key] || STEPS[key])(index, count), 0), count - 1);

  const outline = (page, mark) =>
    "width" in mark
      ? page.svg("rect", {x: mark.x, y: mark.y, width: mark.width, height: mark.height})
      : page.svg("circle", {cx: mark.x, cy: mark.y, r: mark.r + 2});

  const said = (page, mark) => [
    page.element("strong", {}, mark.title),
    page.element(
      "dl",
      {},
      mark.lines().flatMap(([term, value]) => [page.element("dt", {}, term), page.element("dd", {}, value)]),
    ),
  ];

  // Beside the mark, on the side with more room, and inside the box.
  const settle = (box, drawn, tip, mark) => {
    const [home, frame] = [box, drawn.root].map((each) => each.getBoundingClientRect());
    const scale = frame.width / drawn.root.viewBox.baseVal.width;
    const x = frame.left - home.left + (drawn.margin.left + mark.x + (mark.width || 0) / 2) * scale;
    const y = frame.top - home.top + (drawn.margin.top + mark.y + (mark.height || 0)) * scale;
    const left = x > box.clientWidth / 2 ? x - tip.offsetWidth - GAP : x + GAP;
    tip.style.setProperty("left", `${Math.max(0, Math.min(left, box.clientWidth - tip.offsetWidth))}px`);
    tip.style.setProperty("top", `${y + GAP}px`);
  };

  // The mark whose middle is nearest, as far as it is within `reach` pixels of its edge.
  const nearest = (marks, reach = 24) => {
    const tree = d3.quadtree(
      marks.map((mark, index) => ({...mark, index})),
      (mark) => mark.x,
      (mark) => mark.y,
    );
    const greatest = Math.max(0, ...marks.map((mark) => mark.r));
    return (x, y) => {
      const mark = tree.find(x, y, greatest + reach);
      return mark && Math.hypot(mark.x - x, mark.y - y) <= mark.r + reach ? mark.index : -1;
    };
  };

  netstat.hover = hover;
  netstat.nearest = nearest;
})();
