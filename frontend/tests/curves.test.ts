// Values of curves: read, placed, found and walked along, without a browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { along, beside, nearest, readCurves, share, spotOf, type Axes } from "../src/curves/points";

const AXES: Axes = {
  x: { ends: [1, 100], log: true, label: "steps" },
  y: { ends: [-1, 3], log: false, label: "loss" },
  margin: { left: 50, top: 10, right: 30, bottom: 40 },
};
const METAS = [
  { name: "a", colour: "#000000", count: 3 },
  { name: "b", colour: "#ffffff", count: 2 },
];
const NUMBERS = [
  [1, 0, -0.5, 0.5], [10, NaN, NaN, NaN], [100, 2, 1, 3],
  [2, 3, NaN, NaN], [80, -1, NaN, NaN],
].flat();

function read() {
  const bytes = new DataView(new ArrayBuffer(8 * NUMBERS.length + 1));
  NUMBERS.forEach((value, k) => bytes.setFloat64(1 + 8 * k, value, true)); // a view into a message may be unaligned
  return readCurves(METAS, new DataView(bytes.buffer, 1));
}

test("numbers come in rows of x, y and a band", () => {
  const [a, b] = read();
  assert.deepEqual([...a!.x], [1, 10, 100]);
  assert.deepEqual([...a!.high], [0.5, NaN, 3]);
  assert.deepEqual([...b!.y], [3, -1]);
  assert.throws(() => readCurves(METAS, new ArrayBuffer(8)), /do not make 5 values/);
});

test("a value stands where the axes of the chart put it", () => {
  assert.equal(share(10, AXES.x), 0.5);
  assert.equal(share(0, AXES.y), 0.25);
  assert.deepEqual(spotOf(10, 1, 280, 250, AXES), { x: 150, y: 110 });
});

test("the nearest value is one that is there, and within reach", () => {
  const curves = read();
  const spots = curves.map(({ x, y }) => Array.from(x, (value, i) => spotOf(value, y[i]!, 280, 250, AXES)));
  assert.deepEqual(nearest(curves, spots, { x: 52, y: 155 }, 60), [0, 0]);
  assert.deepEqual(nearest(curves, spots, spots[1]![1]!, 60), [1, 1]);
  assert.equal(nearest(curves, spots, { x: 150, y: 110 }, 30), null);
});

test("arrow keys go over gaps, stop at the ends, and change to the value beside on the next curve", () => {
  const curves = read();
  assert.equal(along(curves[0]!, 0, 1), 2);
  assert.equal(along(curves[0]!, 2, 10), 2);
  assert.equal(along(curves[0]!, 2, -Infinity), 0);
  assert.equal(along(curves[0]!, -1, 1), 0, "the first one there is");
  assert.deepEqual(beside(curves, [0, 2], 1, AXES.x), [1, 1]);
  assert.deepEqual(beside(curves, [1, 0], 1, AXES.x), [0, 0], "after the last curve comes the first");
  assert.deepEqual(beside(curves, [0, 0], -1, AXES.x), [1, 0]);
});
