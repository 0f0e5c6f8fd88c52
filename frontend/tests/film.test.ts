import assert from "node:assert/strict";
import test from "node:test";
import { decodeFilm, floatsOf, type FilmMeta } from "../src/shared/film";

const meta: FilmMeta = {
  n: 3, m: 2, untied: false, architecture: "relu_output", steps: [0, 10], losses: [1, 0.5],
  importance: [1, 1, 1], density: [1, 1, 1], plane: [[1, 0], [0, 1]], caption: "",
};
const numbers = Float32Array.from({ length: 18 }, (_, k) => k);

test("frames are cut in the order W, b", () => {
  const film = decodeFilm(meta, numbers);
  assert.equal(film.length, 2);
  assert.deepEqual([...film.W(1)], [9, 10, 11, 12, 13, 14]);
  assert.deepEqual([...film.b(1)], [15, 16, 17]);
  assert.equal(film.Wout(0), null);
});

test("untied frames have W_out between W and b", () => {
  const film = decodeFilm({ ...meta, untied: true, steps: [0] }, Float32Array.from({ length: 15 }, (_, k) => k));
  assert.deepEqual([...film.Wout(0)!], [6, 7, 8, 9, 10, 11]);
  assert.deepEqual([...film.b(0)], [12, 13, 14]);
});

test("a frame outside the film is its nearest", () => {
  const film = decodeFilm(meta, numbers);
  assert.deepEqual([...film.b(99)], [...film.b(1)]);
  assert.deepEqual([...film.b(-1)], [...film.b(0)]);
});

test("DataView, typed array and ArrayBuffer hold the same numbers, aligned or not", () => {
  const shifted = new Uint8Array(numbers.byteLength + 1);
  shifted.set(new Uint8Array(numbers.buffer), 1);
  const forms = [
    numbers.buffer,
    new DataView(numbers.buffer),
    new Uint8Array(numbers.buffer),
    new DataView(shifted.buffer, 1),
    shifted.subarray(1),
  ];
  for (const form of forms) assert.deepEqual([...floatsOf(form)], [...numbers]);
});

test("a buffer of another film is refused in words", () => {
  assert.throws(() => decodeFilm({ ...meta, n: 4 }, numbers), /18 values do not make 2 frames of 12/);
  assert.throws(() => decodeFilm({ ...meta, steps: [] }, numbers), /no frames/);
  assert.throws(() => floatsOf(new Uint8Array(7)), /7 bytes/);
});
