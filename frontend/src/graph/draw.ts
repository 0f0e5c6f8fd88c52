// The marks of a feature graph: edges in the colour of their sign, nodes, and the faint face of a polytope.
import type { Pen } from "../shared/canvas";
import { featureStyle } from "../shared/colour";
import { drawMark } from "../shared/marks";
import type { Edge } from "./model";

export interface Spot {
  feature: number;
  x: number;
  y: number;
  /** Towards the reader, -1 to 1. */
  depth: number;
  /** Radius of the node. */
  size: number;
}

/** Up to so many features each has a colour and a shape of its own; more cannot be told apart by them. */
const STYLED = 40;
const WIDTHS = 4;
/** From so many edges on each is fainter, so that what is under them still shows. */
const CROWD = 250;

/** Draws edges in few strokes: one for each sign and width. `scale` is the width of an edge of strength 1. */
export function drawEdges(pen: Pen, edges: readonly Edge[], at: ReadonlyMap<number, Spot>, scale: number): void {
  const { ctx, theme } = pen;
  const before = ctx.globalAlpha;
  ctx.globalAlpha = before * Math.min(Math.max(CROWD / Math.max(edges.length, 1), 0.08), 1);
  ctx.lineCap = "round";
  for (const [sign, colour] of [[1, theme.positive], [-1, theme.negative]] as const) {
    for (let step = 0; step < WIDTHS; step++) {
      ctx.beginPath();
      for (const { a, b, strength } of edges) {
        const [from, to] = [at.get(a), at.get(b)];
        if (!from || !to || strength * sign <= 0 || stepOf(strength) !== step) continue;
        ctx.moveTo(from.x, from.y);
        ctx.lineTo(to.x, to.y);
      }
      ctx.strokeStyle = colour;
      ctx.lineWidth = Math.max(((step + 1) / WIDTHS) * scale, 0.6);
      ctx.stroke();
    }
  }
  ctx.globalAlpha = before;
}

function stepOf(strength: number): number {
  return Math.min(Math.floor(Math.abs(strength) * WIDTHS), WIDTHS - 1);
}

/** The outline of some spots, filled faintly: the polygon, or the body as it is seen. */
export function drawFace({ ctx, theme }: Pen, spots: readonly Spot[]): void {
  const corners = hull(spots);
  if (corners.length < 3) return;
  const before = ctx.globalAlpha;
  ctx.globalAlpha = before * 0.3;
  ctx.fillStyle = theme.grid;
  ctx.beginPath();
  corners.forEach(({ x, y }, k) => (k ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
  ctx.closePath();
  ctx.fill();
  ctx.globalAlpha = before;
}

/** Nodes from back to front. */
export function drawNodes(pen: Pen, spots: readonly Spot[], n: number): void {
  const { ctx, theme } = pen;
  for (const { feature, x, y, depth, size } of [...spots].sort((a, b) => a.depth - b.depth)) {
    const { colour, shape } = n <= STYLED ? featureStyle(feature, theme.ink) : { colour: theme.ink, shape: "circle" as const };
    ctx.fillStyle = colour;
    ctx.strokeStyle = theme.paper;
    ctx.lineWidth = size > 3 ? 1.5 : 0.75;
    drawMark(ctx, size > 3 ? shape : "circle", x, y, size * (1 + 0.15 * depth));
  }
}

/** A ring around a node. */
export function drawRing({ ctx, theme }: Pen, { x, y, size }: Spot, colour: string): void {
  for (const [width, stroke] of [[5, theme.paper], [2.5, colour]] as const) {
    ctx.lineWidth = width;
    ctx.strokeStyle = stroke;
    ctx.beginPath();
    ctx.arc(x, y, size + 3.5, 0, 2 * Math.PI);
    ctx.stroke();
  }
}

/** Text with a rim of paper, so that lines behind it do not cross it out. */
export function drawLabel({ ctx, theme }: Pen, text: string, x: number, y: number): void {
  ctx.textAlign = "center";
  ctx.lineWidth = 3;
  ctx.lineJoin = "round";
  ctx.strokeStyle = theme.paper;
  ctx.strokeText(text, x, y);
  ctx.fillStyle = theme.ink;
  ctx.fillText(text, x, y);
}

/** Corners of the convex hull, in order (Andrew's monotone chain). */
export function hull(points: readonly { x: number; y: number }[]): { x: number; y: number }[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  const chain = (ordered: typeof sorted): typeof sorted => {
    const found: typeof sorted = [];
    for (const point of ordered) {
      while (found.length > 1 && turn(found.at(-2)!, found.at(-1)!, point) <= 1e-9) found.pop();
      found.push(point);
    }
    return found.slice(0, -1);
  };
  return [...chain(sorted), ...chain(sorted.reverse())];
}

type Place = { x: number; y: number };

function turn(a: Place, b: Place, c: Place): number {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}
