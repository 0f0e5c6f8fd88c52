// What computes the output from the features, and what hidden activations cost.
import { h, setText, uniqueId } from "./dom";
import { PENALTIES } from "./grids";
import type { Instrument } from "./instrument";
import type { Panel } from "./panel";
import { ACTIVATIONS, ARCHITECTURES, formulaOf, hasNeurons } from "./settings";
import { slider } from "./slider";

const FIRST_PENALTY = 0.1;

/** The four models, and what their output is put through; the formula stands where there is room for it. */
export function architectureChoice(instrument: Instrument): Panel & { words: HTMLElement } {
  const id = uniqueId();
  const title = "What computes the output from the features";
  const select = h("select", { id, title, class: "tmsx-input" }, ...optionsOf(ARCHITECTURES));
  const activation = h(
    "select",
    { title: "What the output is put through", "aria-label": "Output activation", class: "tmsx-input tmsx-small" },
    ...optionsOf(ACTIVATIONS),
  );
  const formula = h("div", { class: "tmsx-words" });
  select.addEventListener("change", () => {
    const linear = instrument.snapshot.settings.architecture === "linear";
    instrument.change({ architecture: select.value, ...(linear ? { activation: "relu" } : {}) });
  });
  activation.addEventListener("change", () => instrument.change({ activation: activation.value }));
  return {
    words: formula,
    element: h(
      "div",
      { class: "tmsx-field" },
      h("div", { class: "tmsx-label" }, h("label", { for: id, title }, "Model"), activation),
      select,
    ),
    show({ settings }) {
      select.value = settings.architecture;
      activation.value = settings.activation;
      activation.hidden = settings.architecture === "linear";
      setText(formula, formulaOf(settings));
    },
  };
}

function optionsOf(choices: readonly (readonly [value: string, words: string])[]): HTMLElement[] {
  return choices.map(([value, words]) => h("option", { value }, words));
}

/** Gives neurons a bias; hidden where there are none. */
export function biasButton(instrument: Instrument): Panel {
  const title = "Give each neuron a bias of its own: h = ReLU(Wx + bₕ)";
  const element = h("button", { type: "button", class: "tmsx-button tmsx-small", title, "aria-pressed": "false" }, "bias");
  element.setAttribute("aria-label", "Hidden bias");
  element.addEventListener("click", () => instrument.change({ hidden_bias: !instrument.snapshot.settings.hidden_bias }));
  return {
    element,
    show({ settings }) {
      element.hidden = !hasNeurons(settings);
      element.setAttribute("aria-pressed", String(settings.hidden_bias));
    },
  };
}

/** Adds the penalty below to the loss, and takes it away. */
export function penaltyButton(instrument: Instrument, controlled: string): Panel {
  const title = "Make hidden activations cost something: λ Σ|h| is added to the loss";
  const element = h(
    "button",
    { type: "button", class: "tmsx-button tmsx-small", title, "aria-controls": controlled, "aria-expanded": "false" },
    "L1",
  );
  element.setAttribute("aria-label", "Penalty on hidden activations");
  element.addEventListener("click", () => {
    instrument.change({ l1: instrument.snapshot.settings.l1 > 0 ? 0 : FIRST_PENALTY });
  });
  return {
    element,
    show({ settings }) {
      element.setAttribute("aria-expanded", String(settings.l1 > 0));
    },
  };
}

/** How much hidden activations cost; hidden while they cost nothing. */
export function penaltyControl(instrument: Instrument, id: string): Panel {
  const lambda = slider({
    label: "Penalty λ",
    title: "What Σ|h|, averaged over inputs, is multiplied by before it is added to the loss",
    grid: PENALTIES,
    value: String,
    words: () => "loss + λ · mean of Σ|h|",
    change: (l1) => instrument.change({ l1 }, "l1"),
  });
  lambda.element.id = id;
  lambda.element.classList.add("tmsx-whole");
  return {
    element: lambda.element,
    show({ settings }) {
      lambda.element.hidden = settings.l1 === 0;
      if (settings.l1 > 0) lambda.show(settings.l1);
    },
  };
}
