// The feature graph of one model: its numbers, its edges, its components and the kinds they come in.
import { floatsOf } from "../shared/film";
import { featureDimensionality, featureNorms, gram } from "../shared/formulas";

/** A tegum factor, with a place for each of its features: x right, y up, depth towards the reader, within -1 to 1. */
export interface Component {
  name: string;
  features: number[];
  /** How far it is from the polytope it is named after; null when it has no name. */
  distance: number | null;
  places: [number, number, number][];
}

/** What travels about a model beside its weights. */
export interface GraphMeta {
  n: number;
  m: number;
  label: string;
  caption: string;
  components: Component[];
}

export interface Edge {
  a: number;
  b: number;
  /** W_a . W_b */
  strength: number;
}

export interface Graph extends GraphMeta {
  norms: Float64Array;
  dimensionality: Float64Array;
  /** For every feature the index of its component; -1 where it is not represented. */
  home: Int32Array;
  /** For every component the edges inside of it. */
  inside: Edge[][];
  /** Edges between components. */
  between: Edge[];
}

/** Components of one name, and of one size where they have none: drawn together, counted when there are many. */
export interface Kind {
  name: string;
  /** Indices of its components. */
  members: number[];
}

export const UNNAMED = "unnamed";
export const DEDICATED = "dedicated feature";

/** The model at `index` of several whose weights follow one another. Throws when they do not belong together. */
export function readGraph(metas: readonly GraphMeta[], buffer: DataView | ArrayBuffer, index: number, threshold: number): Graph {
  const weights = floatsOf(buffer);
  const total = metas.reduce((sum, { m, n }) => sum + m * n, 0);
  if (weights.length !== total) throw new Error(`graph: ${weights.length} weights do not make ${total}`);
  const meta = metas[index];
  if (!meta) throw new Error(`graph: there is no model ${index} among ${metas.length}`);
  const start = metas.slice(0, index).reduce((sum, { m, n }) => sum + m * n, 0);
  return graphOf(meta, weights.subarray(start, start + meta.m * meta.n), threshold);
}

export function graphOf(meta: GraphMeta, W: Float32Array, threshold: number): Graph {
  const { m, n, components } = meta;
  const home = new Int32Array(n).fill(-1);
  components.forEach(({ features }, c) => {
    for (const feature of features) home[feature] = c;
  });
  const dots = gram(W, m, n);
  const inside: Edge[][] = components.map(() => []);
  const between: Edge[] = [];
  for (let a = 0; a < n; a++) {
    if (home[a]! < 0) continue;
    for (let b = a + 1; b < n; b++) {
      const strength = dots[a * n + b]!;
      if (home[b]! < 0 || Math.abs(strength) <= threshold) continue;
      (home[a] === home[b] ? inside[home[a]!]! : between).push({ a, b, strength });
    }
  }
  return { ...meta, norms: featureNorms(W, m, n), dimensionality: featureDimensionality(W, m, n), home, inside, between };
}

/** The components by name: small ones first, what has no name last and by its size. */
export function kindsOf({ components }: { components: readonly Component[] }): Kind[] {
  const kinds = new Map<string, number[]>();
  components.forEach(({ name, features }, c) => {
    const key = name === UNNAMED ? `${UNNAMED} ${features.length}` : name;
    kinds.set(key, [...(kinds.get(key) ?? []), c]);
  });
  const size = (members: number[]): number => components[members[0]!]!.features.length;
  return [...kinds.values()]
    .map((members) => ({ name: components[members[0]!]!.name, members }))
    .sort((a, b) => Number(a.name === UNNAMED) - Number(b.name === UNNAMED) || size(a.members) - size(b.members) || a.name.localeCompare(b.name));
}

/** The component to draw large: that of a feature asked for, otherwise the one nearest to its polytope. */
export function exemplar(graph: Graph, members: readonly number[], wanted: readonly number[]): number {
  for (const feature of wanted) {
    const component = graph.home[feature];
    if (component !== undefined && members.includes(component)) return component;
  }
  const far = (c: number): number => graph.components[c]!.distance ?? Infinity;
  return members.reduce((best, c) => (far(c) < far(best) ? c : best), members[0]!);
}

/** Mean dimensionality of some components' features. */
export function meanDimensionality(graph: Graph, members: readonly number[]): number {
  const features = members.flatMap((c) => graph.components[c]!.features);
  return features.reduce((sum, i) => sum + graph.dimensionality[i]!, 0) / features.length;
}
