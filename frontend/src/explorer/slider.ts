// One labelled range input over an exact grid. The browser's own range input keeps keyboard, touch and screen readers.
import { h, setText, uniqueId } from "./dom";
import { nearestIndex } from "./grids";

export interface SliderOptions {
  label: string;
  title: string;
  /** What the input is called when the label alone does not say it. */
  name?: string;
  grid: readonly number[];
  /** The value as it stands beside the label. */
  value(x: number | number[]): string;
  /** A second line that says the value in other words. */
  words?(x: number | number[]): string;
  change(value: number): void;
  /** Stands beside the label. */
  beside?: HTMLElement;
}

export interface Slider {
  element: HTMLElement;
  /** Shows a value, and lets the handle stop only where the grid is allowed. */
  show(value: number | number[], allowed?: (x: number) => boolean): void;
}

export function slider(options: SliderOptions): Slider {
  const { label, title } = options;
  let grid = options.grid;
  const id = uniqueId();
  const input = h("input", { type: "range", id, title, min: 0, max: grid.length - 1, step: 1, class: "tmsx-range" });
  if (options.name) input.setAttribute("aria-label", options.name);
  const output = h("output", { for: id, class: "tmsx-value" });
  const words = h("div", { class: "tmsx-words" });
  input.addEventListener("input", () => options.change(grid[input.valueAsNumber]!));
  const element = h(
    "div",
    { class: "tmsx-field" },
    h("div", { class: "tmsx-label" }, h("label", { for: id, title }, label), ...(options.beside ? [options.beside] : []), output),
    input,
    ...(options.words ? [words] : []),
  );
  return {
    element,
    show(value, allowed) {
      grid = allowed ? options.grid.filter(allowed) : options.grid;
      const last = Math.max(grid.length - 1, 0);
      input.max = String(last);
      const number = Array.isArray(value) ? mean(value) : value;
      const index = nearestIndex(grid, number);
      if (input.valueAsNumber !== index) input.valueAsNumber = index;
      input.style.setProperty("--tmsx-part", `${(100 * index) / Math.max(last, 1)}%`);
      setText(output, options.value(value));
      setText(words, options.words?.(value) ?? "");
      const spoken = [options.value(value), options.words?.(value)].filter(Boolean).join(", ");
      if (input.getAttribute("aria-valuetext") !== spoken) input.setAttribute("aria-valuetext", spoken);
    },
  };
}

function mean(values: number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
