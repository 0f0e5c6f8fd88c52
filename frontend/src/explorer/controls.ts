// The settings: four sliders, what the features are like, the model, the seed and the number of seeds.
import { perturbButton, perturbControl, setChoice, trainingNote } from "./data_controls";
import { h, iconButton, uniqueId } from "./dom";
import { DECAYS, DENSITIES, FEATURES, HIDDEN, SEED_COUNTS } from "./grids";
import type { Instrument } from "./instrument";
import { architectureChoice, biasButton, penaltyButton, penaltyControl } from "./model_controls";
import type { Panel } from "./panel";
import { hasNeurons, sparsityOf, sparsityWords, type Settings } from "./settings";
import { slider, type Slider } from "./slider";

export function controls(instrument: Instrument): Panel {
  const [perturbId, penaltyId] = [uniqueId(), uniqueId()];
  const buttons = [perturbButton(instrument, perturbId), penaltyButton(instrument, penaltyId), biasButton(instrument)];
  const [sparsity, importance, features, hidden] = settingSliders(instrument, buttons.map((button) => button.element));
  const parts = [
    sparsity!, perturbControl(instrument, perturbId), importance!, features!, hidden!,
    penaltyControl(instrument, penaltyId), modelChoice(instrument), trainingNote(instrument), seedChoice(instrument),
  ];
  return {
    element: h(
      "div",
      { class: "tmsx-controls", role: "group", "aria-label": "Settings" },
      ...parts.map((part) => part.element),
    ),
    show(snapshot) {
      for (const part of [...buttons, ...parts]) part.show(snapshot);
    },
  };
}

function settingSliders(instrument: Instrument, [besideSparsity, besideImportance, besideHidden]: HTMLElement[]): Panel[] {
  const sparsity = slider({
    label: "Sparsity S",
    title: "How often a feature is zero: right is sparser",
    grid: DENSITIES,
    value: (p) => (Array.isArray(p) ? "mixed" : String(sparsityOf(p))),
    words: sparsityWords,
    beside: besideSparsity,
    change: (density) => instrument.change({ density }, "density"),
  });
  const importance = slider({
    label: "Importance decay r",
    title: "Feature i counts r to the power of i in the loss: 1 makes all features equally important",
    grid: DECAYS,
    value: (r) => (Array.isArray(r) ? "mixed" : String(r)),
    beside: besideImportance,
    change: (importance) => instrument.change({ importance }, "importance"),
  });
  importance.element.classList.add("tmsx-importance");
  const features = slider({
    label: "Features n",
    title: "How many features the model should store",
    grid: FEATURES,
    value: String,
    change: (n_features) => instrument.change({ n_features }, "n_features"),
  });
  const hidden = slider({
    label: "Hidden dimensions m",
    title: "How many dimensions it has for them, never more than features unless they are neurons",
    grid: HIDDEN,
    value: String,
    beside: besideHidden,
    change: (n_hidden) => instrument.change({ n_hidden }, "n_hidden"),
  });
  const shows = (one: Slider, show: (settings: Settings) => void): Panel => ({
    element: one.element,
    show: ({ settings }) => show(settings),
  });
  return [
    shows(sparsity, ({ density }) => sparsity.show(density)),
    shows(importance, ({ importance: decay }) => importance.show(decay)),
    shows(features, ({ n_features, set_size }) => features.show(n_features, (n) => n % (set_size ?? 1) === 0)),
    shows(hidden, (settings) => hidden.show(settings.n_hidden, (m) => m <= settings.n_features || hasNeurons(settings))),
  ];
}

/** What the features are like and what learns them. */
function modelChoice(instrument: Instrument): Panel {
  const [sets, architecture] = [setChoice(instrument), architectureChoice(instrument)];
  return {
    element: h(
      "div",
      { class: "tmsx-pair tmsx-model" },
      sets.element, architecture.element, sets.words, architecture.words,
    ),
    show(snapshot) {
      sets.show(snapshot);
      architecture.show(snapshot);
    },
  };
}

function seedChoice(instrument: Instrument): Panel {
  const [seedId, countId] = [uniqueId(), uniqueId()];
  const seedTitle = "Where the random numbers start: the same seed gives the same picture";
  const countTitle = "How many seeds are trained side by side; the best is shown";
  const seed = h("input", { type: "number", id: seedId, title: seedTitle, min: 0, step: 1, class: "tmsx-input" });
  const count = h("select", { id: countId, title: countTitle, class: "tmsx-input" });
  const dice = iconButton("dice", "New seed", () => instrument.newSeed());
  seed.addEventListener("change", () => {
    if (Number.isSafeInteger(seed.valueAsNumber) && seed.valueAsNumber >= 0) {
      instrument.change({ seed: seed.valueAsNumber });
    } else seed.value = String(instrument.snapshot.settings.seed);
  });
  count.addEventListener("change", () => instrument.change({ n_seeds: Number(count.value) }));
  return {
    element: h(
      "div",
      { class: "tmsx-pair" },
      h(
        "div",
        { class: "tmsx-field" },
        h("div", { class: "tmsx-label" }, h("label", { for: seedId, title: seedTitle }, "Seed")),
        h("div", { class: "tmsx-join" }, seed, dice),
      ),
      h(
        "div",
        { class: "tmsx-field" },
        h("div", { class: "tmsx-label" }, h("label", { for: countId, title: countTitle }, "Best of")),
        count,
      ),
    ),
    show({ settings }) {
      if (document.activeElement !== seed) seed.value = String(settings.seed);
      const counts = SEED_COUNTS.includes(settings.n_seeds) ? SEED_COUNTS : [...SEED_COUNTS, settings.n_seeds];
      if (count.options.length !== counts.length) {
        count.replaceChildren(...counts.map((k) => h("option", { value: k }, k === 1 ? "1 seed" : `${k} seeds`)));
      }
      count.value = String(settings.n_seeds);
    },
  };
}
