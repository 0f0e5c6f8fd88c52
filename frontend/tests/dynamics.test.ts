import assert from "node:assert/strict";
import { test } from "node:test";
import { fraction, labels, moves } from "../src/views/dimensionality";

test("a feature moves at the frames around a step up, and rests elsewhere", () => {
  const D = Array.from({ length: 100 }, (_, f) => [f < 50 ? 0.25 : 0.5, 0.4]);
  assert.deepEqual([20, 49, 50, 51, 80].map((f) => moves(D, f, 0)), [false, true, true, true, false]);
  assert.equal(D.some((_, f) => moves(D, f, 1)), false);
  assert.equal(moves([[0], [1]], 0, 0), true, "also in a film of two frames");
});

test("labels of features at one height become one, and hold at most six numbers", () => {
  const heights = [10, 12, 60, 14];
  assert.deepEqual(labels([0, 1, 3, 2], (i) => heights[i]!), [
    { text: "0 1 3", height: 10 },
    { text: "2", height: 60 },
  ]);
  assert.equal(labels([0, 1, 2, 3, 4, 5, 6, 7], () => 5)[0]!.text, "0 1 2 3 4 5 …");
  assert.deepEqual(labels([], () => 0), []);
});

test("levels are written as the fractions that they are", () => {
  assert.deepEqual([0, 1, 0.5, 0.75, 2 / 3, 0.4, 0.375].map(fraction), ["0", "1", "1/2", "3/4", "2/3", "2/5", "3/8"]);
  assert.equal(fraction(0.3819), "0.382");
});
