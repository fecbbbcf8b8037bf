// What the charts use of d3, and nothing else: no part of it fetches, evaluates text or animates.
export { bisectRight } from "d3-array";
export { axisBottom, axisLeft } from "d3-axis";
export { hierarchy, partition } from "d3-hierarchy";
export { quadtree } from "d3-quadtree";
export { scaleBand, scaleLinear, scaleLog, scaleSqrt } from "d3-scale";
export { pointer, select } from "d3-selection";
export { area, curveStepAfter, line, stack } from "d3-shape";
