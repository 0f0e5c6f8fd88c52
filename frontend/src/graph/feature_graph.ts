// A feature graph as the reader meets it: components as polytopes, and the same pointing as in every view of features.
import type { Pen } from "../shared/canvas";
import { make, formula } from "../shared/dom";
import { kept } from "../shared/kept";
import { featurePanel } from "../shared/panel";
import type { SelectionState, ViewEvents } from "../shared/view";
import { count, short } from "../shared/words";
import { drawEdges, drawFace, drawLabel, drawNodes, drawRing, type Spot } from "./draw";
import { layoutOf, NUMBERED, type Block, type Cell, type Layout } from "./layout";
import { exemplar, meanDimensionality, type Edge, type Graph } from "./model";

export interface GraphView {
  update(graph: Graph, threshold: number): void;
  select(selection: SelectionState): void;
  destroy(): void;
}

const REACH = 11;
const LABELLED = 12;
/** A component with more edges is not drawn again when one of its features is pointed at: only that feature's edges are. */
const FEW_EDGES = 300;
const FAINT = 0.3;
const SMALL_NODE = 2.6;

export function featureGraph(host: HTMLElement, events: ViewEvents): GraphView {
  let graph: Graph | null = null;
  let layout: Layout = { blocks: [], height: 1 };
  let laidOut: [Graph | null, number] = [null, 0];
  let selection: SelectionState = { hovered: null, pinned: [] };
  /** Everything drawn for a feature, the largest first. */
  let spots = new Map<number, Spot[]>();
  const base = kept();

  const layoutFor = (width: number): Layout => {
    if (graph && (laidOut[0] !== graph || laidOut[1] !== width)) {
      layout = layoutOf(graph, width);
      laidOut = [graph, width];
    }
    return layout;
  };
  const chosen = (): number[] => {
    const { hovered, pinned } = selection;
    const all = hovered === null ? [...pinned].reverse() : [hovered, ...[...pinned].reverse()];
    return all.filter((i) => i >= 0 && i < (graph?.n ?? 0));
  };
  const about = (i: number): string => {
    const numbers = `feature ${i}: D_{${i}} = ${short(graph!.dimensionality[i]!)}, ‖W_{${i}}‖ = ${short(graph!.norms[i]!)}`;
    const home = graph!.components[graph!.home[i]!];
    if (!home) return `${numbers}, not represented`;
    const others = home.features.filter((j) => j !== i);
    const named = home.name === "unnamed" ? "in no named shape" : home.name;
    if (others.length === 0) return `${numbers}, ${named}`;
    const listed = others.length <= 7 ? others.join(", ") : count(others.length, "other feature");
    return `${numbers}, ${named} with ${listed}`;
  };

  const panel = featurePanel(host, events, {
    name: "Feature graph",
    role: "graph",
    heightFor: (width) => Math.max(layoutFor(width).height, 60),
    draw: (pen) => {
      if (!graph) return;
      const { blocks } = layoutFor(pen.width);
      const wanted = chosen();
      const cells = shownCells(graph, blocks, wanted);
      spots = spotsOf(graph, blocks, cells);
      pen.ctx.globalAlpha = wanted.length > 0 ? FAINT : 1;
      base(pen, laidOut[0], (fixed) => drawFixed(fixed, graph!, blocks));
      pen.ctx.globalAlpha = 1;
      for (const one of blocks) drawTitle(pen, graph, one);
      drawMoving(pen, graph, cells, wanted);
      drawChosen(pen, graph, wanted, selection.hovered, spots);
    },
    hit: (x, y) => {
      const feature = nearest(spots, x, y);
      return feature === null ? null : { feature, text: about(feature) };
    },
    count: () => graph?.n ?? 0,
    about,
    place: (i) => spots.get(i)?.[0] ?? { x: 0, y: 0 },
  });
  const line = (name: string): HTMLElement => make("span", { style: `color: var(--tms-${name})`, "aria-hidden": "true" }, "━━");
  panel.legend(
    make("span", {}, "edge:"),
    make("span", { class: "tms-scale" }, line("negative"), make("span", {}, "negative,", formula(" W_i·W_j < 0"))),
    make("span", { class: "tms-scale" }, line("positive"), make("span", {}, "positive,", formula(" W_i·W_j > 0"))),
    make("span", { class: "tms-note" }, "the wider, the stronger"),
  );

  return {
    update: (next, threshold) => {
      graph = next;
      panel.caption(captionOf(next, threshold));
      panel.refresh();
    },
    select: (next) => {
      selection = next;
      panel.select(next);
    },
    destroy: panel.destroy,
  };
}

function captionOf(graph: Graph, threshold: number): string {
  const rule = `Edges: |W_i·W_j| > ${short(threshold)} between represented features, ‖W_i‖ > 0.5. D: mean of D_i = ‖W_i‖²/Σ_j(Ŵ_i·W_j)².`;
  const between = graph.between.length;
  if (between === 0) return `${graph.caption} ${rule}`;
  return `${graph.caption} ${rule} ${count(between, "edge")} between components: shown (dashed) for the feature pointed at.`;
}

/** The large cells that stand for one of many: which one depends on what is pointed at. */
function shownCells(graph: Graph, blocks: readonly Block[], wanted: readonly number[]): Cell[] {
  return blocks
    .filter(({ many }) => many)
    .map(({ large, members }) => ({ ...large[0]!, component: exemplar(graph, members, wanted) }));
}

function spotsOf(graph: Graph, blocks: readonly Block[], cells: readonly Cell[]): Map<number, Spot[]> {
  const all = [...cells, ...fixedCells(blocks)].flatMap((cell) => cellSpots(graph, cell));
  const found = new Map<number, Spot[]>();
  const dots = blocks.flatMap(({ dots }) => dots.map((dot) => ({ ...dot, depth: 0, size: dots.length <= NUMBERED ? 4 : 2.5 })));
  for (const spot of [...all, ...dots]) found.set(spot.feature, [...(found.get(spot.feature) ?? []), spot]);
  return found;
}

function fixedCells(blocks: readonly Block[]): Cell[] {
  return blocks.flatMap(({ many, large, small }) => (many ? small : [...large, ...small]));
}

function cellSpots(graph: Graph, { component, x, y, radius }: Cell): Spot[] {
  const { features, places } = graph.components[component]!;
  const size = radius > 0 && radius < 20 ? SMALL_NODE : features.length <= LABELLED ? 5 : features.length <= 60 ? 3.6 : 2.4;
  return features.map((feature, k) => {
    const [px, py, depth] = places[k]!;
    return { feature, x: x + radius * px, y: y - radius * py, depth, size };
  });
}

const byFeature = (spots: readonly Spot[]): Map<number, Spot> => new Map(spots.map((spot) => [spot.feature, spot]));

function drawFixed(pen: Pen, graph: Graph, blocks: readonly Block[]): void {
  for (const cell of fixedCells(blocks)) drawCell(pen, graph, cell, graph.inside[cell.component]!);
  for (const { dots } of blocks) {
    const few = dots.length <= NUMBERED;
    pen.ctx.lineWidth = 1.25;
    pen.ctx.strokeStyle = pen.theme.inkSoft;
    for (const { x, y } of dots) {
      pen.ctx.beginPath();
      pen.ctx.arc(x, y, few ? 4 : 2.5, 0, 2 * Math.PI);
      pen.ctx.stroke();
    }
    if (few) for (const { feature, x, y } of dots) drawLabel(pen, String(feature), x, y + 13);
  }
}

/** What changes with the pointer: the ones that stand for many, and the components of chosen features. */
function drawMoving(pen: Pen, graph: Graph, cells: readonly Cell[], wanted: readonly number[]): void {
  const bright = new Set(wanted.map((i) => graph.home[i]!));
  for (const cell of cells) {
    pen.ctx.globalAlpha = wanted.length === 0 || bright.has(cell.component) ? 1 : FAINT;
    drawCell(pen, graph, cell, graph.inside[cell.component]!);
  }
  pen.ctx.globalAlpha = 1;
}

function drawCell(pen: Pen, graph: Graph, cell: Cell, edges: readonly Edge[]): void {
  const spots = cellSpots(graph, cell);
  const large = cell.radius >= 20;
  if (large) drawFace(pen, spots);
  drawEdges(pen, edges, byFeature(spots), large ? 3.5 : 2);
  drawNodes(pen, spots, graph.n);
  if (spots.length > LABELLED || (cell.radius > 0 && !large)) return;
  for (const { feature, x, y } of spots) {
    const [dx, dy] = [x - cell.x, y - cell.y];
    const far = Math.hypot(dx, dy);
    if (far < 6) drawLabel(pen, String(feature), x, y + 13);
    else drawLabel(pen, String(feature), x + (dx / far) * (10 + 3 * String(feature).length), y + (dy / far) * 12);
  }
}

/** The components of chosen features at full strength, their edges, and rings around the features themselves. */
function drawChosen(pen: Pen, graph: Graph, wanted: readonly number[], hovered: number | null, spots: Map<number, Spot[]>): void {
  const { ctx, theme } = pen;
  const homes = new Set(wanted.map((i) => graph.home[i]!).filter((c) => c >= 0));
  for (const component of homes) {
    const features = graph.components[component]!.features;
    const edges = graph.inside[component]!;
    const few = edges.length <= FEW_EDGES;
    const own = few ? edges : edges.filter(({ a, b }) => wanted.includes(a) || wanted.includes(b));
    const copies = Math.max(...features.map((i) => spots.get(i)?.length ?? 0));
    for (let copy = 0; copy < copies; copy++) {
      const here = features.flatMap((i) => spots.get(i)?.[copy] ?? []);
      drawEdges(pen, own, byFeature(here), here[0]!.size > 3 ? 3.5 : 2);
      drawNodes(pen, few ? here : here.filter(({ feature }) => touched(feature, own)), graph.n);
    }
  }
  if (hovered !== null) {
    const main = new Map([...spots].map(([feature, all]) => [feature, all[0]!]));
    ctx.setLineDash([4, 3]);
    drawEdges(pen, graph.between.filter(({ a, b }) => a === hovered || b === hovered), main, 2.5);
    ctx.setLineDash([]);
  }
  for (const i of [...wanted].reverse()) {
    for (const spot of spots.get(i) ?? []) {
      drawNodes(pen, [spot], graph.n);
      drawRing(pen, spot, i === hovered ? theme.accent : theme.ink);
    }
    const [spot] = spots.get(i) ?? [];
    const numbered = (graph.components[graph.home[i]!]?.features.length ?? Infinity) <= LABELLED && spot?.size !== SMALL_NODE;
    if (spot && !numbered && (wanted.length <= LABELLED || i === hovered)) drawLabel(pen, String(i), spot.x, spot.y - spot.size - 11);
  }
}

function touched(feature: number, edges: readonly Edge[]): boolean {
  return edges.some(({ a, b }) => a === feature || b === feature);
}

function drawTitle({ ctx, theme }: Pen, graph: Graph, { title, members, x, y }: Block): void {
  ctx.textAlign = "left";
  ctx.fillStyle = theme.ink;
  ctx.font = `600 12px ${theme.font}`;
  ctx.fillText(title, x, y + 8);
  ctx.font = `11px ${theme.font}`;
  if (members.length === 0) return;
  ctx.fillStyle = theme.inkSoft;
  ctx.fillText(`D = ${meanDimensionality(graph, members).toFixed(2)}`, x, y + 23);
}

function nearest(spots: Map<number, Spot[]>, x: number, y: number): number | null {
  let [found, best]: [number | null, number] = [null, REACH];
  for (const [feature, all] of spots) {
    for (const spot of all) {
      const far = Math.hypot(spot.x - x, spot.y - y) - spot.depth * 0.01;
      if (far < best) [found, best] = [feature, far];
    }
  }
  return found;
}
