// Numbers to text, as netstat/units.py makes them, to the last digit.

"use strict";

(() => {
  const MANY = 100; // digits that tell a tie from what only looks like one

  // The digits of a positive number and the power of ten of the first one, rounded to `places` digits, ties to even.
  const rounded = (number, places) => {
    const [mantissa, exponent] = number.toExponential(MANY).split("e");
    const digits = mantissa.replace(".", "");
    if (places < 0) return {digits: "0", exponent: Number(exponent)};
    const kept = `0${digits.slice(0, places)}`.split("").map(Number);
    const rest = digits.slice(places);
    const half = "5".padEnd(rest.length, "0");
    if (rest > half || (rest === half && kept[kept.length - 1] % 2)) carry(kept);
    const grown = kept[0] > 0;
    return {digits: kept.slice(grown ? 0 : 1).join(""), exponent: Number(exponent) + (grown ? 1 : 0)};
  };

  const carry = (kept) => {
    for (let i = kept.length - 1; ; i -= 1) {
      kept[i] = (kept[i] + 1) % 10;
      if (kept[i]) return;
    }
  };

  const minus = (number) => (number < 0 || Object.is(number, -0) ? "-" : "");

  // Python's f"{number:.{places}g}".
  const general = (number, places = 4) => {
    if (number === 0) return `${minus(number)}0`;
    const {digits, exponent} = rounded(Math.abs(number), places);
    const all = digits.slice(0, places);
    const short = (text) => (text.includes(".") ? text.replace(/\.?0*$/, "") : text);
    if (exponent < -4 || exponent >= places) {
      const power = `${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
      return `${minus(number)}${short(`${all[0]}.${all.slice(1)}`)}e${power}`;
    }
    const plain = exponent < 0 ? `0.${"0".repeat(-exponent - 1)}${all}` : `${all.slice(0, exponent + 1)}.${all.slice(exponent + 1)}`;
    return minus(number) + short(plain);
  };

  // Python's f"{number:.{decimals}f}".
  const fixed = (number, decimals) => {
    const first = number === 0 ? 0 : Number(Math.abs(number).toExponential().split("e")[1]);
    const {digits, exponent} = number === 0 ? {digits: "0", exponent: 0} : rounded(Math.abs(number), first + 1 + decimals);
    const scaledUp = digits === "" || /^0*$/.test(digits) ? "0" : digits.padEnd(exponent + 1 + decimals, "0");
    const all = scaledUp.padStart(decimals + 1, "0");
    const point = all.length - decimals;
    return `${minus(number)}${all.slice(0, point)}${decimals ? `.${all.slice(point)}` : ""}`;
  };

  const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");

  const exact = (count) =>
    Number.isSafeInteger(count) ? minus(count) + grouped(String(Math.abs(count))) : `≈${scaled(count)}`;

  const prefixed = (number, steps, say) => {
    const step = steps.find(([factor]) => Math.abs(number) >= factor);
    return step ? say(number / step[0], step[1]) : null;
  };

  const SI = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]];
  const scaled = (number, unit = "") =>
    prefixed(number, SI, (value, prefix) => `${general(value)} ${prefix}${unit}`) ?? `${general(number)} ${unit}`.trimEnd();

  const BINARY = [[2 ** 40, "TiB"], [2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"]];
  const mebibytes = (count) =>
    prefixed(count, BINARY, (value, prefix) => `${fixed(value, 2)} ${prefix}`) ?? `${count} B`;

  const duration = (seconds) =>
    prefixed(seconds, [[1, "s"], [1e-3, "ms"], [1e-6, "µs"]], (value, unit) => `${general(value)} ${unit}`) ??
    `${general(seconds / 1e-9)} ns`;

  const percent = (part, whole, decimals = 2) => (whole ? `${fixed((100 * part) / whole, decimals)} %` : "-");

  const signed = (count) => (count ? (count > 0 ? "+" : "") + exact(count) : "0");

  const deviation = (share) => (share ? `${share > 0 ? "+" : ""}${general(100 * share, 3)} %` : "=");

  const often = (perSecond) => (perSecond >= 1000 ? grouped(fixed(perSecond, 0)) : general(perSecond));

  const rate = (perSecond, noun) => `${often(perSecond)} ${noun}/s`;

  const ratio = (times) => (times === 1 ? "=" : `${general(times)}×`);

  const shape = (sizes, times = "×") => (sizes.length ? sizes.join(times) : "()");

  const place = (path, call = 0) => (path || "(model)") + (call ? ` #${exact(call + 1)}` : "");

  netstat.numbers = {general, exact, scaled, mebibytes, duration, percent, signed, deviation, often, rate, ratio, shape, place};
  netstat.page.numbers = netstat.numbers;
})();
