// Labels that fit: shortened to the width there is, and set beside points where nothing else stands.

"use strict";

(() => {
  const SIZE = 11; // pixels of a label's text
  const LINE = 14; // and of its line
  const AROUND = [
    [1, 0],
    [-1, 0],
    [0, -1],
    [0, 1],
    [1, -1],
    [-1, -1],
    [1, 1],
    [-1, 1],
  ];
  const STRIDE = 12; // pixels between the places along a line that are looked at
  const MOST = 200; // points that labels are kept off
  const FAR = [3, 14, 28]; // pixels from the edge of a point to its label

  const STEPS = [0.2, 0.4, 0.6, 0.8, 1]; // of the line to a label

  let canvas;
  const width = (text, size = SIZE) => {
    canvas ??= document.createElement("canvas").getContext("2d");
    canvas.font = `${size}px system-ui, sans-serif`;
    return canvas.measureText(text).width;
  };

  // `text`, what is too much taken out of its middle; "" where less than four characters of it would be left.
  const fit = (text, room, measure = width) => {
    if (measure(text) <= room) return text;
    for (let kept = text.length - 1; kept >= 4; kept -= 1) {
      const head = Math.ceil(kept / 2);
      const shorter = `${text.slice(0, head)}…${text.slice(text.length - kept + head)}`;
      if (measure(shorter) <= room) return shorter;
    }
    return "";
  };

  // The first of several wordings that has room; the last one shortened where none has.
  const first = (texts, room, measure = width) =>
    texts.find((text) => measure(text) <= room) ?? fit(texts[texts.length - 1], room, measure);

  const overlap = (a, b) => a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
  const within = (a, frame) => a.x0 >= frame.x0 && a.x1 <= frame.x1 && a.y0 >= frame.y0 && a.y1 <= frame.y1;
  const disc = ({x, y, r}, more = 0) => ({x0: x - r - more, x1: x + r + more, y0: y - r - more, y1: y + r + more});

  // Points whose middle lies in a greater one that comes before share its label; the least of very many have none.
  const together = (points) => {
    const found = [];
    for (const point of points) {
      const shared = found.find(({point: first}) => Math.hypot(first.x - point.x, first.y - point.y) <= first.r + 2);
      if (shared) shared.more += 1;
      else if (found.length < MOST) found.push({point, more: 0});
    }
    return found;
  };

  // Where the labels of the first points stand, greatest first: [{point, text, x, y, box, far}]; x, y are of the text's
  // left end on its middle line. A point that has no room is left without.
  //   points: [{x, y, r, text}]; frame, taken: boxes {x0, y0, x1, y1} to stay in and to stay off; most: labels at most.
  const place = (points, {frame, taken = [], most = 12, measure = width}) => {
    const groups = together(points);
    const occupied = [...taken, ...groups.map(({point}) => disc(point))];
    const placed = [];
    for (const {point, more} of groups.slice(0, most)) {
      const text = more ? `${point.text} +${more}` : point.text;
      const found = spots(point, measure(text)).find(
        (spot) =>
          within(spot.box, frame) &&
          !occupied.some((other) => overlap(spot.box, other)) &&
          !(spot.far && crosses(point, spot.box, groups, taken)),
      );
      if (!found) continue;
      occupied.push(found.box);
      placed.push({point, text, x: found.box.x0, y: (found.box.y0 + found.box.y1) / 2, ...found});
    }
    return placed;
  };

  // Whether the line from a point to its label would run through another point, or through what is in `taken`.
  const crosses = (point, box, groups, taken) => {
    const [x, y] = end(point, box);
    const way = STEPS.map((share) => [point.x + share * (x - point.x), point.y + share * (y - point.y)]);
    return way.some(
      ([atX, atY]) =>
        taken.some((other) => overlap({x0: atX, x1: atX, y0: atY, y1: atY}, other)) ||
        groups.some(({point: other}) => other !== point && Math.hypot(atX - other.x, atY - other.y) < other.r + 2),
    );
  };

  // Where the line to a label ends: the place of its box that is nearest to the point.
  const end = (point, box) => [nearest(point.x, box.x0, box.x1), nearest(point.y, box.y0, box.y1)];
  const nearest = (value, low, high) => Math.min(Math.max(value, low), high);

  // The boxes a label of this width may have around a point, nearest first.
  const spots = ({x, y, r}, wide) =>
    FAR.flatMap((far) =>
      AROUND.map(([right, down]) => {
        const away = (r + far) * (right && down ? Math.SQRT1_2 : 1);
        const x0 = x + right * away - (wide * (1 - right)) / 2;
        const y0 = y + down * away - (LINE * (1 - down)) / 2;
        return {far: far > FAR[0], box: {x0, y0, x1: x0 + wide, y1: y0 + LINE}};
      }),
    );

  // Words along a line, where they touch none of the points (`clear`, where there is such a place): where they begin, the
  // angle, the boxes they and the line take. line: {x0, y0, x1, y1} from left to right; from its end where `back`.
  const along = (line, text, marks, {back = false, measure = width} = {}) => {
    const [wide, high] = [line.x1 - line.x0, line.y1 - line.y0];
    const [long, room] = [Math.hypot(wide, high), measure(text)];
    const at = (reach) => [line.x0 + (reach / long) * wide, line.y0 + (reach / long) * high];
    const strip = (from, to, above) =>
      Array.from({length: Math.max(Math.ceil((to - from) / STRIDE), 0)}, (_, i) => {
        const [x, y] = at(from + STRIDE * i);
        return {x0: x - STRIDE, x1: x + STRIDE / 2, y0: y - above, y1: y + 3};
      });
    const starts = Array.from(
      {length: Math.max(Math.floor((long - room - 2 * STRIDE) / STRIDE), 1)},
      (_, i) => STRIDE * (i + 1),
    );
    const discs = marks.slice(0, MOST).map((mark) => disc(mark));
    const free = (start) =>
      !strip(start, start + room, LINE + 4).some((box) => discs.some((other) => overlap(box, other)));
    const ordered = back ? starts.reverse() : starts;
    const found = ordered.find(free);
    const start = found ?? ordered[0];
    const [x, y] = at(start);
    return {
      text,
      clear: found !== undefined,
      x,
      y,
      degrees: (Math.atan2(high, wide) * 180) / Math.PI,
      boxes: [...strip(0, long, 3), ...strip(start, start + room, LINE + 4)],
    };
  };

  // Draw what `place` found, with a line to the points further away.
  const write = (group, page, placed) => {
    for (const {point, text, x, y, far, box} of placed) {
      const [x2, y2] = end(point, box);
      if (far) group.append(page.svg("line", {class: "leader", x1: point.x, y1: point.y, x2, y2}));
      group.append(page.svg("text", {class: "label", x, y, dy: "0.35em"}, text));
    }
  };

  netstat.labels = {fit, first, place, along, write, together, overlap, width, LINE};
})();
