// A few lines that make building elements short.

type Attributes = Record<string, string | number>;

/** An element with attributes and children; strings become text. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** Text in which `_x` and `_{...}` become subscripts, for formulas: "‖W_i‖", "Σ_{j≠i}". */
export function formula(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  for (const part of text.split(/(_\{[^}]*\}|_[a-z0-9])/)) {
    if (part.startsWith("_")) fragment.append(make("sub", {}, part.replace(/^_\{?|\}$/g, "")));
    else fragment.append(part);
  }
  return fragment;
}

/** The same text without markup, for names that are read aloud. */
export function plainFormula(text: string): string {
  return text.replace(/_\{([^}]*)\}/g, "_$1");
}
