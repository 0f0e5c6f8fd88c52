// What lies where: colours, axes and hit tests, without a browser.
import assert from "node:assert/strict";
import test from "node:test";
import { diverging, featureStyle, niceLimit, viridis } from "../src/shared/colour";
import { featureNear, turned } from "../src/shared/space";
import { setsCaption, short, signed } from "../src/shared/words";
import { axesFor, frameAt, logTicks } from "../src/views/loss_curve";
import { barsFor, rowAt } from "../src/views/stack_plot";
import { cellAt, gridFor } from "../src/views/weight_matrix";

test("viridis runs from dark blue to yellow and stops there", () => {
  assert.equal(viridis(0), "rgb(68,1,84)");
  assert.equal(viridis(1), "rgb(253,231,37)");
  assert.equal(viridis(7), viridis(1));
});

test("weights are coloured around zero", () => {
  const ends = { negative: "#0000ff", zero: "#ffffff", positive: "#ff0000" };
  assert.equal(diverging(0, 2, ends), "rgb(255,255,255)");
  assert.equal(diverging(-2, 2, ends), "rgb(0,0,255)");
  assert.equal(diverging(1, 2, ends), "rgb(255,128,128)");
  assert.equal(diverging(9, 2, ends), "rgb(255,0,0)");
});

test("forty features differ in colour or shape", () => {
  const styles = new Set(Array.from({ length: 40 }, (_, i) => JSON.stringify(featureStyle(i, "#000000"))));
  assert.equal(styles.size, 40);
});

test("members of a set share a colour and differ in shape", () => {
  const style = (i: number, size: number) => featureStyle(i, "#000000", size);
  assert.equal(style(0, 3).colour, style(2, 3).colour);
  assert.notEqual(style(2, 3).colour, style(3, 3).colour);
  assert.equal(new Set([0, 1, 2].map((i) => style(i, 3).shape)).size, 3);
  assert.deepEqual(style(9, 1), featureStyle(9, "#000000"));
});

test("a caption speaks of sets where there are some", () => {
  assert.equal(setsCaption("correlated", 2, "Brackets"), " Brackets: correlated sets of 2, active together.");
  assert.equal(
    setsCaption("anticorrelated", 3, "Same colour"),
    " Same colour: anticorrelated sets of 3, of whose members one is active at a time.",
  );
  assert.equal(setsCaption("independent", null, "Brackets") + setsCaption(undefined, undefined, "Brackets"), "");
});

test("a scale ends at a round number not much above the largest value", () => {
  assert.deepEqual([0, 0.07, 1, 1.005, 1.05, 1.3, 7.9, 990].map(niceLimit), [1, 0.08, 1, 1, 1.2, 1.5, 8, 1000]);
});

test("cells are found where they are drawn, and the strip of b", () => {
  for (const [width, n] of [[160, 5], [300, 20], [600, 80]] as const) {
    const grid = gridFor(width, width, n);
    const centre = (k: number): number => (k + 0.5) * grid.cell;
    assert.deepEqual(cellAt(grid, grid.left + centre(2), grid.top + centre(n - 1)), { row: n - 1, column: 2 });
    assert.deepEqual(cellAt(grid, grid.strip + 2, grid.top + centre(1)), { row: 1, column: "b" });
    assert.equal(cellAt(grid, grid.left - 2, grid.top + 2), null);
    assert.equal(cellAt(grid, grid.left + centre(0), grid.top - 2), null);
    assert.ok(grid.strip + grid.cell <= width, "the strip is on the canvas");
  }
});

test("rows of bars", () => {
  const bars = barsFor(300, 226, 10);
  assert.equal(rowAt(bars, bars.top + 0.5 * bars.row), 0);
  assert.equal(rowAt(bars, bars.top + 9.5 * bars.row), 9);
  assert.equal(rowAt(bars, bars.top + 10.5 * bars.row), null);
  assert.ok(barsFor(300, 226, 10, true).left > bars.left + 8, "brackets have room");
});

test("the frame under the pointer is the nearest in the picture", () => {
  const steps = [0, 1, 10, 100, 1000];
  const axes = axesFor(400, 150, steps, [1, 0.9, 0.5, 0.1, 0.01]);
  steps.forEach((step, f) => assert.equal(frameAt(axes, steps, axes.x(step) + 3), f));
  assert.equal(frameAt(axes, steps, -50), 0);
  assert.equal(frameAt(axes, steps, 5000), 4);
});

test("axes hold every curve: equal losses, none, not finite", () => {
  for (const losses of [[0.5, 0.5], [], [NaN, 0.1], [0, 0], [1e-9, 10]]) {
    const axes = axesFor(300, 120, [0, 100], losses);
    for (const loss of losses.filter((value) => value > 0)) {
      assert.ok(axes.y(loss) >= axes.top && axes.y(loss) <= axes.bottom, `${loss} of ${losses}`);
    }
  }
  assert.ok(Number.isFinite(axesFor(300, 120, [0], [1]).x(0)), "one frame");
});

test("ticks are round and inside", () => {
  assert.deepEqual(logTicks(0.01, 1), [0.01, 0.1, 1]);
  assert.deepEqual(logTicks(0.04, 0.4), [0.05, 0.1, 0.2]);
});

test("turning keeps lengths", () => {
  for (const turn of [{ yaw: 0.3, pitch: -1 }, { yaw: 2, pitch: 0.4 }]) {
    const { x, y, depth } = turned([0.1, -0.7, 0.5], turn);
    assert.ok(Math.abs(Math.hypot(x, y, depth) - Math.hypot(0.1, 0.7, 0.5)) < 1e-12);
  }
});

test("unturned, x points right and z up", () => {
  const upright = { yaw: 0, pitch: 0 };
  assert.deepEqual([turned([1, 0, 0], upright).x, turned([0, 0, 1], upright).y], [1, 1]);
});

test("a tip is found before an arrow that passes by, and the tip in front first", () => {
  const at = (x: number, y: number, depth = 0) => ({ x, y, depth });
  const start = at(0, 0);
  assert.equal(featureNear([at(100, 0), at(50, 3)], [start, start], 50, 0), 1);
  assert.equal(featureNear([at(100, 0), at(0, 100)], [start, start], 60, 2), 0);
  assert.equal(featureNear([at(100, 0, -1), at(100, 0, 1)], [start, start], 101, 0), 1);
  assert.equal(featureNear([at(100, 0)], [start], 60, 40), null);
});

test("numbers are written the same everywhere", () => {
  assert.deepEqual([0, 0.012345, -0.95, 1234.5, 1.2e-7, NaN].map(short), ["0", "0.0123", "−0.95", "1230", "1.2e−7", "–"]);
  assert.deepEqual([0.951, -0.3, -0.001].map(signed), ["+0.95", "−0.30", "0.00"]);
});
