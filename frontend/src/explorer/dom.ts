// A few lines instead of a framework.
import { make } from "../shared/dom";

type Properties = Record<string, string | number | boolean | EventListener | undefined>;

/** `make` with more: functions become listeners, `true` an empty attribute; `false` and undefined leave it out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = make(tag, {}, ...children);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  // JupyterLab takes arrow keys away from anything that can be focused, unless it says this about itself.
  if (["button", "input", "select"].includes(tag)) element.setAttribute("data-lm-suppress-shortcuts", "true");
  return element;
}

/** Sets text only when it changed, so that screen readers are not told the same thing again. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

let identifiers = 0;

/** An id that no other element of the page has. */
export function uniqueId(): string {
  return `tms-${Date.now().toString(36)}-${identifiers++}`;
}

const PATHS = {
  play: "M4 2.5v11l9-5.5z",
  pause: "M4 2.5h3v11H4zM9 2.5h3v11H9z",
  back: "M11 2.5v11L4.5 8zM3 2.5h1.5v11H3z",
  forward: "M5 2.5v11L11.5 8zM11.5 2.5H13v11h-1.5z",
  first: "M8.5 2.5v11L3 8zM14 2.5v11L8.5 8zM1.5 2.5H3v11H1.5z",
  last: "M7.5 2.5v11L13 8zM2 2.5v11L7.5 8zM13 2.5h1.5v11H13z",
  undo: "M6 2 1.5 6.5 6 11V8c4 0 6.5 1 8.5 4.5C14 8 11 5 6 5z",
  redo: "M10 2l4.5 4.5L10 11V8c-4 0-6.5 1-8.5 4.5C2 8 5 5 10 5z",
  dice: "M3 1.5h10A1.5 1.5 0 0 1 14.5 3v10a1.5 1.5 0 0 1-1.5 1.5H3A1.5 1.5 0 0 1 1.5 13V3A1.5 1.5 0 0 1 3 1.5zM5 3.8A1.2 1.2 0 1 0 5 6.2 1.2 1.2 0 0 0 5 3.8zM11 3.8A1.2 1.2 0 1 0 11 6.2 1.2 1.2 0 0 0 11 3.8zM8 6.8A1.2 1.2 0 1 0 8 9.2 1.2 1.2 0 0 0 8 6.8zM5 9.8A1.2 1.2 0 1 0 5 12.2 1.2 1.2 0 0 0 5 9.8zM11 9.8A1.2 1.2 0 1 0 11 12.2 1.2 1.2 0 0 0 11 9.8z",
} as const;

export type IconName = keyof typeof PATHS;

/** A drawn symbol; the button around it carries the name. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("tmsx-icon");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  path.setAttribute("fill-rule", "evenodd");
  svg.append(path);
  return svg;
}

/** A button that shows a symbol and is called `title`. */
export function iconButton(name: IconName, title: string, click: () => void): HTMLButtonElement {
  return h("button", { type: "button", title, "aria-label": title, class: "tmsx-button tmsx-square", click }, icon(name));
}
