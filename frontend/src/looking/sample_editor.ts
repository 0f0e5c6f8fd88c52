// Where a reader makes an input: features switched on and off, and a slider for the value of each that is on.
import { h, setText } from "../explorer/dom";
import { featureStyle } from "../shared/colour";
import type { ViewEvents } from "../shared/view";
import "../explorer/transport.css";
import "../film/film.css";
import "./looking.css";
import { two } from "./rows";
import { activeFeatures, randomInput, type ModelMeta } from "./trace";

/** Up to so many features each has a button; of more, one is switched by its number. */
const BUTTONS = 40;
/** More sliders than this would be longer than the picture. */
const SLIDERS = 24;

export interface SampleEditor {
  element: HTMLElement;
  show(model: ModelMeta, x: readonly number[]): void;
  /** Marks the features that are pointed at. */
  point(hovered: number | null): void;
}

/** `change` is told the new input after each thing that the reader does. */
export function sampleEditor(events: ViewEvents, change: (x: number[]) => void): SampleEditor {
  let model: ModelMeta | null = null;
  let x: readonly number[] = [];
  let listed: number[] = [];
  const chips = h("div", { class: "tms-chips", role: "group", "aria-label": "Features switched on" });
  const sliders = h("div", { class: "tms-sliders", role: "group", "aria-label": "Values of the active features" });
  const number = h("input", { type: "number", min: 0, step: 1, value: 0, class: "tmsx-input tms-which", "aria-label": "Number of a feature" });
  const bySwitch = h("span", { class: "tms-by-number" }, "feature", number, button("on or off", () => toggle(number.valueAsNumber)));
  const element = h(
    "div",
    { class: "tms-editor" },
    h(
      "div",
      { class: "tms-tools" },
      h("strong", {}, "Input"),
      button("random input", () => model && change(randomInput(model))),
      button("two at random", () => model && change(randomInput(model, Math.random, 2))),
      button("all off", () => change(x.map(() => 0))),
      bySwitch,
    ),
    chips,
    sliders,
  );

  const toggle = (i: number): void => {
    if (!(i >= 0 && i < x.length)) return;
    change(x.map((value, k) => (k === i ? (value === 0 ? 1 : 0) : value)));
  };
  const list = (meta: ModelMeta): void => {
    chips.replaceChildren(
      ...Array.from({ length: meta.n <= BUTTONS ? meta.n : 0 }, (_, i) =>
        h(
          "button",
          {
            type: "button", class: "tmsx-button tms-chip", "aria-label": `Feature ${i}`, click: () => toggle(i),
            pointerenter: () => events.onHover(i), pointerleave: () => events.onHover(null),
          },
          mark(meta, i),
          String(i),
        ),
      ),
    );
    chips.hidden = meta.n > BUTTONS;
    bySwitch.hidden = !chips.hidden;
    number.max = String(meta.n - 1);
  };
  const slide = (meta: ModelMeta, i: number): HTMLElement => {
    const input = h("input", {
      type: "range", min: meta.low, max: 1, step: 0.01, class: "tms-slide", "aria-label": `Value of feature ${i}`,
      // 0 would switch it off under the pointer
      input: () => change(x.map((value, k) => (k === i ? input.valueAsNumber || 0.01 : value))),
    });
    return h("label", { class: "tms-slider" }, mark(meta, i), h("span", {}, String(i)), input, h("output", {}));
  };

  return {
    element,
    show(next, values) {
      if (next !== model) list(next);
      const active = activeFeatures(values);
      if (next !== model || active.join() !== listed.join()) {
        const shown = active.length <= SLIDERS ? active : [];
        const many = active.length > SLIDERS ? [h("span", { class: "tms-note" }, `${active.length} active features, too many for a slider each`)] : [];
        const none = active.length === 0 ? [h("span", { class: "tms-note" }, "No feature is active; switch some on.")] : [];
        sliders.replaceChildren(...shown.map((i) => slide(next, i)), ...many, ...none);
        listed = active;
      }
      [model, x] = [next, values];
      Array.from(chips.children).forEach((chip, i) => chip.setAttribute("aria-pressed", String(values[i] !== 0)));
      sliders.querySelectorAll("label").forEach((label, k) => {
        const value = values[listed[k]!]!;
        const input = label.querySelector("input")!;
        if (input.valueAsNumber !== value) input.valueAsNumber = value;
        setText(label.querySelector("output")!, two(value));
      });
    },
    point(hovered) {
      Array.from(chips.children).forEach((chip, i) => chip.classList.toggle("tms-chip-hovered", i === hovered));
    },
  };
}

export function button(words: string, click: () => void): HTMLButtonElement {
  return h("button", { type: "button", class: "tmsx-button tms-small", click }, words);
}

function mark(meta: ModelMeta, i: number): HTMLElement {
  const { colour, shape } = featureStyle(i, "var(--tms-ink)", meta.set_size ?? 1);
  return h("span", { class: `tms-chip-mark tms-chip-${shape}`, style: `background: ${colour}`, "aria-hidden": "true" });
}
