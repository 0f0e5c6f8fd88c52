// Cells of a map, and who asks for more of it, without a browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Asker } from "../src/maps/asker";
import { boxOf, cellAt, linesOf, nearestCell, plotBox, regionOf, type Facts } from "../src/maps/cells";

const MARGIN = { left: 50, top: 40, right: 10, bottom: 40 };
const BOX = plotBox(260, 180, MARGIN); // 200 by 100 pixels from (50, 40)

test("a point is in the cell that is drawn there", () => {
  assert.deepEqual(cellAt(50, 40, BOX, 5, 10), [0, 0]);
  assert.deepEqual(cellAt(249.9, 139.9, BOX, 5, 10), [4, 9]);
  assert.deepEqual(cellAt(151, 61, BOX, 5, 10), [1, 5]);
});

test("outside of the map there is no cell, but always a nearest one", () => {
  for (const [x, y] of [[49, 60], [250, 60], [60, 39], [60, 140]] as const) assert.equal(cellAt(x, y, BOX, 5, 10), null);
  assert.deepEqual(nearestCell(-100, 500, BOX, 5, 10), [4, 0]);
  assert.deepEqual(nearestCell(500, -100, BOX, 5, 10), [0, 9]);
});

test("a region is the same from whichever corner it is drawn, and covers whole cells", () => {
  assert.deepEqual(regionOf([3, 1], [1, 4]), [1, 1, 3, 4]);
  assert.deepEqual(regionOf([1, 4], [3, 1]), [1, 1, 3, 4]);
  assert.deepEqual(boxOf([1, 1, 3, 4], BOX, 5, 10), { x: 70, y: 60, width: 80, height: 60 });
});

test("a chart too small for its margins still has room to draw in", () => {
  assert.ok(plotBox(20, 20, MARGIN).width > 0);
});

const FACTS: Facts = {
  rows: ["I = 2", "I = 1"],
  columns: ["p = 1", "p = 0.1", "p = 0.01"],
  fields: [
    { name: "it is", words: ["ignored", "kept"] },
    { name: "loss" },
    { name: "one", group: "exact" },
    { name: "other", group: "exact" },
  ],
  numbers: new Float32Array([
    1, 0, NaN, 1, 1, 1, /**/ 0.25, 0.5, NaN, 1, 2, 3, /**/ 4, 3, 2, 1, 0.5, 0.25, /**/ 1, 2, 3, 4, 5, 6,
  ]),
};

test("a cell says where it lies, what is known, and which of a group is the least", () => {
  assert.deepEqual(linesOf(FACTS, [0, 1]), ["p = 0.1 · I = 2", "it is ignored", "loss 0.5", "exact:", "  one 3", "  other 2 ← least"]);
  assert.deepEqual(linesOf(FACTS, [1, 0]), ["p = 1 · I = 1", "it is kept", "loss 1", "exact:", "  one 1 ← least", "  other 4"]);
});

test("a cell that is not trained yet says so, and theory speaks all the same", () => {
  assert.deepEqual(linesOf(FACTS, [0, 2]), ["p = 0.01 · I = 2", "not trained yet", "exact:", "  one 2 ← least", "  other 3"]);
});

function asker() {
  const asked: string[] = [];
  const silences: boolean[] = [];
  const one = new Asker({ send: ({ type }) => asked.push(type), onSilence: (silent) => silences.push(silent) });
  return { one, asked, silences };
}

test("it asks while somebody looks and there is more to do, one request at a time", () => {
  const { one, asked } = asker();
  one.adopt({ running: true });
  assert.deepEqual(asked, [], "nobody looks");
  one.look(1);
  one.look(1);
  one.adopt({ running: true });
  assert.deepEqual(asked, ["continue"], "one request is under way");
  one.answered();
  assert.equal(asked.length, 2);
  one.adopt({ running: false });
  one.answered();
  assert.equal(asked.length, 2, "there is no more to do");
  one.adopt({ running: true });
  assert.equal(asked.length, 3);
  one.look(-1);
  one.look(-1);
  one.answered();
  assert.equal(asked.length, 3, "nobody looks any more");
  one.dispose();
});

test("a connection that is gone is silence, and an answer ends it", () => {
  let broken = true;
  const silences: boolean[] = [];
  const one = new Asker({
    send: () => {
      if (broken) throw new Error("no connection");
    },
    onSilence: (silent) => silences.push(silent),
  });
  one.look(1);
  one.adopt({ running: true });
  assert.deepEqual(silences, [true]);
  one.adopt({ running: true });
  assert.deepEqual(silences, [true], "it is not asked again and again");
  broken = false;
  one.answered();
  assert.deepEqual(silences, [true, false]);
  one.dispose();
});

test("an unanswered request is silence after a while", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { one, silences } = asker();
  one.look(1);
  one.adopt({ running: true });
  context.mock.timers.tick(2900);
  assert.deepEqual(silences, []);
  context.mock.timers.tick(200);
  assert.deepEqual(silences, [true]);
  one.dispose();
});
