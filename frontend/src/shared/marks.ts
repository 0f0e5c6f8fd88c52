// The mark of a feature: a shape in its colour with an outline that shows on any paper.
import type { Shape } from "./colour";

export function drawMark(ctx: CanvasRenderingContext2D, shape: Shape, x: number, y: number, radius: number): void {
  ctx.beginPath();
  if (shape === "circle") ctx.arc(x, y, radius, 0, 2 * Math.PI);
  else if (shape === "square") ctx.rect(x - radius * 0.9, y - radius * 0.9, radius * 1.8, radius * 1.8);
  else polygon(ctx, x, y, radius * 1.2, CORNERS[shape]);
  ctx.fill();
  ctx.stroke();
}

/** Corners in units of the radius, y down. */
const CORNERS: Record<"triangle" | "diamond" | "cross", readonly (readonly [number, number])[]> = {
  triangle: [[0, -1], [0.9, 0.7], [-0.9, 0.7]],
  diamond: [[0, -1], [1, 0], [0, 1], [-1, 0]],
  cross: [
    [-0.35, -1], [0.35, -1], [0.35, -0.35], [1, -0.35], [1, 0.35], [0.35, 0.35],
    [0.35, 1], [-0.35, 1], [-0.35, 0.35], [-1, 0.35], [-1, -0.35], [-0.35, -0.35],
  ],
};

function polygon(
  ctx: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  corners: readonly (readonly [number, number])[],
): void {
  corners.forEach(([dx, dy], k) => (k ? ctx.lineTo(x + dx * radius, y + dy * radius) : ctx.moveTo(x + dx * radius, y + dy * radius)));
  ctx.closePath();
}
