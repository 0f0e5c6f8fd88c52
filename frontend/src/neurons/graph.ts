// A model as a graph of three columns, features, neurons and outputs: its lines, where they run, what hangs together.
import { weightIn, weightOut, type Neurons } from "./model";

/** A weight between a neuron and a feature, or an output, of that number. */
export interface Edge {
  feature: number;
  neuron: number;
  weight: number;
}

/** What goes into the neurons, and what comes out of them. */
export interface Lines {
  ins: readonly Edge[];
  outs: readonly Edge[];
}

export interface Wiring extends Lines {
  neurons: Neurons;
  /** The largest weight into a neuron, and the largest out of one. */
  most: { ins: number; outs: number };
  /** How many weights other than 0 are not above the threshold. */
  weak: number;
}

export function wiringOf(neurons: Neurons, threshold: number): Wiring {
  const [ins, outs] = [linesOf(neurons, weightIn, threshold), linesOf(neurons, weightOut, threshold)];
  const most = { ins: ins.most, outs: outs.most };
  return { neurons, ins: ins.edges, outs: outs.edges, most, weak: ins.weak + outs.weak };
}

function linesOf(neurons: Neurons, weightAt: typeof weightIn, threshold: number): { edges: Edge[]; most: number; weak: number } {
  const edges: Edge[] = [];
  let [most, weak] = [0, 0];
  for (let neuron = 0; neuron < neurons.m; neuron++) {
    for (let feature = 0; feature < neurons.n; feature++) {
      const weight = weightAt(neurons, neuron, feature);
      most = Math.max(most, Math.abs(weight));
      if (Math.abs(weight) > threshold) edges.push({ feature, neuron, weight });
      else if (weight !== 0) weak++;
    }
  }
  return { edges, most, weak };
}

/** A node: a feature, a neuron or an output. */
export interface Node {
  kind: "feature" | "neuron" | "output";
  index: number;
}

/** The paths through a node: of a feature to all it reaches, of an output from all that reach it. */
export function pathsOf({ ins, outs }: Lines, { kind, index }: Node): Lines {
  if (kind === "neuron") {
    return { ins: ins.filter(({ neuron }) => neuron === index), outs: outs.filter(({ neuron }) => neuron === index) };
  }
  const [near, far] = kind === "feature" ? [ins, outs] : [outs, ins];
  const own = near.filter(({ feature }) => feature === index);
  const through = new Set(own.map(({ neuron }) => neuron));
  const others = far.filter(({ neuron }) => through.has(neuron));
  return kind === "feature" ? { ins: own, outs: others } : { ins: others, outs: own };
}

/** Where the nodes stand. */
export interface Layout {
  /** The middle of each column. */
  columns: Record<Node["kind"], number>;
  top: number;
  height: number;
  n: number;
  /** For every neuron its place from the top. */
  places: number[];
}

const [HEAD, FOOT, SIDE] = [22, 6, 34];
const [ROW, SHORTEST, TALLEST] = [26, 130, 540];

export function graphHeight(n: number, m: number): number {
  return HEAD + FOOT + Math.min(Math.max(ROW * Math.max(n, m), SHORTEST), TALLEST);
}

export function graphLayout(width: number, height: number, n: number, order: readonly number[]): Layout {
  const places: number[] = [];
  order.forEach((neuron, place) => (places[neuron] = place));
  return { columns: { feature: SIDE, neuron: width / 2, output: width - SIDE }, top: HEAD, height: height - HEAD - FOOT, n, places };
}

/** How much room a node has from top to bottom. */
export function roomOf({ height, n, places }: Layout, kind: Node["kind"]): number {
  return height / (kind === "neuron" ? places.length : n);
}

export function radiusOf(layout: Layout, kind: Node["kind"]): number {
  return Math.max(Math.min(roomOf(layout, kind) * 0.4, kind === "neuron" ? 11 : 6), 1.25);
}

export function spotOf(layout: Layout, { kind, index }: Node): { x: number; y: number } {
  const place = kind === "neuron" ? layout.places[index]! : index;
  return { x: layout.columns[kind], y: layout.top + (place + 0.5) * roomOf(layout, kind) };
}

/** The node of the column under a point; columns are wide enough to point at. */
export function nodeAt(layout: Layout, x: number, y: number): Node | null {
  const reach = Math.max(14, Math.min(SIDE, (layout.columns.neuron - layout.columns.feature) / 4));
  for (const kind of ["feature", "neuron", "output"] as const) {
    if (Math.abs(x - layout.columns[kind]) > reach) continue;
    const place = Math.floor((y - layout.top) / roomOf(layout, kind));
    const index = kind === "neuron" ? layout.places.indexOf(place) : place;
    return place >= 0 && index >= 0 && index < (kind === "neuron" ? layout.places.length : layout.n) ? { kind, index } : null;
  }
  return null;
}

/** What x_i = `sign` alone gives output i, before its bias and its ReLU. */
export function gain(neurons: Neurons, i: number, sign: 1 | -1, relu: boolean): number {
  let sum = 0;
  for (let a = 0; a < neurons.m; a++) {
    const active = sign * weightIn(neurons, a, i);
    sum += weightOut(neurons, a, i) * (relu ? Math.max(active, 0) : active);
  }
  return sum;
}
