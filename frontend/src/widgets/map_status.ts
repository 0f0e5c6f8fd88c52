// What a map says below itself: how far its training is, what it shows, what went wrong. While there is more to train it
// asks the kernel to go on.
import { Asker, type Work } from "../maps/asker";
import "../maps/map_status.css";
import { make } from "../shared/dom";
import { sayReady } from "../shared/ready";
import "../shared/theme.css";

interface Model {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  send(content: unknown): void;
  on(event: string, callback: () => void): void;
  off(event: string, callback?: () => void): void;
}

interface State extends Work {
  /** True when the reader stopped it. */
  stopped: boolean;
  progress: number;
  eta_s: number;
}

const SILENT = "The kernel does not answer: if it was restarted, run this cell again.";
const WATCHED = ["_state", "text", "note", "error"];

/** "3 s", "4 min", "2 h": how long something takes, roughly. */
function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

function words({ stopped, progress, eta_s }: State): string {
  const percent = `${Math.floor(100 * progress)} %`;
  if (stopped) return `stopped at ${percent}`;
  return eta_s > 0 ? `${percent}, about ${duration(eta_s)} left` : percent;
}

/** Sets text only when it changed, so that screen readers are not told the same thing again. */
function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function view(model: Model, el: HTMLElement, asker: Asker, silent: () => boolean): { show(): void; destroy(): void } {
  const bar = make("progress", { max: 1, value: 0, "aria-label": "Training" });
  const percent = make("span", { class: "tms-status-percent" });
  const button = make("button", { type: "button", class: "tms-status-button", "data-lm-suppress-shortcuts": "true" });
  const row = make("div", { class: "tms-status-row", hidden: "" }, bar, percent, button);
  const text = make("p", { class: "tms-status-text", "aria-live": "polite" });
  const note = make("p", { class: "tms-status-text tms-note" });
  const error = make("p", { class: "tms-error", role: "alert" });
  const root = make("div", { class: "tms tms-status" }, row, text, note, error);
  el.append(root);

  const state = (): State => model.get("_state") as State;
  button.addEventListener("click", () => asker.ask(state().stopped ? "resume" : "cancel"));
  const show = (): void => {
    const { running, stopped, progress } = state();
    row.hidden &&= !running && !stopped;
    row.classList.toggle("tms-status-idle", !running && !stopped);
    bar.value = progress;
    setText(percent, words(state()));
    setText(button, stopped ? "Go on" : "Cancel");
    setText(text, model.get("text") as string);
    setText(note, model.get("note") as string);
    setText(error, (model.get("error") as string) || (silent() ? SILENT : ""));
  };

  let seen = false;
  const tell = (visible: boolean): void => {
    if (visible !== seen) asker.look(visible ? 1 : -1);
    seen = visible;
  };
  const check = (): void => tell(document.visibilityState === "visible");
  document.addEventListener("visibilitychange", check);
  for (const name of WATCHED) model.on(`change:${name}`, show);
  show();
  check();
  return {
    show,
    destroy: () => {
      document.removeEventListener("visibilitychange", check);
      for (const name of WATCHED) model.off(`change:${name}`, show);
      tell(false);
      root.remove();
    },
  };
}

export default () => {
  const views = new Set<{ show(): void }>();
  let asker: Asker;
  let quiet = false;
  return {
    initialize({ model }: { model: Model }) {
      asker = new Asker({
        send: (message) => model.send(message),
        onSilence: (silent) => {
          quiet = silent;
          for (const one of views) one.show();
        },
      });
      const adopt = (): void => asker.adopt(model.get("_state") as State);
      const answered = (): void => asker.answered();
      model.on("change:_state", adopt);
      model.on("msg:custom", answered);
      adopt();
      sayReady(model);
      return () => {
        model.off("change:_state", adopt);
        model.off("msg:custom", answered);
        asker.dispose();
      };
    },
    render({ model, el }: { model: Model; el: HTMLElement }) {
      const one = view(model, el, asker, () => quiet);
      views.add(one);
      return () => {
        views.delete(one);
        one.destroy();
      };
    },
  };
};
