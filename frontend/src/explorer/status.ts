// Words about what is shown: the caption, what went wrong, and how far a long training is.
import { h, setText } from "./dom";
import type { Instrument } from "./instrument";
import type { Panel } from "./panel";
import { seconds } from "./settings";

export function caption(): Panel {
  const element = h("p", { class: "tmsx-caption", "aria-live": "polite" });
  return {
    element,
    show({ film, training }) {
      if (film) setText(element, [film.caption, training?.stopped].filter(Boolean).join(" "));
    },
  };
}

export function notice(): Panel {
  const element = h("p", { class: "tmsx-notice", role: "alert", hidden: true });
  return {
    element,
    show({ error }) {
      element.hidden = error === "";
      setText(element, error);
    },
  };
}

const ENGINES: Record<string, [label: string, title: string]> = {
  exact: ["exact engine", "Compiled; the loss of so few features is integrated over all inputs, without sampling"],
  stratified: ["stratified engine", "Compiled; inputs with few active features are integrated, the others sampled"],
  dense: ["dense engine", "Compiled; the many features are trained by products of large matrices"],
  reference: ["reference engine", "The torch engine trains: slower, and the one the fast engine is tested against"],
};

export function engine(): Panel {
  const element = h("div", { class: "tmsx-engine" });
  return {
    element,
    show({ training }) {
      if (!training) return;
      const [label, title] = ENGINES[training.engine] ?? [training.engine, ""];
      setText(element, training.note ? `${label}: ${training.note}` : label);
      element.title = title;
      element.dataset.engine = training.engine;
    },
  };
}

export function progress(instrument: Instrument): Panel {
  const bar = h("progress", { max: 1, value: 0, "aria-label": "Training" });
  const text = h("span", { class: "tmsx-progress-text" });
  const button = h("button", { type: "button", class: "tmsx-button", title: "Stop training" }, "Cancel");
  const element = h("div", { class: "tmsx-progress" }, bar, text, button);
  let cancelled = false;
  button.addEventListener("click", () => (cancelled ? instrument.resume() : instrument.cancel()));
  return {
    element,
    show(snapshot) {
      const { training } = snapshot;
      cancelled = snapshot.cancelled;
      element.classList.toggle("tmsx-idle", !training || training.done);
      if (!training || training.done) return;
      const percent = `${Math.round(100 * training.progress)} %`;
      bar.value = training.progress;
      setText(text, cancelled ? `stopped at ${percent}` : `${percent}, ${seconds(training.eta_s)} left`);
      setText(button, cancelled ? "Go on" : "Cancel");
      button.title = cancelled ? "Train on from here" : "Stop training and keep what there is";
    },
  };
}
