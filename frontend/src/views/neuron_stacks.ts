// One column a neuron: its weights on top of each other, features coloured by how much others interfere with them.
import { neuronsOf, neuronWords, kindCounts, orderOf, RECEIVED, strongestNeuron, thresholdWords, weightIn, type Neurons } from "../neurons/model";
import { frameFor, heightOf, pieceAt, stacksOf, type Frame, type Piece, type Stacks, type Weights } from "../neurons/stacks";
import { fillTint, neuronLegend } from "../neurons/tint";
import type { Pen } from "../shared/canvas";
import { BARELY_ABOVE, readableOn, viridis } from "../shared/colour";
import { make } from "../shared/dom";
import type { Film } from "../shared/film";
import { featurePanel, type FeaturePanel, type Hit } from "../shared/panel";
import type { View, ViewEvents } from "../shared/view";
import { labelStep, short, signed } from "../shared/words";

export interface NeuronStacks extends View {
  /** Draws weights with their signs, or their sizes alone. */
  weights(kind: Weights): void;
}

const FADED = 0.22;

/** `choose` is told what the reader asks for; without it the view draws that by itself. */
export function neuronStacks(host: HTMLElement, events: ViewEvents, choose?: (kind: Weights) => void): NeuronStacks {
  let neurons: Neurons | null = null;
  let order: number[] = [];
  let stacks: Stacks[] = [];
  let kind: Weights = "signed";
  let untied: boolean | null = null;
  let frame: Frame = frameFor(1, 1, 1, 1);

  const about = (i: number): string => {
    const a = strongestNeuron(neurons!, i);
    const weight = signed(weightIn(neurons!, a, i));
    return `feature ${i}: interference ${short(neurons!.disturbed[i]!)}, strongest in neuron ${a} (W_{${a},${i}} = ${weight})`;
  };
  const hit = (x: number, y: number): Hit | null => {
    const found = neurons && pieceAt(frame, stacks, order, x, y);
    if (!found) return null;
    const words = neuronWords(neurons!, found.neuron);
    if (!found.piece) return { feature: null, text: words };
    const { feature, weight } = found.piece;
    const name = found.plot === 0 ? `W_{${found.neuron},${feature}}` : `(W_{out})_{${feature},${found.neuron}}`;
    return { feature, text: `${name} = ${signed(weight)}; ${words}` };
  };

  const panel: FeaturePanel = featurePanel(host, events, {
    name: "Weights of each neuron",
    role: "stacked bar chart",
    heightFor: (width) => (stacks.length > 1 ? Math.min(Math.max(width * 0.75, 280), 440) : Math.min(Math.max(width * 0.55, 190), 300)),
    draw: (pen) => {
      if (!neurons) return;
      frame = frameFor(pen.width, pen.height, neurons.m, stacks.length);
      drawTints(pen, frame, neurons, order);
      stacks.forEach((one, k) => drawStacks(pen, frame, neurons!, order, one, k, panel));
      drawNames(pen, frame, neurons, order);
    },
    hit,
    count: () => neurons?.n ?? 0,
    about,
    place: (i) => placeOf(frame, stacks, order, strongestNeuron(neurons!, i), i),
  });

  const show = (next: Weights): void => {
    if (next === kind) return;
    kind = next;
    choice.show(next);
    if (neurons) stacks = stacksOf(neurons, kind);
    panel.refresh();
  };
  const choice = weightsChoice(kind, (asked) => (choose ? choose(asked) : show(asked)));
  return {
    update: (film, at) => {
      neurons = neuronsOf(film, at);
      order = orderOf(film);
      stacks = stacksOf(neurons, kind);
      if (film.untied !== untied) panel.legend(...neuronLegend((untied = film.untied), "1 (notched: above)"), choice.element);
      panel.caption(captionOf(film, neurons));
      panel.refresh();
    },
    weights: show,
    select: panel.select,
    destroy: panel.destroy,
  };
}

function captionOf({ untied }: Film, neurons: Neurons): string {
  const scaled = untied
    ? ` Weights into each neuron are scaled so that the largest is ±1, those out of it inversely. ${RECEIVED}`
    : "";
  return `${kindCounts(neurons)}; below each stands its number of features. ${thresholdWords(untied)}${scaled}`;
}

function weightsChoice(first: Weights, choose: (kind: Weights) => void): { element: HTMLElement; show(kind: Weights): void } {
  const name = `tms-weights-${Math.random().toString(36).slice(2)}`; // each picture's own, also of widgets made at once
  const inputs = (["signed", "absolute"] as const).map((value) => {
    const input = make("input", { type: "radio", name, value, "data-lm-suppress-shortcuts": "true" });
    input.checked = value === first;
    input.addEventListener("change", () => choose(value));
    return input;
  });
  const labels = inputs.map((input) => make("label", { class: "tms-choice" }, input, input.value));
  const element = make("span", { class: "tms-choices", role: "radiogroup", "aria-label": "Weights" }, "weights:", ...labels);
  const show = (kind: Weights): void => {
    for (const input of inputs) input.checked = input.value === kind;
  };
  return { element, show };
}

/** The middle of a feature's piece in a neuron's column. */
function placeOf(frame: Frame, stacks: readonly Stacks[], order: readonly number[], neuron: number, feature: number): { x: number; y: number } {
  const [one, plot] = [stacks[0]!, frame.plots[0]!];
  const piece = one.columns[neuron]!.find((piece) => piece.feature === feature);
  const value = piece ? (piece.from + piece.to) / 2 : 0;
  return { x: frame.left + (order.indexOf(neuron) + 0.5) * frame.column, y: heightOf(one, plot, value) };
}

function drawTints({ ctx }: Pen, frame: Frame, { kinds }: Neurons, order: readonly number[]): void {
  const top = frame.plots[0]!.top;
  const gap = frame.column > 6 ? 1 : 0;
  order.forEach((a, place) => {
    const x = frame.left + place * frame.column;
    fillTint(ctx, kinds[a]!, () => ctx.fillRect(x + gap, top, frame.column - 2 * gap, frame.counts + 7 - top));
  });
}

function drawStacks(pen: Pen, frame: Frame, neurons: Neurons, order: readonly number[], one: Stacks, k: number, panel: FeaturePanel): void {
  const { ctx, theme } = pen;
  const plot = frame.plots[k]!;
  drawAxis(pen, frame, one, plot);
  const side = Math.min(frame.column * 0.14, 6);
  const [width, inset] = [frame.column - 2 * side, frame.left + side];
  const at = (value: number): number => heightOf(one, plot, value);
  const colours = Array.from(neurons.disturbed, viridis);
  const late: (() => void)[] = []; // what is pointed at and pinned lies above its neighbours
  order.forEach((a, place) => {
    for (const piece of one.columns[a]!) {
      const [from, to] = [at(piece.from), at(piece.to)];
      const box = { x: inset + place * frame.column, y: Math.min(from, to), width, height: Math.abs(to - from) };
      const bright = panel.bright(piece.feature);
      const beyond = neurons.disturbed[piece.feature]! > BARELY_ABOVE;
      ctx.globalAlpha = bright ? 1 : FADED;
      drawPiece(pen, piece, box, colours[piece.feature]!, beyond);
      ctx.globalAlpha = 1;
      const chosen = panel.hovered() === piece.feature ? theme.accent : panel.pinned(piece.feature) ? theme.ink : null;
      if (chosen) late.push(() => outline(pen, box, chosen));
    }
  });
  for (const draw of late) draw();
  const zero = Math.round(at(0)) + 0.5;
  ctx.strokeStyle = theme.ink;
  ctx.beginPath();
  ctx.moveTo(frame.left, zero);
  ctx.lineTo(frame.left + frame.column * frame.m, zero);
  ctx.stroke();
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

function drawPiece({ ctx, theme }: Pen, { feature }: Piece, { x, y, width, height }: Box, colour: string, beyond: boolean): void {
  ctx.fillStyle = colour;
  ctx.fillRect(x, y, width, height);
  if (height < 3) return;
  ctx.strokeStyle = theme.paper;
  ctx.lineWidth = 0.75;
  ctx.strokeRect(x, y, width, height);
  ctx.lineWidth = 1;
  const notch = Math.min(height / 3, width / 3, 8);
  if (beyond && height >= 4) {
    ctx.fillStyle = theme.paper;
    ctx.beginPath();
    ctx.moveTo(x + width - notch, y);
    ctx.lineTo(x + width, y);
    ctx.lineTo(x + width, y + notch);
    ctx.fill();
  }
  if (height < 11 || width < 7 * String(feature).length + 4) return;
  ctx.fillStyle = readableOn(colour);
  ctx.textAlign = "center";
  ctx.fillText(String(feature), x + width / 2, y + height / 2 + 0.5);
}

function outline({ ctx }: Pen, { x, y, width, height }: Box, colour: string): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2;
  ctx.strokeRect(x, y, width, Math.max(height, 1));
  ctx.lineWidth = 1;
}

function drawAxis({ ctx, theme }: Pen, frame: Frame, one: Stacks, plot: { top: number; bottom: number }): void {
  const { low, high, title } = one;
  const most = Math.max(Math.floor((plot.bottom - plot.top) / 22), 2);
  const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100].find((s) => (high - low) / s <= most) ?? high - low;
  ctx.textAlign = "right";
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9; k++) {
    const y = Math.round(heightOf(one, plot, k * step)) + 0.5;
    ctx.strokeStyle = theme.grid;
    ctx.beginPath();
    ctx.moveTo(frame.left - 3, y);
    ctx.lineTo(frame.left + frame.column * frame.m, y);
    ctx.stroke();
    ctx.fillStyle = theme.inkSoft;
    ctx.fillText(short(Number((k * step).toPrecision(6))), frame.left - 6, y);
  }
  ctx.textAlign = "left";
  ctx.fillStyle = theme.ink;
  ctx.fillText(title, frame.left, plot.top - 8);
}

/** Below the columns: the numbers of the neurons, and of how many features each stands for. */
function drawNames({ ctx, theme }: Pen, frame: Frame, { features }: Neurons, order: readonly number[]): void {
  if (frame.left > 40) {
    ctx.textAlign = "right";
    ctx.fillStyle = theme.inkSoft;
    ctx.fillText("neuron", frame.left - 6, frame.names);
    ctx.fillText("features", frame.left - 6, frame.counts);
  }
  ctx.textAlign = "center";
  const every = labelStep(frame.column, order.length > 10 ? 17 : 10);
  const [large, small] = [ctx.font, `9px ${theme.font}`];
  order.forEach((a, place) => {
    const x = frame.left + (place + 0.5) * frame.column;
    ctx.fillStyle = theme.inkSoft;
    if (place % every === 0) ctx.fillText(String(a), x, frame.names);
    ctx.fillStyle = theme.ink;
    const count = String(features[a]!.length);
    ctx.font = frame.column < 16 ? small : large;
    if (frame.column >= 6 * count.length) ctx.fillText(count, x, frame.counts);
    ctx.font = large;
  });
}
