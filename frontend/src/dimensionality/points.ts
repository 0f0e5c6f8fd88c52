// The points of a dimensionality plot: what they are, where they stand, which one is near.
import { floatsOf } from "../shared/film";

export interface ModelMeta {
  /** 1/(1-S) */
  x: number;
  density: number;
  n: number;
  name: string;
}

export interface Axes {
  x: [number, number];
  y: [number, number];
  margin: { left: number; top: number; right: number; bottom: number };
  /** |W_i| at the bright end of the colours. */
  norm: number;
}

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The points of one model; `x` and `y` are filled in by `placed`. */
export interface Column extends ModelMeta {
  D: Float32Array;
  norms: Float32Array;
  /** Index into the names of shapes. */
  shapes: Float32Array;
  x0: number;
  xs: Float32Array;
  ys: Float32Array;
}

export interface Hit {
  model: number;
  feature: number;
}

const NUMBERS = 3;
/** Points closer than this, in pixels up and down, stand side by side. */
const SAME_PX = 3;
const STEP_PX = 2.5;
const WIDEST_PX = 16;
export const REACH_PX = 10;

export function readColumns(metas: readonly ModelMeta[], buffer: DataView | ArrayBuffer): Column[] {
  const numbers = floatsOf(buffer);
  const total = metas.reduce((sum, { n }) => sum + n, 0);
  if (numbers.length !== NUMBERS * total) throw new Error(`points: ${numbers.length} numbers do not make ${total} points`);
  let start = 0;
  return metas.map((meta) => {
    const part = (k: number): Float32Array => Float32Array.from({ length: meta.n }, (_, i) => numbers[NUMBERS * (start + i) + k]!);
    const column = { ...meta, D: part(0), norms: part(1), shapes: part(2), x0: 0, xs: new Float32Array(meta.n), ys: new Float32Array(meta.n) };
    start += meta.n;
    return column;
  });
}

export function plotBox(width: number, height: number, { margin }: Axes): Box {
  return {
    left: margin.left,
    top: margin.top,
    width: Math.max(width - margin.left - margin.right, 1),
    height: Math.max(height - margin.top - margin.bottom, 1),
  };
}

export function xOf(value: number, box: Box, { x: [low, high] }: Axes): number {
  return box.left + (box.width * Math.log(value / low)) / Math.log(high / low);
}

export function yOf(value: number, box: Box, { y: [low, high] }: Axes): number {
  return box.top + (box.height * (high - value)) / (high - low);
}

/** Puts every point in its place: those that would cover each other side by side, within their model's share of the axis. */
export function place(columns: readonly Column[], box: Box, axes: Axes): void {
  for (const column of columns) column.x0 = xOf(column.x, box, axes);
  const sorted = [...new Set(columns.map(({ x0 }) => x0))].sort((a, b) => a - b);
  const gaps = sorted.slice(1).map((x, k) => x - sorted[k]!);
  const half = Math.min(WIDEST_PX, 0.42 * Math.min(...gaps, 2 * WIDEST_PX));
  for (const column of columns) placeColumn(column, half, box, axes);
}

function placeColumn(column: Column, half: number, box: Box, axes: Axes): void {
  const { n, D, xs, ys, x0 } = column;
  const bins = new Map<number, number[]>();
  for (let i = 0; i < n; i++) {
    ys[i] = yOf(D[i]!, box, axes);
    const bin = Math.round(ys[i]! / SAME_PX);
    const members = bins.get(bin);
    if (members) members.push(i);
    else bins.set(bin, [i]);
  }
  for (const members of bins.values()) {
    const step = members.length > 1 ? Math.min(STEP_PX, (2 * half) / (members.length - 1)) : 0;
    members.forEach((i, k) => {
      xs[i] = x0 + step * (k - (members.length - 1) / 2);
    });
  }
}

/** The point nearest to a place, within reach. */
export function pointNear(columns: readonly Column[], x: number, y: number): Hit | null {
  let [found, best]: [Hit | null, number] = [null, REACH_PX ** 2];
  columns.forEach((column, model) => {
    if (Math.abs(column.x0 - x) > WIDEST_PX + REACH_PX) return;
    for (let feature = 0; feature < column.n; feature++) {
      const far = (column.xs[feature]! - x) ** 2 + (column.ys[feature]! - y) ** 2;
      if (far < best) [found, best] = [{ model, feature }, far];
    }
  });
  return found;
}

export interface Rectangle {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** The features of one model inside of a rectangle: of the model that has most there, of equals the nearest to `preferred`. */
export function brushed(columns: readonly Column[], area: Rectangle, preferred: number): { model: number; features: number[] } | null {
  let found: { model: number; features: number[] } | null = null;
  columns.forEach(({ n, xs, ys }, model) => {
    const features: number[] = [];
    for (let i = 0; i < n; i++) {
      if (xs[i]! >= area.left && xs[i]! <= area.right && ys[i]! >= area.top && ys[i]! <= area.bottom) features.push(i);
    }
    if (features.length === 0) return;
    const nearer = found !== null && features.length === found.features.length && Math.abs(model - preferred) < Math.abs(found.model - preferred);
    if (!found || features.length > found.features.length || nearer) found = { model, features };
  });
  return found;
}

/** The features of a model from the least dimensionality to the greatest. */
export function byDimensionality({ n, D }: Column): number[] {
  return Array.from({ length: n }, (_, i) => i).sort((a, b) => D[a]! - D[b]! || a - b);
}

/** Features on the same level as one: dimensionalities closer than the tolerance. */
export function level({ n, D }: Column, feature: number, tolerance = 0.01): number[] {
  return Array.from({ length: n }, (_, i) => i).filter((i) => Math.abs(D[i]! - D[feature]!) <= tolerance);
}

/** Places for labels beside `wished`, ascending, none closer than `gap` to the next: those too close move apart around their middle. */
export function spread(wished: readonly number[], gap: number): number[] {
  const groups: { middle: number; count: number }[] = [];
  for (const place of wished) {
    let last = { middle: place, count: 1 };
    for (let before = groups.at(-1); before && bottom(before, gap) + gap > last.middle - (gap * (last.count - 1)) / 2; before = groups.at(-1)) {
      groups.pop();
      const count = before.count + last.count;
      last = { middle: (before.middle * before.count + last.middle * last.count) / count, count };
    }
    groups.push(last);
  }
  return groups.flatMap(({ middle, count }) => Array.from({ length: count }, (_, k) => middle + gap * (k - (count - 1) / 2)));
}

function bottom({ middle, count }: { middle: number; count: number }, gap: number): number {
  return middle + (gap * (count - 1)) / 2;
}
