// A table of features drawn on a canvas: which rows it has, where its columns lie, and the bars in its cells.
import type { Pen } from "../shared/canvas";
import { featureStyle } from "../shared/colour";
import { drawMark } from "../shared/marks";
import { short } from "../shared/words";

/** Of more features only so many rows are drawn: the active ones, those pointed at, and those that cost most. */
export const MOST_ROWS = 24;
export const HEAD = 34;
export const ROW = 22;

export interface Column {
  left: number;
  right: number;
}

/** The features of the rows, in order; `wanted` are always there, the others by how much they weigh. */
export function chosenRows(n: number, wanted: readonly number[], weight: (j: number) => number): number[] {
  const all = Array.from({ length: n }, (_, j) => j);
  if (n <= MOST_ROWS) return all;
  const kept = new Set(wanted.filter((j) => j >= 0 && j < n).slice(0, MOST_ROWS));
  for (const j of [...all].sort((a, b) => weight(b) - weight(a))) {
    if (kept.size >= MOST_ROWS) break;
    kept.add(j);
  }
  return [...kept].sort((a, b) => a - b);
}

/** Columns of these shares of a width, with gaps between them. */
export function columnsFor(width: number, shares: readonly number[], gap: number): Column[] {
  const room = width - gap * (shares.length - 1);
  const whole = shares.reduce((sum, share) => sum + share, 0);
  let left = 0;
  return shares.map((share) => {
    const column = { left, right: left + (room * share) / whole };
    left = column.right + gap;
    return column;
  });
}

/** The share of a width that the labels of n features need beside other columns. */
export function labelShare(n: number, narrow: boolean): number {
  const digits = String(n - 1).length;
  return narrow ? 20 + 16 * digits : 26 + 8 * digits;
}

/** Which row lies under a height, or null. */
export function rowUnder(y: number, rows: number): number | null {
  const row = Math.floor((y - HEAD) / ROW);
  return row >= 0 && row < rows ? row : null;
}

export const middleOf = (row: number): number => HEAD + (row + 0.5) * ROW;

/** A place in a column for a value on a scale from `low` to `high`. */
export function placed(column: Column, value: number, low: number, high: number): number {
  const share = Math.min(Math.max((value - low) / (high - low), 0), 1);
  return column.left + share * (column.right - column.left);
}

/** The name of a column in one line or two, clipped to its width. */
export function heading({ ctx, theme }: Pen, { left, right }: Column, first: string, second: string): void {
  ctx.textAlign = "left";
  ctx.fillStyle = theme.ink;
  ctx.fillText(fitted(ctx, first, right - left), left, 9);
  ctx.fillStyle = theme.inkSoft;
  ctx.fillText(fitted(ctx, second, right - left), left, 23);
}

/** A text that is not wider than there is room. */
export function fitted(ctx: CanvasRenderingContext2D, text: string, room: number): string {
  if (ctx.measureText(text).width <= room) return text;
  let short = text;
  while (short.length > 1 && ctx.measureText(`${short}…`).width > room) short = short.slice(0, -1);
  return `${short}…`;
}

/** The mark and the number of a feature at the left of its row. */
export function rowLabel(pen: Pen, column: Column, i: number, y: number, setSize: number): void {
  const { ctx, theme } = pen;
  const { colour, shape } = featureStyle(i, theme.ink, setSize);
  ctx.fillStyle = colour;
  ctx.strokeStyle = theme.paper;
  ctx.lineWidth = 1;
  drawMark(ctx, shape, column.left + 6, y, 5);
  ctx.fillStyle = theme.ink;
  ctx.textAlign = "left";
  ctx.fillText(String(i), column.left + 14, y);
}

/** A row that is pointed at or kept. */
export function rowBand({ ctx, theme, width }: Pen, y: number, hovered: boolean): void {
  ctx.globalAlpha = hovered ? 0.22 : 0.12;
  ctx.fillStyle = theme.accent;
  ctx.fillRect(0, y - ROW / 2, width, ROW);
  ctx.globalAlpha = 1;
}

/** A bar from 0 to a value, and the value behind it where there is room. */
export function bar(pen: Pen, column: Column, y: number, value: number, low: number, high: number, colour: string, size = 10): void {
  const { ctx, theme } = pen;
  const numbered = column.right - column.left >= 76;
  const inner = numbered ? { left: column.left, right: column.right - 38 } : column;
  const [zero, end] = [placed(inner, 0, low, high), placed(inner, value, low, high)];
  ctx.fillStyle = theme.grid;
  ctx.fillRect(Math.round(zero), y - size / 2 - 2, 1, size + 4);
  ctx.fillStyle = colour;
  ctx.fillRect(Math.min(zero, end), y - size / 2, Math.abs(end - zero), size);
  if (!numbered) return;
  ctx.textAlign = "right";
  ctx.fillStyle = value === 0 ? theme.inkSoft : theme.ink;
  ctx.fillText(two(value), column.right, y);
}

/** Two decimals with a real minus sign, or the power of ten of something smaller. */
export function two(value: number): string {
  if (value === 0) return "0";
  if (Math.abs(value) < 0.005) return Math.abs(value) < 1e-6 ? "0.00" : short(Number(value.toPrecision(1)));
  return value.toFixed(2).replace("-", "−");
}

/** With its sign: +0.43, −0.81. */
export function plus(value: number): string {
  return `${value < 0 ? "−" : "+"}${two(Math.abs(value))}`;
}
