// The marks of a graph of neurons: lines in the colour of their sign, nodes, and labels that do not cover each other.
import { drawLabel, drawRing } from "../graph/draw";
import type { Pen } from "../shared/canvas";
import { viridis } from "../shared/colour";
import { drawMark } from "../shared/marks";
import { labelStep } from "../shared/words";
import { radiusOf, roomOf, spotOf, type Edge, type Layout, type Lines, type Node, type Wiring } from "./graph";
import { fillTint } from "./tint";

const WIDTHS = 6;
const LABEL = 11;

/** Draws lines, the wider the larger the weight, in few strokes: one for each sign and width of a side. */
export function drawLines(pen: Pen, layout: Layout, lines: Lines, most: Wiring["most"]): void {
  const widest = Math.max(Math.min(roomOf(layout, "neuron") * 0.5, roomOf(layout, "feature") * 0.4, 6), 1.5);
  drawBundle(pen, layout, lines.ins, "feature", most.ins, widest);
  drawBundle(pen, layout, lines.outs, "output", most.outs, widest);
}

function drawBundle({ ctx, theme }: Pen, layout: Layout, edges: readonly Edge[], kind: "feature" | "output", most: number, widest: number): void {
  const radius = { feature: radiusOf(layout, kind), neuron: radiusOf(layout, "neuron") };
  const side = kind === "feature" ? 1 : -1;
  const stepOf = (weight: number): number => Math.min(Math.floor((Math.abs(weight) / most) * WIDTHS), WIDTHS - 1);
  for (let step = 0; step < WIDTHS; step++) {
    for (const [sign, colour] of [[1, theme.positive], [-1, theme.negative]] as const) {
      ctx.beginPath();
      for (const { feature, neuron, weight } of edges) {
        if (weight * sign <= 0 || stepOf(weight) !== step) continue;
        const [far, near] = [spotOf(layout, { kind, index: feature }), spotOf(layout, { kind: "neuron", index: neuron })];
        const [from, to] = [far.x + side * radius.feature, near.x - side * radius.neuron];
        const middle = (from + to) / 2;
        ctx.moveTo(from, far.y);
        ctx.bezierCurveTo(middle, far.y, middle, near.y, to, near.y);
      }
      ctx.strokeStyle = colour;
      ctx.lineWidth = Math.max(((step + 1) / WIDTHS) * widest, 0.6);
      ctx.stroke();
    }
  }
  ctx.lineWidth = 1;
}

/** All nodes of the graph, and the names of their columns. */
export function drawNodes(pen: Pen, layout: Layout, { neurons }: Wiring): void {
  const { ctx, theme } = pen;
  for (const kind of ["feature", "output"] as const) {
    for (let index = 0; index < neurons.n; index++) drawFeature(pen, layout, { kind, index }, neurons.disturbed[index]!);
  }
  const radius = radiusOf(layout, "neuron");
  neurons.kinds.forEach((kind, index) => {
    const { x, y } = spotOf(layout, { kind: "neuron", index });
    const outline = new Path2D();
    outline.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.fillStyle = theme.paper;
    ctx.fill(outline);
    fillTint(ctx, kind, () => ctx.fill(outline), radius < 8);
    ctx.strokeStyle = theme.inkSoft;
    ctx.setLineDash(kind === "dead" ? [2, 2] : []);
    ctx.stroke(outline);
    ctx.setLineDash([]);
  });
}

function drawFeature({ ctx, theme }: Pen, layout: Layout, node: Node, disturbed: number): void {
  const { x, y } = spotOf(layout, node);
  const radius = radiusOf(layout, node.kind);
  ctx.fillStyle = viridis(disturbed);
  ctx.strokeStyle = theme.line;
  ctx.lineWidth = 0.75;
  drawMark(ctx, "circle", x, y, radius);
  ctx.lineWidth = 1;
}

export function drawTitles({ ctx, theme }: Pen, layout: Layout, titles: Record<Node["kind"], string>): void {
  ctx.fillStyle = theme.inkSoft;
  for (const [kind, align] of [["feature", "left"], ["neuron", "center"], ["output", "right"]] as const) {
    const edge = kind === "feature" ? 2 : kind === "output" ? layout.columns.output + layout.columns.feature - 2 : layout.columns.neuron;
    ctx.textAlign = align;
    ctx.fillText(titles[kind], edge, 9);
  }
}

/** The numbers of nodes as far as they have room: those of `chosen` first, or else of every few of a column. */
export function drawNumbers(pen: Pen, layout: Layout, chosen: readonly Node[]): void {
  const { ctx, theme } = pen;
  const taken: Record<Node["kind"], number[]> = { feature: [], neuron: [], output: [] };
  const rest = everyFew(layout).filter(({ kind }) => chosen.length === 0 || roomOf(layout, kind) >= LABEL);
  [...chosen, ...rest].forEach((node, k) => {
    const { x, y } = spotOf(layout, node);
    if (taken[node.kind].some((other) => Math.abs(other - y) < LABEL - 0.5)) return;
    taken[node.kind].push(y);
    const radius = radiusOf(layout, node.kind);
    const name = String(node.index);
    if (node.kind === "neuron") return drawLabel(pen, name, radius >= 8 ? x : x + radius + 4 + 3 * name.length, y + 0.5);
    ctx.fillStyle = k < chosen.length ? theme.ink : theme.inkSoft;
    ctx.textAlign = node.kind === "feature" ? "right" : "left";
    ctx.fillText(name, x + (node.kind === "feature" ? -1 : 1) * (radius + 5), y + 0.5);
  });
}

function everyFew(layout: Layout): Node[] {
  return (["feature", "neuron", "output"] as const).flatMap((kind) => {
    const every = labelStep(roomOf(layout, kind), LABEL);
    const size = kind === "neuron" ? layout.places.length : layout.n;
    const all = Array.from({ length: size }, (_, index): Node => ({ kind, index }));
    return all.filter(({ index }) => (kind === "neuron" ? layout.places[index]! : index) % every === 0);
  });
}

export function drawMarked(pen: Pen, layout: Layout, node: Node, colour: string): void {
  drawRing(pen, { feature: node.index, ...spotOf(layout, node), depth: 0, size: radiusOf(layout, node.kind) }, colour);
}
