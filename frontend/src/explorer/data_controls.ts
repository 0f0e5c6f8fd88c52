// How features come: independently or in sets, and one feature made sparser or denser than the others.
import { h, setText, uniqueId } from "./dom";
import { FACTORS } from "./grids";
import type { Instrument } from "./instrument";
import type { Panel } from "./panel";
import { perturbedWords, setSizes, setWords, trainingWords } from "./settings";
import { slider } from "./slider";

const KINDS: readonly (readonly [value: string, words: string])[] = [
  ["independent", "none"],
  ["correlated", "correlated"],
  ["anticorrelated", "anticorrelated"],
];

/** Independent features, or sets, and how large those are; `words` stand where there is room for them. */
export function setChoice(instrument: Instrument): Panel & { words: HTMLElement } {
  const [kindId, sizeTitle] = [uniqueId(), "Members of each set: whatever divides the number of features"];
  const title = "Sets of features that are active together, or one at a time; none: each for itself";
  const options = KINDS.map(([value, words]) => h("option", { value }, words));
  const kind = h("select", { id: kindId, title, class: "tmsx-input" }, ...options);
  const size = h("select", { title: sizeTitle, "aria-label": "Set size", class: "tmsx-input tmsx-small" });
  const words = h("div", { class: "tmsx-words" });
  kind.addEventListener("change", () => instrument.change({ features: kind.value }));
  size.addEventListener("change", () => instrument.change({ set_size: Number(size.value) }));
  return {
    words,
    element: h(
      "div",
      { class: "tmsx-field" },
      h("div", { class: "tmsx-label" }, h("label", { for: kindId, title }, "Sets"), size),
      kind,
    ),
    show({ settings }) {
      kind.value = settings.features;
      size.hidden = settings.set_size === null;
      if (settings.set_size !== null) showSizes(size, settings.n_features, settings.set_size);
      setText(words, setWords(settings));
    },
  };
}

function showSizes(select: HTMLSelectElement, n: number, size: number): void {
  const sizes = [...new Set([...setSizes(n), size])].sort((a, b) => a - b);
  const values = sizes.join();
  if (select.dataset.values !== values) {
    select.dataset.values = values;
    select.replaceChildren(...sizes.map((one) => h("option", { value: one }, `of ${one}`)));
  }
  select.value = String(size);
}

/** Opens and closes the control below; stands where there is room for it anyway. */
export function perturbButton(instrument: Instrument, controlled: string): Panel & { element: HTMLButtonElement } {
  const title = "Make one feature sparser or denser than the others";
  const element = h(
    "button",
    { type: "button", class: "tmsx-button tmsx-small", title, "aria-controls": controlled, "aria-expanded": "false" },
    "perturb one",
  );
  element.addEventListener("click", () => {
    instrument.change({ perturbed: instrument.snapshot.settings.perturbed === null ? 0 : null });
  });
  return {
    element,
    show({ settings }) {
      element.setAttribute("aria-expanded", String(settings.perturbed !== null));
    },
  };
}

/** One feature, and what its density is multiplied by; hidden while no feature is perturbed. */
export function perturbControl(instrument: Instrument, id: string): Panel {
  const which = h("select", {
    class: "tmsx-input tmsx-small", title: "The feature that is perturbed", "aria-label": "Perturbed feature",
  });
  which.addEventListener("change", () => instrument.change({ perturbed: Number(which.value) }));
  let words = "";
  const factor = slider({
    label: "Density of",
    title: "What the density of this feature is multiplied by: right is denser, the middle leaves it as it is",
    name: "Density factor",
    grid: FACTORS,
    value: (x) => `× ${x}`,
    words: () => words,
    change: (x) => instrument.change({ factor: x }, "factor"),
    beside: which,
  });
  factor.element.id = id;
  factor.element.classList.add("tmsx-whole");
  return {
    element: factor.element,
    show({ settings }) {
      const { perturbed, n_features } = settings;
      factor.element.hidden = perturbed === null;
      if (perturbed === null) return;
      if (which.options.length !== n_features) {
        const options = Array.from({ length: n_features }, (_, i) => h("option", { value: i }, `feature ${i}`));
        which.replaceChildren(...options);
      }
      which.value = String(perturbed);
      words = perturbedWords(settings);
      factor.show(settings.factor);
    },
  };
}

/** Says that training is not the usual one, and leads back to it; hidden while it is. */
export function trainingNote(instrument: Instrument): Panel {
  const words = h("div", { class: "tmsx-words" });
  const title = "Train as quickly as usual";
  const usual = h("button", { type: "button", class: "tmsx-button tmsx-small", title }, "usual training");
  usual.addEventListener("click", () => instrument.change({ training: {} }));
  const element = h(
    "div",
    { class: "tmsx-field tmsx-whole", hidden: true },
    h("div", { class: "tmsx-label" }, h("span", {}, "Training"), usual),
    words,
  );
  return {
    element,
    show({ settings }) {
      element.hidden = Object.keys(settings.training).length === 0;
      setText(words, trainingWords(settings.training));
    },
  };
}
