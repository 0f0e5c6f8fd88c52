// Weights on top of each other: which piece of a column is whose, and where it lies in a picture.
import { niceLimit } from "../shared/colour";
import { weightIn, weightOut, type Neurons } from "./model";

export type Weights = "signed" | "absolute";

/** A piece of a column, from one value to another. */
export interface Piece {
  feature: number;
  weight: number;
  from: number;
  to: number;
}

/** One column a neuron, in the order of the neurons themselves. */
export interface Stacks {
  title: string;
  columns: Piece[][];
  /** Ends of the axis: no column reaches beyond them. */
  low: number;
  high: number;
}

/** The weights of one neuron: from 0 upwards feature by feature; the negative ones from 0 downwards, if signed. */
export function stackOf(weights: readonly number[], kind: Weights): Piece[] {
  let [up, down] = [0, 0];
  const pieces: Piece[] = [];
  weights.forEach((weight, feature) => {
    if (weight === 0) return;
    const size = Math.abs(weight);
    if (weight > 0 || kind === "absolute") pieces.push({ feature, weight, from: up, to: (up += size) });
    else pieces.push({ feature, weight, from: down, to: (down -= size) });
  });
  return pieces;
}

/** What goes into the neurons, and for untied models what comes out of them. */
export function stacksOf(neurons: Neurons, kind: Weights): Stacks[] {
  const { n, m, out } = neurons;
  const features = Array.from({ length: n }, (_, i) => i);
  const columns = (weight: typeof weightIn): Piece[][] =>
    Array.from({ length: m }, (_, a) => stackOf(features.map((i) => weight(neurons, a, i)), kind));
  if (!out) return [between("W", columns(weightIn))];
  return [between("in: W", columns(weightIn)), between("out: W_out", columns(weightOut))];
}

function between(title: string, columns: Piece[][]): Stacks {
  let [low, high] = [0, 0];
  for (const pieces of columns) for (const { to } of pieces) [low, high] = [Math.min(low, to), Math.max(high, to)];
  return { title, columns, low: low < 0 ? -niceLimit(-low) : 0, high: high > 0 || low === 0 ? niceLimit(high) : 0 };
}

/** Where stacks lie in a canvas. */
export interface Frame {
  left: number;
  /** Width of a column. */
  column: number;
  /** Top and bottom of each of the stacks, one above the other. */
  plots: { top: number; bottom: number }[];
  /** Middle of the line of neuron numbers, and of the line of how many features each stands for. */
  names: number;
  counts: number;
  m: number;
}

const [TITLE, BETWEEN, LINE, RIGHT] = [16, 10, 15, 6];

export function frameFor(width: number, height: number, m: number, stacks: number): Frame {
  const left = width < 260 ? 36 : 56;
  const room = (height - 2 * LINE - 4 - stacks * TITLE - (stacks - 1) * BETWEEN) / stacks;
  const plots = Array.from({ length: stacks }, (_, k) => {
    const top = TITLE + k * (room + TITLE + BETWEEN);
    return { top, bottom: top + room };
  });
  const foot = plots.at(-1)!.bottom + 4;
  return { left, column: (width - left - RIGHT) / m, plots, names: foot + LINE / 2, counts: foot + 1.5 * LINE, m };
}

/** Height of a value in a plot. */
export function heightOf({ low, high }: Stacks, { top, bottom }: { top: number; bottom: number }, value: number): number {
  return bottom - ((value - low) / (high - low)) * (bottom - top);
}

/** What lies under a point: a place in the order of the neurons, and perhaps a piece of its column. */
export function pieceAt(
  frame: Frame,
  stacks: readonly Stacks[],
  order: readonly number[],
  x: number,
  y: number,
): { neuron: number; piece: Piece | null; plot: number } | null {
  const place = Math.floor((x - frame.left) / frame.column);
  const neuron = order[place];
  if (neuron === undefined || y < 0 || y > frame.counts + LINE / 2) return null;
  const plot = frame.plots.findIndex(({ top, bottom }) => y >= top && y <= bottom);
  if (plot < 0) return { neuron, piece: null, plot: 0 };
  const at = (value: number): number => heightOf(stacks[plot]!, frame.plots[plot]!, value);
  const piece = stacks[plot]!.columns[neuron]!.find(({ from, to }) => {
    const [one, other] = [at(from), at(to)];
    return y >= Math.min(one, other) && y <= Math.max(one, other);
  });
  return { neuron, piece: piece ?? null, plot };
}
