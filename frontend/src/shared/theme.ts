// The theme as the canvas needs it: colours read from the CSS variables, and a call when they may have changed.

export interface Theme {
  ink: string;
  inkSoft: string;
  paper: string;
  line: string;
  grid: string;
  accent: string;
  negative: string;
  zero: string;
  positive: string;
  font: string;
}

export function themeOf(element: Element): Theme {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(`--tms-${name}`).trim();
  return {
    ink: read("ink"),
    inkSoft: read("ink-soft"),
    paper: read("paper"),
    line: read("line"),
    grid: read("grid"),
    accent: read("accent"),
    negative: read("negative"),
    zero: read("zero"),
    positive: read("positive"),
    font: read("font"),
  };
}

/** Calls `changed` when the notebook switches its theme or the system its preferences. Returns what stops it. */
export function onThemeChange(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  for (const element of [document.documentElement, document.body]) observer.observe(element, { attributes: true });
  const queries = ["(prefers-color-scheme: dark)", "(prefers-contrast: more)", "(forced-colors: active)"].map((query) =>
    matchMedia(query),
  );
  for (const query of queries) query.addEventListener("change", changed);
  return () => {
    observer.disconnect();
    for (const query of queries) query.removeEventListener("change", changed);
  };
}
