// An input, an attack on it, and what the model answers before and after: which features break.
import { h } from "../explorer/dom";
import type { Pen } from "../shared/canvas";
import { featureStyle, niceLimit } from "../shared/colour";
import { formula } from "../shared/dom";
import { featurePanel } from "../shared/panel";
import type { SelectionState, ViewEvents } from "../shared/view";
import { count, short } from "../shared/words";
import { attackOn, type Attacked } from "./attack";
import { bar, chosenRows, columnsFor, HEAD, heading, labelShare, middleOf, placed, plus, ROW, rowBand, rowLabel, rowUnder, two, type Column } from "./rows";
import { button, sampleEditor } from "./sample_editor";
import { activationName, activeFeatures, type TracedModel } from "./trace";

/** What is attacked, and how strongly: the traits of the widget that the reader changes. */
export interface AttackState {
  x: number[];
  /** ε as a part of the average length of an input. */
  fraction: number;
  /** Whose output is attacked; null: the worst of all for this input. */
  feature: number | null;
  sign: 1 | -1;
}

export interface AttackPicture {
  update(model: TracedModel, state: AttackState, meanLength: number): void;
  select(selection: SelectionState): void;
  destroy(): void;
}

export function attackView(host: HTMLElement, events: ViewEvents, change: (state: Partial<AttackState>) => void): AttackPicture {
  let model: TracedModel | null = null;
  let attacked: Attacked | null = null;
  let state: AttackState = { x: [], fraction: 0.1, feature: null, sign: 1 };
  let rows: number[] = [];
  let selection: SelectionState = { hovered: null, pinned: [] };
  let columns: Column[] = [];

  const root = h("div", { class: "tmsx tms-film tms-looking", role: "group", "aria-label": "An attack and what it breaks" });
  const editor = sampleEditor(events, (x) => change({ x }));
  const size = h("input", {
    type: "range", min: 0, max: 0.5, step: 0.01, class: "tms-slide", "aria-label": "Size of the attack",
    input: () => change({ fraction: size.valueAsNumber }),
  });
  const sized = h("output", {});
  const target = h("select", { class: "tmsx-input tms-attacked", "aria-label": "Attack", change: () => change({ feature: chosen(target.value) }) });
  const turn = button("turn δ round", () => attacked && change({ feature: attacked.feature, sign: attacked.sign > 0 ? -1 : 1 }));
  const picture = h("div");
  const words = h("p", { class: "tms-sum" });
  root.append(
    editor.element,
    h(
      "div",
      { class: "tms-tools" },
      h("strong", {}, "Attack"),
      target,
      turn,
      h("label", { class: "tms-slider tms-size" }, h("span", {}, "size ε"), size, sized),
    ),
    picture,
    words,
  );
  host.append(root);

  const moved = (j: number): number => attacked!.after.output[j]! - attacked!.before.output[j]!;
  const arrange = (): void => {
    const { hovered, pinned } = selection;
    const wanted = [...(hovered === null ? [] : [hovered]), ...pinned, attacked!.feature, ...activeFeatures(state.x)];
    rows = chosenRows(model!.n, wanted, (j) => Math.abs(moved(j)));
  };
  const about = (j: number): string => {
    if (!attacked) return "";
    const { perturbation, before, after, broken } = attacked;
    return (
      `output ${j}: δ_{${j}} = ${plus(perturbation[j]!)}, x'_{${j}} from ${two(before.output[j]!)} to ${two(after.output[j]!)}, ` +
      `wanted ${two(before.target[j]!)}${broken.includes(j) ? ", broken" : ""}`
    );
  };
  const panel = featurePanel(picture, events, {
    name: "Attack and answers",
    role: "diagram",
    heightFor: () => HEAD + Math.max(rows.length, 1) * ROW + 4,
    draw: (pen) => {
      if (!model || !attacked) return;
      const narrow = pen.width < 460;
      columns = columnsFor(pen.width, [labelShare(model.n, narrow), ...(narrow ? [50, 70, 110, 46] : [110, 150, 260, 70])], narrow ? 6 : 18);
      draw(pen, columns, model, attacked, rows, selection);
    },
    hit: (_, y) => {
      const row = model ? rowUnder(y, rows.length) : null;
      return row === null ? null : { feature: rows[row]!, text: about(rows[row]!) };
    },
    count: () => model?.n ?? 0,
    about,
    place: (j) => ({ x: columns[2]?.left ?? 0, y: middleOf(Math.max(rows.indexOf(j), 0)) }),
  });
  const piece = (kind: string): HTMLElement => h("span", { class: `tms-piece tms-piece-${kind}` });
  panel.legend(
    h("span", { class: "tms-scale" }, piece("bias"), "before,"),
    h("span", { class: "tms-scale" }, piece("after"), "after,"),
    h("span", { class: "tms-scale" }, piece("target"), "wanted;"),
    h("span", {}, "⚡ broken: moved by more than 1.1 ε"),
  );

  return {
    update: (next, now, meanLength) => {
      if (model?.n !== next.n) {
        const worst = h("option", { value: "worst" }, "the worst for this input");
        target.replaceChildren(worst, ...Array.from({ length: next.n }, (_, i) => h("option", { value: i }, `along row ${i} of WᵀW`)));
      }
      [model, state] = [next, now];
      attacked = attackOn(next, now.x, now.fraction * meanLength, now.feature, now.sign);
      arrange();
      editor.show(next, now.x);
      target.value = now.feature === null ? "worst" : String(now.feature);
      if (size.valueAsNumber !== now.fraction) size.value = String(now.fraction);
      sized.textContent = two(attacked.size);
      words.replaceChildren(formula(summaryOf(attacked)));
      panel.caption(captionOf(next, attacked, now.fraction, rows.length));
      panel.refresh();
    },
    select: (now) => {
      selection = now;
      editor.point(now.hovered);
      panel.select(now);
      if (attacked) arrange();
    },
    destroy: () => {
      panel.destroy();
      root.remove();
    },
  };
}

const chosen = (value: string): number | null => (value === "worst" ? null : Number(value));

function summaryOf({ feature, sign, before, after, broken }: Attacked): string {
  const many = before.loss > 1e-9 ? `, ${short(Number((after.loss / before.loss).toPrecision(2)))} times as much` : "";
  const which = broken.length === 0 ? "No output is broken" : `${count(broken.length, "output")} broken: ${broken.join(", ")}`;
  return (
    `δ follows ${sign > 0 ? "+" : "−"}(WᵀW)_{${feature}}, to ${sign > 0 ? "raise" : "lower"} output ${feature}. ` +
    `Loss of this input ${short(before.loss)} → ${short(after.loss)}${many}. ${which}.`
  );
}

function captionOf(model: TracedModel, { size }: Attacked, fraction: number, shown: number): string {
  const left = model.n - shown;
  return (
    `n = ${model.n} features. Attack δ = ±ε (WᵀW)_i/‖(WᵀW)_i‖ with ε = ${short(fraction)} E‖x‖ = ${short(size)}; the answer is judged by x. ` +
    `In a model without superposition every output moves by ε at most.${left > 0 ? ` ${left} outputs that move less are not drawn.` : ""}`
  );
}

function draw(pen: Pen, columns: Column[], model: TracedModel, attacked: Attacked, rows: readonly number[], selection: SelectionState): void {
  const [label, input, shift, answer, change] = columns as [Column, Column, Column, Column, Column];
  const { ctx, theme } = pen;
  const { perturbation, before, after, broken } = attacked;
  const name = activationName(model.activation);
  heading(pen, { left: label.left, right: input.right }, "input x", "what is wanted");
  heading(pen, shift, "attack δ", "added to x; magnified");
  heading(pen, answer, name ? `x' = ${name}(WᵀW(x + δ) + b)` : "x' = WᵀW(x + δ) + b", "before and after");
  heading(pen, change, "moved", "by");
  const setSize = model.set_size ?? 1;
  const far = niceLimit(Math.max(...perturbation.map(Math.abs), 1e-6));
  const top = niceLimit(Math.max(1, ...before.output, ...after.output, ...before.target));
  const low = Math.min(model.low, Math.min(0, ...before.output, ...after.output) < -0.005 ? -top : 0);
  rows.forEach((j, row) => {
    const y = middleOf(row);
    if (j === selection.hovered || selection.pinned.includes(j)) rowBand(pen, y, j === selection.hovered);
    rowLabel(pen, label, j, y, setSize);
    bar(pen, input, y, before.x[j]!, model.low, 1, featureStyle(j, theme.ink, setSize).colour);
    bar(pen, shift, y, perturbation[j]!, -far, far, perturbation[j]! < 0 ? theme.negative : theme.positive);
    const [zero, was, is] = [0, before.output[j]!, after.output[j]!].map((value) => placed(answer, value, low, top)) as [number, number, number];
    ctx.fillStyle = theme.grid;
    ctx.fillRect(Math.round(zero), y - 9, 1, 18);
    ctx.fillStyle = theme.line;
    ctx.fillRect(Math.min(zero, was), y - 7, Math.abs(was - zero), 6);
    ctx.fillStyle = broken.includes(j) ? theme.positive : theme.ink;
    ctx.fillRect(Math.min(zero, is), y + 1, Math.abs(is - zero), 6);
    ctx.fillStyle = theme.accent;
    ctx.fillRect(Math.round(placed(answer, before.target[j]!, low, top)) - 1, y - 9, 2, 18);
    const moved = after.output[j]! - before.output[j]!;
    ctx.textAlign = "right";
    ctx.fillStyle = broken.includes(j) ? theme.positive : Math.abs(moved) < 0.005 ? theme.inkSoft : theme.ink;
    ctx.fillText(`${broken.includes(j) ? "⚡ " : ""}${Math.abs(moved) < 5e-4 ? "0" : plus(moved)}`, change.right, y);
  });
}
