// Which rows of a tree are shown, and in what order. Nothing here knows of a page.

"use strict";

(() => {
  // Rows that have every word of the query, or of one of its alternatives (a b | c), in path, operator or class.
  const found = (rows, query) => {
    const alternatives = query.toLowerCase().split("|").map((words) => words.split(/\s+/).filter(Boolean)).filter((words) => words.length);
    if (!alternatives.length) return null;
    const hits = new Set();
    for (const row of rows) {
      row.said ??= `${row.path} ${row.name} ${row.op} ${row.module}`.toLowerCase();
      if (alternatives.some((words) => words.every((word) => row.said.includes(word)))) hits.add(row.index);
    }
    return hits;
  };

  const withAncestors = (rows, hits) => {
    const kept = new Set(hits);
    for (const index of hits) {
      for (let at = rows[index].parent; at >= 0 && !kept.has(at); at = rows[at].parent) kept.add(at);
    }
    return kept;
  };

  const texts = new Intl.Collator("en", {numeric: true});
  const compared = (one, other) => (typeof one === "string" ? texts.compare(one, other) : one - other);

  // Indices by a column's value; what is not known comes last either way.
  const sorted = (indices, rows, column, descending) => {
    if (!column) return indices;
    const keyed = indices.map((index) => [column.value(rows[index]), index]);
    keyed.sort(([one, i], [other, j]) => {
      if (one === null || other === null) return (one === null) - (other === null) || i - j;
      return (descending ? compared(other, one) : compared(one, other)) || i - j;
    });
    return keyed.map(([, index]) => index);
  };

  const below = (rows, state, kept) => {
    const out = [];
    const visit = (indices) => {
      for (const index of sorted(indices, rows, state.column, state.descending)) {
        if (kept && !kept.has(index)) continue;
        out.push(index);
        if (rows[index].children.length && (kept || !state.folded.has(index))) visit(rows[index].children);
      }
    };
    visit(rows.filter((row) => row.parent < 0).map((row) => row.index));
    return out;
  };

  // Indices of the rows to show. state: {flat, query, column or null, descending, folded: Set of indices}.
  netstat.ordered = (rows, state) => {
    const hits = found(rows, state.query);
    if (!state.flat) return below(rows, state, hits && withAncestors(rows, hits));
    const taken = rows.filter((row) => !row.container && (!hits || hits.has(row.index))).map((row) => row.index);
    return sorted(taken, rows, state.column, state.descending);
  };

  // The containers that are folded at first, so that a reader begins with a page of rows.
  netstat.foldedAtFirst = (rows, most = 120, begin = 60) => {
    if (rows.length <= most) return new Set();
    const deep = (level) => rows.filter((row) => row.depth <= level).length;
    let level = 0;
    while (deep(level + 1) <= begin) level += 1;
    return new Set(rows.filter((row) => row.container && row.depth >= level).map((row) => row.index));
  };
})();
