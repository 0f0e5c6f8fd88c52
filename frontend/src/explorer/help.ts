// The list of keys, over the instrument, closed by Esc, ? or its button.
import { h } from "./dom";
import { KEYS } from "./keys";

export interface Help {
  element: HTMLElement;
  toggle(): void;
  /** Closes the list; false when it was closed already. */
  close(): boolean;
}

export function helpDialog(): Help {
  const button = h("button", { type: "button", class: "tmsx-button", title: "Close (Esc)" }, "Close");
  const rows = KEYS.map(([key, does]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, does)]).flat();
  const element = h(
    "div",
    { class: "tmsx-help", role: "dialog", "aria-label": "Keys and help", hidden: true },
    h("h3", {}, "Keys"),
    h("dl", {}, ...rows),
    h("p", {}, "Drag along the loss curve to move through the training. Point at a feature to see it everywhere, click to pin it."),
    h("p", {}, "Every picture is a model trained from scratch; of several seeds the one with the lowest loss is shown."),
    button,
  );
  let before: Element | null = null;
  const close = (): boolean => {
    if (element.hidden) return false;
    element.hidden = true;
    (before as HTMLElement | null)?.focus();
    return true;
  };
  const toggle = (): void => {
    if (close()) return;
    before = element.ownerDocument.activeElement;
    element.hidden = false;
    button.focus();
  };
  button.addEventListener("click", close);
  return { element, toggle, close };
}
