// W^T W as a heat map with the bias beside it: what a model does to its features, in one square.
import type { Pen } from "../shared/canvas";
import { BARELY_ABOVE, diverging, niceLimit } from "../shared/colour";
import { make } from "../shared/dom";
import type { Film } from "../shared/film";
import { gram, product } from "../shared/formulas";
import { featurePanel, type Hit } from "../shared/panel";
import type { ViewFactory } from "../shared/view";
import { labelStep, setsCaption, signed, short } from "../shared/words";

export interface Grid {
  left: number;
  top: number;
  /** Side of a cell. */
  cell: number;
  n: number;
  /** Left edge of the bias strip. */
  strip: number;
}

const TALLEST = 440;

/** Where the cells lie in a canvas: room for labels left and above, and for the strip of b on the right. */
export function gridFor(width: number, height: number, n: number): Grid {
  const margin = marginFor(width, n);
  const gap = 8;
  const cell = Math.max(Math.min((width - margin - gap - 2) / (n + stripCells(n)), (height - margin - 2) / n), 0.1);
  const whole = cell * (n + stripCells(n)) + gap;
  const left = margin + Math.max((width - margin - 2 - whole) / 2, 0);
  return { left, top: margin, cell, n, strip: left + cell * n + gap };
}

/** Room for the labels: narrow pictures spare it where the numbers are short. */
function marginFor(width: number, n: number): number {
  return width < 220 && n <= 10 ? 14 : 22;
}

/** Width of the bias strip in cells: never too thin to point at. */
function stripCells(n: number): number {
  return Math.max(1, n / 20);
}

/** The cell under a point: column "b" is the bias strip. */
export function cellAt(grid: Grid, x: number, y: number): { row: number; column: number | "b" } | null {
  const row = Math.floor((y - grid.top) / grid.cell);
  const column = Math.floor((x - grid.left) / grid.cell);
  if (row < 0 || row >= grid.n) return null;
  if (column >= 0 && column < grid.n) return { row, column };
  return x >= grid.strip && x < grid.strip + grid.cell * stripCells(grid.n) ? { row, column: "b" } : null;
}

export const weightMatrix: ViewFactory = (host, events) => {
  let matrix = new Float64Array();
  let bias = new Float32Array();
  let n = 0;
  let limit = 0;
  let setSize = 1;
  let mapName = "WᵀW";
  let known: Film | null = null;
  let grid: Grid = gridFor(1, 1, 1);

  const about = (i: number): string =>
    `feature ${i}: (${mapName})_{${i},${i}} = ${signed(matrix[i * n + i]!)}, b_{${i}} = ${signed(bias[i]!)}`;

  const hit = (x: number, y: number): Hit | null => {
    const cell = cellAt(grid, x, y);
    if (!cell) return null;
    const { row, column } = cell;
    if (column === "b") return { feature: row, text: `b_{${row}} = ${signed(bias[row]!)}` };
    return { feature: row, text: `(${mapName})_{${row},${column}} = ${signed(matrix[row * n + column]!)}` };
  };

  const panel = featurePanel(host, events, {
    name: "Weight matrix",
    role: "heat map",
    heightFor: (width) => {
      const margin = marginFor(width, n);
      return Math.min(margin + 2 + ((width - margin - 10) * n) / (n + stripCells(Math.max(n, 1))), TALLEST);
    },
    draw: (pen) => {
      if (n === 0) return;
      grid = gridFor(pen.width, pen.height, n);
      drawCells(pen, grid, matrix, bias, limit);
      if (setSize > 1) drawSetBorders(pen, grid, setSize);
      drawLabels(pen, grid, panel.bright);
      drawSelection(pen, grid, panel.hovered(), panel.pinned);
    },
    hit,
    count: () => n,
    about,
    place: (i) => ({ x: grid.left + (i + 0.5) * grid.cell, y: grid.top + (i + 0.5) * grid.cell }),
  });

  return {
    update: (film, frame) => {
      n = film.n;
      bias = film.b(frame) as Float32Array<ArrayBuffer>;
      matrix = mapOf(film, frame) as Float64Array<ArrayBuffer>;
      if (film !== known) {
        known = film;
        setSize = film.set_size ?? 1;
        mapName = film.untied ? "W_{out}W" : "WᵀW";
        const last = [...mapOf(film, film.length - 1), ...film.b(film.length - 1)];
        const before = limit;
        limit = niceLimit(last.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
        if (limit !== before) panel.legend(...legendOf(limit));
        panel.caption(captionOf(film) + setsCaption(film.features, film.set_size, "Blocks"));
      }
      panel.refresh();
    },
    select: panel.select,
    destroy: panel.destroy,
  };
};

function mapOf(film: Film, frame: number): Float64Array {
  const decoder = film.Wout(frame);
  const W = film.W(frame);
  return decoder ? product(decoder, W, film.n, film.m, film.n) : gram(W, film.m, film.n);
}

function captionOf(film: Film): string {
  const size = `${film.n}×${film.n}`;
  const what =
    film.architecture === "untied" || film.untied
      ? `W_{out}W (${size}) and b: row i, column j is what input feature j adds to output i, leaving out both ReLUs`
      : `WᵀW (${size}) and b: row i, column j is W_i·W_j, what input feature j adds to output feature i`;
  return film.architecture === "relu_hidden" ? `${what}, leaving out the hidden ReLU.` : `${what}.`;
}

function legendOf(limit: number): (Node | string)[] {
  const ramp = make("span", { class: "tms-ramp tms-ramp-signed", role: "img", "aria-label": "blue negative, red positive" });
  const scale = make("span", { class: "tms-scale" }, `−${short(limit)}`, ramp, `+${short(limit)}`);
  return [scale, make("span", { class: "tms-note" }, "notched corner: beyond")];
}

function drawCells(pen: Pen, grid: Grid, matrix: Float64Array, bias: Float32Array, limit: number): void {
  const { n, left, top, cell, strip } = grid;
  const gap = cell >= 6 ? 1 : 0;
  const paint = (x: number, y: number, width: number, value: number): void => {
    pen.ctx.fillStyle = diverging(value, limit, pen.theme);
    pen.ctx.fillRect(x, y, width - gap, cell - gap + (gap ? 0 : 0.5));
    if (Math.abs(value) > BARELY_ABOVE * limit && cell >= 4) notch(pen, x + width - gap, y, cell / 3);
  };
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) paint(left + j * cell, top + i * cell, cell + (gap ? 0 : 0.5), matrix[i * n + j]!);
    paint(strip, top + i * cell, cell * stripCells(n), bias[i]!);
  }
  pen.ctx.strokeStyle = pen.theme.line;
  pen.ctx.strokeRect(left - 0.5, top - 0.5, cell * n + 1 - gap, cell * n + 1 - gap);
  pen.ctx.strokeRect(strip - 0.5, top - 0.5, cell * stripCells(n) + 1 - gap, cell * n + 1 - gap);
}

/** Lines between the sets of features, so that what happens within a set is a block on the diagonal. */
function drawSetBorders({ ctx, theme }: Pen, { left, top, cell, n }: Grid, setSize: number): void {
  ctx.strokeStyle = theme.ink;
  ctx.beginPath();
  for (let first = setSize; first < n; first += setSize) {
    const [x, y] = [Math.round(left + first * cell) - 0.5, Math.round(top + first * cell) - 0.5];
    ctx.moveTo(x, top);
    ctx.lineTo(x, top + cell * n);
    ctx.moveTo(left, y);
    ctx.lineTo(left + cell * n, y);
  }
  ctx.stroke();
}

/** Marks a value beyond the scale: a corner of paper cut out of the cell. */
function notch({ ctx, theme }: Pen, right: number, top: number, size: number): void {
  ctx.fillStyle = theme.paper;
  ctx.beginPath();
  ctx.moveTo(right - size, top);
  ctx.lineTo(right, top);
  ctx.lineTo(right, top + size);
  ctx.fill();
}

function drawLabels(pen: Pen, grid: Grid, bright: (feature: number) => boolean): void {
  const { ctx, theme } = pen;
  const every = labelStep(grid.cell, grid.n > 10 ? 19 : 12);
  for (let i = 0; i < grid.n; i += every) {
    const middle = (i + 0.5) * grid.cell;
    ctx.fillStyle = bright(i) ? theme.ink : theme.inkSoft;
    ctx.textAlign = "right";
    ctx.fillText(String(i), grid.left - 4, grid.top + middle);
    ctx.textAlign = "center";
    ctx.fillText(String(i), grid.left + middle, grid.top - 8);
  }
  ctx.fillStyle = theme.ink;
  ctx.textAlign = "center";
  ctx.fillText("b", grid.strip + (grid.cell * stripCells(grid.n)) / 2, grid.top - 8);
}

function drawSelection(pen: Pen, grid: Grid, hovered: number | null, pinned: (feature: number) => boolean): void {
  const { ctx, theme } = pen;
  const side = grid.cell * grid.n;
  const outline = (i: number, colour: string, width: number): void => {
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.strokeRect(grid.left, grid.top + i * grid.cell, grid.strip + grid.cell * stripCells(grid.n) - grid.left, grid.cell);
    ctx.strokeRect(grid.left + i * grid.cell, grid.top, grid.cell, side);
  };
  for (let i = 0; i < grid.n; i++) if (pinned(i)) outline(i, theme.ink, 1.5);
  if (hovered !== null && hovered < grid.n) outline(hovered, theme.accent, 2);
  ctx.lineWidth = 1;
}
