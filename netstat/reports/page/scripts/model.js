// The models of the page, from the record and what was given besides.

"use strict";

(() => {
  const alone = (profile) => ({profile, memory: null, derivations: [], derived: [], lacking: []});

  const treeRow = (layers) => (given, index) => {
    const container = given.layer === undefined;
    const figures = container ? {...given.figures, path: given.path, module: given.module, op: "", call: 0} : layers[given.layer];
    const {parent, name, seconds = null, below = 0} = given;
    return {...figures, index, parent, name, container, layer: container ? null : given.layer, seconds, below, children: [], depth: 0};
  };

  const rows = (profile, given) => {
    const made = given.rows.map(treeRow(profile.layers));
    for (const row of made) {
      if (row.parent < 0) continue;
      row.depth = made[row.parent].depth + 1;
      made[row.parent].children.push(row.index);
    }
    return made;
  };

  const at = (list, index) => (index === null ? null : list[index]);

  const model = (reported, given, index) => {
    const {profile} = reported;
    return {
      ...reported, index, rows: rows(profile, given), roofs: given.roofs, drawn: given.drawn,
      timed: at(profile.benchmarks, given.timed), roofline: at(profile.roofline, given.roofline),
    };
  };

  netstat.models = (record, given) =>
    (record.kind === "report" ? record.models : [alone(record)]).map((each, i) => model(each, given.models[i], i));
})();
