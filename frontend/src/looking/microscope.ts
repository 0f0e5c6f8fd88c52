// The interference microscope: one input on its way through a model, and what each active feature did to each output.
import { h } from "../explorer/dom";
import type { Pen } from "../shared/canvas";
import { featureStyle, niceLimit } from "../shared/colour";
import { formula } from "../shared/dom";
import { featurePanel, type Hit } from "../shared/panel";
import type { SelectionState, ViewEvents } from "../shared/view";
import { short } from "../shared/words";
import { bar, chosenRows, columnsFor, fitted, HEAD, heading, labelShare, middleOf, placed, plus, ROW, rowBand, rowLabel, rowUnder, two, type Column } from "./rows";
import { sampleEditor } from "./sample_editor";
import { activationName, activeFeatures, hasNeurons, traceOf, type Trace, type TracedModel } from "./trace";

export interface Microscope {
  update(model: TracedModel, x: readonly number[]): void;
  select(selection: SelectionState): void;
  destroy(): void;
}

/** A hidden dimension lower than this has no number beside its bar. */
const NUMBERED = 11;
/** More terms of a sum than this are put together. */
const TERMS = 6;

export function microscope(host: HTMLElement, events: ViewEvents, change: (x: number[]) => void): Microscope {
  let model: TracedModel | null = null;
  let trace: Trace | null = null;
  let rows: number[] = [];
  let selection: SelectionState = { hovered: null, pinned: [] };
  let columns: Column[] = [];

  const root = h("div", { class: "tmsx tms-film tms-looking", role: "group", "aria-label": "Interference microscope" });
  const editor = sampleEditor(events, change);
  const picture = h("div");
  const sum = h("p", { class: "tms-sum" });
  root.append(editor.element, picture, sum);
  host.append(root);

  /** The output whose sum is written out: the one pointed at, the one kept, or the one that costs most. */
  const spelled = (): number => {
    const there = (i: number | undefined | null): i is number => i !== undefined && i !== null && i < model!.n;
    const { hovered, pinned } = selection;
    if (there(hovered)) return hovered;
    const kept = pinned.filter(there).at(-1);
    return kept ?? trace!.cost.indexOf(Math.max(...trace!.cost));
  };
  const arrange = (): void => {
    const { hovered, pinned } = selection;
    const wanted = [...(hovered === null ? [] : [hovered]), ...pinned, ...activeFeatures(trace!.x)];
    rows = chosenRows(model!.n, wanted, (j) => trace!.cost[j]! + 1e-9 * Math.abs(trace!.s[j]!));
  };
  const about = (i: number): string => (model && trace ? sumOf(model, trace, i) : "");
  const hiddenAt = (y: number): number | null => {
    const a = Math.floor((y - HEAD) / hiddenRow(rows.length, model!.m));
    return a >= 0 && a < model!.m ? a : null;
  };
  const hit = (x: number, y: number): Hit | null => {
    if (!model || !trace || columns.length === 0) return null;
    const a = x >= columns[2]!.left && x <= columns[2]!.right ? hiddenAt(y) : null;
    if (a !== null) return { feature: null, text: aboutHidden(model, trace, a) };
    const row = rowUnder(y, rows.length);
    if (row === null) return null;
    const j = rows[row]!;
    return { feature: j, text: `output ${j}: s_{${j}} = ${two(trace.s[j]!)}, x'_{${j}} = ${two(trace.output[j]!)}, wanted ${two(trace.target[j]!)}` };
  };

  const panel = featurePanel(picture, events, {
    name: "Interference microscope",
    role: "diagram",
    heightFor: () => HEAD + Math.max(rows.length, 1) * ROW + 4,
    draw: (pen) => {
      if (!model || !trace) return;
      const narrow = pen.width < 460;
      columns = columnsFor(pen.width, [labelShare(model.n, narrow), ...(narrow ? [44, 48, 130, 80, 46] : [90, 110, 300, 130, 64])], narrow ? 6 : 16);
      draw(pen, columns, model, trace, rows, selection);
    },
    hit,
    count: () => model?.n ?? 0,
    about,
    place: (i) => ({ x: columns[3]?.left ?? 0, y: middleOf(Math.max(rows.indexOf(i), 0)) }),
  });

  const write = (): void => {
    if (!model || !trace) return;
    sum.replaceChildren(formula(sumOf(model, trace, spelled())));
  };
  return {
    update: (next, x) => {
      model = next;
      trace = traceOf(next, x);
      arrange();
      editor.show(next, x);
      panel.caption(captionOf(next, trace, rows.length));
      panel.legend(...legendOf(next));
      write();
      panel.refresh();
    },
    select: (next) => {
      selection = next;
      editor.point(next.hovered);
      panel.select(next);
      if (!model) return;
      arrange();
      write();
      panel.caption(captionOf(model, trace!, rows.length));
    },
    destroy: () => {
      panel.destroy();
      root.remove();
    },
  };
}

/** "s_3 = W_3·h + b_3 = +0.43 (feature 0) − …": an output as the sum that it is. */
export function sumOf(model: TracedModel, trace: Trace, j: number): string {
  const parts = activeFeatures(trace.x)
    .map((i) => ({ value: trace.contributions[j * model.n + i]!, name: i === j ? `feature ${i} itself` : `feature ${i}` }))
    .filter(({ value }) => Math.abs(value) >= 5e-4)
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const rest = parts.slice(TERMS);
  const terms = parts.slice(0, TERMS).map(({ value, name }) => `${plus(value)} (${name})`);
  if (rest.length > 0) terms.push(`${plus(rest.reduce((sum, { value }) => sum + value, 0))} (${rest.length} others)`);
  if (Math.abs(trace.constant[j]!) >= 5e-4 || terms.length === 0) terms.push(`${plus(trace.constant[j]!)} (${model.bHidden ? "biases" : `b_{${j}}`})`);
  const name = activationName(model.activation);
  const s = two(trace.s[j]!);
  const answer = name ? `${name}(${s}) = ${two(trace.output[j]!)}` : s;
  return (
    `output ${j}: s_{${j}} = ${terms.join(" ").replace(/^\+/, "")} = ${s}; x'_{${j}} = ${answer}, ` +
    `wanted ${two(trace.target[j]!)}; I_{${j}}·error² = ${short(trace.cost[j]!)}`
  );
}

function aboutHidden(model: TracedModel, trace: Trace, a: number): string {
  if (!hasNeurons(model)) return `hidden dimension ${a}: h_{${a}} = ${two(trace.h[a]!)}`;
  const before = trace.beforeHidden[a]!;
  return `neuron ${a}: ReLU(${two(before)}) = ${two(trace.h[a]!)}${before > 0 ? "" : ", off: it passes nothing on"}`;
}

function captionOf(model: TracedModel, trace: Trace, shown: number): string {
  const active = activeFeatures(trace.x).length;
  const hidden = hasNeurons(model) ? (model.bHidden ? "ReLU(Wx + b_h)" : "ReLU(Wx)") : "Wx";
  const s = model.Wout ? "W_{out} h + b" : "Wᵀh + b";
  const name = activationName(model.activation);
  const left = model.n - shown;
  const others = left > 0 ? ` ${left} outputs that cost less are not drawn.` : "";
  const fee = model.l1 > 0 ? `, of which ${short(trace.penalty)} for the hidden activations` : "";
  return (
    `${active} of n = ${model.n} features active: h = ${hidden}, s = ${s}, x' = ${name ? `${name}(s)` : "s"}. ` +
    `Loss of this one input: Σ_j I_j (x'_j − ${model.Wout ? "|x_j|" : "x_j"})² = ${short(trace.loss)}${fee}.${others}`
  );
}

function legendOf(model: TracedModel): Node[] {
  const cut = model.activation === "relu" || model.activation === "squared_relu";
  return [
    h("span", {}, "s: a piece for each active feature, in its colour;"),
    h("span", { class: "tms-scale" }, h("span", { class: "tms-piece tms-piece-bias" }), "bias;"),
    h("span", { class: "tms-scale" }, h("span", { class: "tms-piece tms-piece-sum" }), "their sum s"),
    ...(cut ? [h("span", { class: "tms-note" }, "shaded: what the ReLU cuts off;")] : []),
    h("span", { class: "tms-scale" }, h("span", { class: "tms-piece tms-piece-target" }), "wanted"),
  ];
}

const hiddenRow = (rows: number, m: number): number => Math.min((rows * ROW) / m, ROW);

function draw(pen: Pen, columns: Column[], model: TracedModel, trace: Trace, rows: readonly number[], selection: SelectionState): void {
  const [label, input, hidden, mixing, answer, cost] = columns as [Column, Column, Column, Column, Column, Column];
  const { ctx, theme } = pen;
  const name = activationName(model.activation);
  heading(pen, { left: label.left, right: input.right }, "input x", "what is there");
  heading(pen, hidden, hasNeurons(model) ? "neurons h" : "hidden h", `${model.m} numbers`);
  heading(pen, mixing, model.Wout ? "s = W_out h + b" : "s = Wᵀh + b", "who contributed what");
  heading(pen, answer, name ? `x' = ${name}(s)` : "x' = s", "the answer");
  heading(pen, cost, "cost", "I·error²");
  const setSize = model.set_size ?? 1;
  const end = mixingEnd(trace, model.n);
  const top = niceLimit(Math.max(1, ...trace.output, ...trace.target));
  const low = Math.min(model.low, Math.min(0, ...trace.output) < -0.005 ? -top : 0);
  drawHidden(pen, hidden, model, trace, rows.length);
  rows.forEach((j, row) => {
    const y = middleOf(row);
    if (j === selection.hovered || selection.pinned.includes(j)) rowBand(pen, y, j === selection.hovered);
    rowLabel(pen, label, j, y, setSize);
    bar(pen, input, y, trace.x[j]!, model.low, 1, featureStyle(j, theme.ink, setSize).colour);
    drawMixing(pen, mixing, model, trace, j, y, end);
    bar(pen, answer, y, trace.output[j]!, low, top, theme.inkSoft);
    drawTarget(pen, answer, y, trace.target[j]!, low, top);
    ctx.textAlign = "right";
    ctx.fillStyle = trace.cost[j]! > 0.05 * trace.loss ? theme.ink : theme.inkSoft;
    ctx.fillText(fitted(ctx, trace.cost[j]! < 5e-7 ? "0" : short(Number(trace.cost[j]!.toPrecision(2))), cost.right - cost.left), cost.right, y);
  });
}

/** End of the scale of s: nothing that is stacked in any row reaches beyond it. */
function mixingEnd(trace: Trace, n: number): number {
  let furthest = 1;
  for (let j = 0; j < n; j++) {
    let [positive, negative] = [Math.max(trace.constant[j]!, 0), Math.min(trace.constant[j]!, 0)];
    for (let i = 0; i < n; i++) {
      const value = trace.contributions[j * n + i]!;
      if (value > 0) positive += value;
      else negative += value;
    }
    furthest = Math.max(furthest, positive, -negative);
  }
  return niceLimit(furthest);
}

function drawMixing(pen: Pen, column: Column, model: TracedModel, trace: Trace, j: number, y: number, end: number): void {
  const { ctx, theme } = pen;
  const inner = column.right - column.left >= 160 ? { left: column.left, right: column.right - 42 } : column;
  const at = (value: number): number => placed(inner, value, -end, end);
  if (model.activation === "relu" || model.activation === "squared_relu") {
    ctx.globalAlpha = 0.35;
    ctx.fillStyle = theme.grid;
    ctx.fillRect(inner.left, y - ROW / 2, at(0) - inner.left, ROW);
    ctx.globalAlpha = 1;
  }
  let [positive, negative] = [0, 0];
  const piece = (value: number, colour: string, words: string): void => {
    const from = value > 0 ? positive : negative;
    if (value > 0) positive += value;
    else negative += value;
    const [a, b] = [at(from), at(from + value)];
    const [left, width] = [Math.min(a, b), Math.abs(b - a)];
    ctx.fillStyle = colour;
    ctx.fillRect(left, y - 6, width, 12);
    ctx.strokeStyle = theme.paper;
    ctx.lineWidth = 1;
    if (width > 3) ctx.strokeRect(left, y - 6, width, 12);
    if (words === "" || width < 8 + 6 * words.length) return;
    ctx.textAlign = "center";
    ctx.lineWidth = 3;
    ctx.strokeText(words, left + width / 2, y + 0.5);
    ctx.fillStyle = theme.ink;
    ctx.fillText(words, left + width / 2, y + 0.5);
  };
  for (const i of activeFeatures(trace.x)) {
    const value = trace.contributions[j * model.n + i]!;
    if (value !== 0) piece(value, featureStyle(i, theme.ink, model.set_size ?? 1).colour, String(i));
  }
  if (trace.constant[j] !== 0) piece(trace.constant[j]!, theme.line, "");
  ctx.fillStyle = theme.line;
  ctx.fillRect(Math.round(at(0)), y - ROW / 2, 1, ROW);
  const sum = Math.round(at(trace.s[j]!));
  ctx.fillStyle = theme.paper;
  ctx.fillRect(sum - 2, y - 9, 5, 18);
  ctx.fillStyle = theme.ink;
  ctx.fillRect(sum - 1, y - 9, 3, 18);
  if (inner === column) return;
  ctx.textAlign = "right";
  ctx.fillStyle = theme.ink;
  ctx.fillText(two(trace.s[j]!), column.right, y);
}

function drawTarget({ ctx, theme }: Pen, column: Column, y: number, target: number, low: number, top: number): void {
  const inner = column.right - column.left >= 76 ? { left: column.left, right: column.right - 38 } : column;
  const x = Math.round(placed(inner, target, low, top));
  ctx.fillStyle = theme.accent;
  ctx.fillRect(x - 1, y - 9, 2, 18);
}

function drawHidden(pen: Pen, column: Column, model: TracedModel, trace: Trace, rows: number): void {
  const { ctx, theme } = pen;
  const height = hiddenRow(rows, model.m);
  const end = niceLimit(Math.max(0.5, ...trace.beforeHidden.map(Math.abs)));
  for (let a = 0; a < model.m; a++) {
    const y = HEAD + (a + 0.5) * height;
    const off = hasNeurons(model) && trace.beforeHidden[a]! <= 0;
    if (off) {
      const inner = column.right - column.left >= 76 ? { left: column.left, right: column.right - 38 } : column;
      const [zero, there] = [placed(inner, 0, -end, end), placed(inner, trace.beforeHidden[a]!, -end, end)];
      ctx.strokeStyle = theme.line;
      ctx.lineWidth = 1;
      if (zero - there > 1) ctx.strokeRect(there + 0.5, y - height * 0.3, zero - there, height * 0.6);
    }
    const shown = height >= NUMBERED ? column : { left: column.left, right: Math.min(column.right, column.left + 75) };
    const colour = trace.h[a]! < 0 ? theme.negative : theme.positive;
    bar(pen, shown, y, trace.h[a]!, -end, end, colour, Math.max(Math.min(height - 3, 12), 1));
  }
}
