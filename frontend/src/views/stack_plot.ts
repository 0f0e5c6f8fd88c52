// One bar a feature: how long its vector is, coloured by how much the other features interfere with it.
import type { Pen } from "../shared/canvas";
import { BARELY_ABOVE, featureStyle, niceLimit, viridis, VIRIDIS_GRADIENT } from "../shared/colour";
import { formula, make } from "../shared/dom";
import type { Film } from "../shared/film";
import { featureNorms, interference, longestNorm } from "../shared/formulas";
import { featurePanel } from "../shared/panel";
import type { ViewFactory } from "../shared/view";
import { labelStep, setsCaption, short } from "../shared/words";

export interface Bars {
  left: number;
  right: number;
  top: number;
  /** Height of a row; the bar fills most of it. */
  row: number;
  n: number;
}

const AXIS = 22;
const BRACKET = 10;

/** Where the bars lie in a canvas; with sets there is room for their brackets at the left. */
export function barsFor(width: number, height: number, n: number, sets = false): Bars {
  const left = (width < 220 ? 22 : 28) + (sets ? BRACKET : 0);
  return { left, right: width - 10, top: 4, row: (height - 4 - AXIS) / n, n };
}

/** The feature whose row lies under a point, wherever in the row. */
export function rowAt(bars: Bars, y: number): number | null {
  const row = Math.floor((y - bars.top) / bars.row);
  return row >= 0 && row < bars.n ? row : null;
}

export const stackPlot: ViewFactory = (host, events) => {
  let norms = new Float64Array();
  let disturbed = new Float64Array();
  let n = 0;
  let longest = 1;
  let setSize = 1;
  let known: Film | null = null;
  let bars = barsFor(1, 1, 1);

  const about = (i: number): string =>
    `feature ${i}: ‖W_{${i}}‖ = ${short(norms[i]!)}, interference ${short(disturbed[i]!)}`;

  const panel = featurePanel(host, events, {
    name: "Feature norms and interference",
    role: "bar chart",
    heightFor: (width) => Math.min(Math.max(n * 14, Math.min(width * 0.7, n * 26)) + 4 + AXIS, 440),
    draw: (pen) => {
      if (n === 0) return;
      bars = barsFor(pen.width, pen.height, n, setSize > 1);
      drawAxis(pen, bars, longest);
      for (let i = 0; i < n; i++) {
        const look = { bright: panel.bright(i), hovered: panel.hovered() === i, pinned: panel.pinned(i) };
        drawBar(pen, bars, longest, i, norms[i]!, disturbed[i]!, look);
      }
      drawLabels(pen, bars, panel.bright);
      if (setSize > 1) drawBrackets(pen, bars, setSize);
    },
    hit: (_, y) => {
      const feature = n > 0 ? rowAt(bars, y) : null;
      return feature === null ? null : { feature, text: about(feature) };
    },
    count: () => n,
    about,
    place: (i) => ({ x: bars.left + 20, y: bars.top + (i + 0.5) * bars.row }),
  });

  const ramp = make("span", { class: "tms-ramp", role: "img", "aria-label": "dark blue to yellow" });
  ramp.style.background = VIRIDIS_GRADIENT;
  panel.legend(
    make("span", {}, formula("interference Σ_{j≠i}(Ŵ_i·W_j)²:")),
    make("span", { class: "tms-scale" }, "0", ramp, "1"),
    make("span", { class: "tms-note" }, "▸ above 1"),
  );

  return {
    update: (film, frame) => {
      n = film.n;
      norms = featureNorms(film.W(frame), film.m, n) as Float64Array<ArrayBuffer>;
      disturbed = interference(film.W(frame), film.m, n) as Float64Array<ArrayBuffer>;
      if (film !== known) {
        known = film;
        longest = axisEnd(film);
        setSize = film.set_size ?? 1;
        panel.caption(captionOf(film));
      }
      panel.refresh();
    },
    select: panel.select,
    destroy: panel.destroy,
  };
};

function captionOf({ n, untied, features, set_size }: Film): string {
  const length = untied
    ? `how strongly each of the n = ${n} features drives the hidden layer`
    : `how strongly each of the n = ${n} features is represented (1 is fully)`;
  return `Bar length ‖W_i‖: ${length}; colour: how much the others interfere with it.${setsCaption(features, set_size, "Brackets")}`;
}

/** End of the axis: at least 1.2, and no bar of any frame reaches beyond it. */
function axisEnd(film: Film): number {
  return niceLimit(Math.max(1.2, 1.05 * longestNorm(film)));
}

function drawAxis({ ctx, theme }: Pen, bars: Bars, longest: number): void {
  const bottom = bars.top + bars.row * bars.n;
  const step = [0.5, 1, 2, 5, 10, 20, 50, 100].find((s) => longest / s <= 4) ?? longest;
  ctx.textAlign = "center";
  for (let value = 0; value <= longest + 1e-9; value += step) {
    const x = Math.round(bars.left + ((bars.right - bars.left) * value) / longest) + 0.5;
    ctx.strokeStyle = value === 0 || value === 1 ? theme.line : theme.grid;
    ctx.beginPath();
    ctx.moveTo(x, bars.top);
    ctx.lineTo(x, bottom + 3);
    ctx.stroke();
    ctx.fillStyle = theme.inkSoft;
    ctx.fillText(short(value), x, bottom + 11);
  }
  ctx.textAlign = "right";
  const lastTick = Math.floor(longest / step + 1e-9) * step;
  const free = (bars.right - bars.left) * (1 - lastTick / longest);
  if (free > 40) ctx.fillText("‖Wᵢ‖", bars.right, bottom + 11);
}

function drawBar(
  { ctx, theme }: Pen,
  bars: Bars,
  longest: number,
  i: number,
  norm: number,
  disturbed: number,
  look: { bright: boolean; hovered: boolean; pinned: boolean },
): void {
  const gap = Math.min(bars.row * 0.2, 4);
  const y = bars.top + i * bars.row + gap / 2;
  const height = Math.max(bars.row - gap, 0.5);
  const room = bars.right - bars.left;
  const width = (room * norm) / longest;
  ctx.globalAlpha = look.bright ? 1 : 0.6;
  ctx.fillStyle = viridis(disturbed);
  ctx.fillRect(bars.left, y, width, height);
  ctx.globalAlpha = 1;
  ctx.strokeStyle = look.hovered ? theme.accent : look.pinned ? theme.ink : theme.line;
  ctx.lineWidth = look.hovered || look.pinned ? 2 : 1;
  if (height >= 3) ctx.strokeRect(bars.left, y, width, height);
  ctx.lineWidth = 1;
  const beyond = disturbed > BARELY_ABOVE && norm > 0.1; // a vector of no length shows no colour to misread
  if (beyond) wedge(ctx, bars.left + width, y, Math.min(height, 10), theme.ink);
}

function wedge(ctx: CanvasRenderingContext2D, right: number, top: number, size: number, colour: string): void {
  ctx.fillStyle = colour;
  ctx.beginPath();
  ctx.moveTo(right + 2, top);
  ctx.lineTo(right + 2 + size * 0.7, top + size / 2);
  ctx.lineTo(right + 2, top + size);
  ctx.fill();
}

function drawLabels({ ctx, theme }: Pen, bars: Bars, bright: (feature: number) => boolean): void {
  const every = labelStep(bars.row, 12);
  ctx.textAlign = "right";
  for (let i = 0; i < bars.n; i += every) {
    ctx.fillStyle = bright(i) ? theme.ink : theme.inkSoft;
    ctx.fillText(String(i), bars.left - 5, bars.top + (i + 0.5) * bars.row);
  }
}

/** A bracket around the members of each set, in the set's colour. */
function drawBrackets({ ctx, theme }: Pen, bars: Bars, setSize: number): void {
  const gap = Math.min(bars.row * 0.2, 3);
  ctx.lineWidth = 3;
  for (let first = 0; first < bars.n; first += setSize) {
    const [top, bottom] = [bars.top + first * bars.row + gap, bars.top + (first + setSize) * bars.row - gap];
    ctx.strokeStyle = featureStyle(first, theme.ink, setSize).colour;
    ctx.beginPath();
    ctx.moveTo(7, top);
    ctx.lineTo(2.5, top);
    ctx.lineTo(2.5, bottom);
    ctx.lineTo(7, bottom);
    ctx.stroke();
  }
  ctx.lineWidth = 1;
}
