// The columns of the layer grid, one line each: a value to sort by, and its text.

"use strict";

(() => {
  const {exact, scaled, duration, percent, shape} = netstat.numbers;

  const again = (row) => row.params > 0 && row.params === row.repeated_params;
  const bound = (row, said) => (row.complete ? said : `≥${said}`);

  const text = (name, value) => ({name, left: true, value, text: (row) => value(row)});
  const sizes = (name) => ({
    name, left: true, value: (row) => (row[name] || []).reduce((product, size) => product * size, 1),
    text: (row) => (row[name] ? shape(row[name]) : "-"),
  });
  const first = (name, key) => ({
    name, left: true, value: (row) => (row[key][0] || []).reduce((product, size) => product * size, 1),
    text: (row) => shape(row[key][0] || []),
  });
  const count = (name) => ({
    name, value: (row) => (row.count === null ? null : row[name]),
    text: (row) => (row.count === null || row[name] === null ? "?" : bound(row, exact(row[name]))),
    sum: (model) => model.profile.totals[name],
  });
  const params = (name) => ({
    name, value: (row) => row[name], sum: (model) => model.profile.totals[name],
    text: (row) => (again(row) ? `(${exact(row[name])})` : exact(row[name])),
  });
  const share = (name, part, whole) => ({
    name, value: part, share: (row, model) => (whole(model) ? (part(row) || 0) / whole(model) : 0),
    text: (row, model) => (part(row) ? percent(part(row), whole(model)) : ""),
  });
  const shareOf = (name) => share(`${name}_share`, (row) => (row.count === null ? null : row[name]), (model) => model.profile.totals[name]);

  const seconds = (row) => (row.below > 0 && row.seconds < row.below ? `< ${duration(row.below)}` : duration(row.seconds));

  netstat.columns = [
    {name: "path", left: true, value: (row) => row.index, text: (row) => row.name},
    text("op", (row) => (row.container ? row.module : row.op)),
    text("module", (row) => row.module),
    first("input_shape", "input_shapes"),
    first("output_shape", "output_shapes"),
    params("params"),
    share("params_share", (row) => (again(row) ? null : row.params - row.repeated_params), (model) => model.profile.totals.params),
    params("trainable_params"),
    ...["macs", "flops", "count", "backward_macs"].flatMap((name) => [count(name), ...(name === "backward_macs" ? [] : [shareOf(name)])]),
    ...["multiplies", "adds", "divides", "compares", "specials", "bytes_read", "bytes_written"].map(count),
    {name: "arithmetic_intensity", value: (row) => row.arithmetic_intensity, width: 10,
      text: (row) => (row.arithmetic_intensity === null ? "-" : scaled(row.arithmetic_intensity))},
    sizes("receptive_field"),
    {name: "time", value: (row) => row.seconds, width: 10, text: (row) => (row.seconds === null ? "" : seconds(row)),
      total: (model) => (model.timed ? duration(model.timed.median_seconds) : "")},
    share("time_share", (row) => row.seconds, (model) => (model.timed ? model.timed.median_seconds : 0)),
  ];

  const has = {
    count: (model) => model.profile.convention !== "documents",
    count_share: (model) => model.profile.convention !== "documents",
    backward_macs: (model) => model.profile.totals.backward_macs !== null,
    time: (model) => model.timed !== null,
    time_share: (model) => model.timed !== null,
  };
  const usual = ["path", "op", "output_shape", "params", "params_share", "macs", "macs_share", "flops", "count", "backward_macs", "time", "time_share"];
  const narrow = ["path", "params", "macs", "time"];

  // The columns a model can have, and those that are shown where nobody has chosen.
  netstat.columnsOf = (model) => netstat.columns.filter((column) => !has[column.name] || has[column.name](model));
  netstat.usualColumns = () => (window.innerWidth < 640 ? narrow : usual);
})();
