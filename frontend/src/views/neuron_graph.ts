// What goes into each neuron and what comes out of it: pointing at a node traces the paths through it.
import { gain, graphHeight, graphLayout, nodeAt, pathsOf, spotOf, wiringOf, type Layout, type Lines, type Node, type Wiring } from "../neurons/graph";
import { drawLines, drawMarked, drawNodes, drawNumbers, drawTitles } from "../neurons/graph_draw";
import { kindCounts, neuronsOf, neuronWords, orderOf, RECEIVED, strongest, thresholdWords, weightIn, weightOut } from "../neurons/model";
import { neuronLegend } from "../neurons/tint";
import type { Pen } from "../shared/canvas";
import { make } from "../shared/dom";
import type { Film } from "../shared/film";
import { kept } from "../shared/kept";
import { featurePanel } from "../shared/panel";
import type { SelectionState, View, ViewEvents } from "../shared/view";
import { short, signed } from "../shared/words";

/** What a reader asks for beside features. */
export interface GraphEvents extends ViewEvents {
  /** A neuron to be kept in view, or none. */
  onNeuron(neuron: number | null): void;
}

export interface NeuronGraph extends View {
  /** From the next update on, leaves out the lines of weights up to `threshold`, and traces the paths through a neuron. */
  set(threshold: number, neuron: number | null): void;
}

const NARROW = 240;
const [FAINT, HALF] = [0.13, 0.4];
/** From so many lines on each is fainter. */
const CROWD = 200;

export function neuronGraph(host: HTMLElement, events: GraphEvents): NeuronGraph {
  let film: Film | null = null;
  let wiring: Wiring | null = null;
  let [threshold, order]: [number, number[]] = [0, []];
  let layout: Layout = graphLayout(1, 1, 1, [0]);
  let selection: SelectionState = { hovered: null, pinned: [] };
  let pointed: Node | null = null; // a neuron or an output: features are pointed at through the selection
  let held: number | null = null;
  const base = kept();

  const about = (node: Node): string => aboutNode(film!, wiring!, node);
  const targets = (): Node[] => {
    const { n, m } = wiring!.neurons;
    const feature = (index: number): Node => ({ kind: "feature", index });
    const hovered = pointed ? [pointed] : selection.hovered === null ? [] : [feature(selection.hovered)];
    const others = held === null || held >= m ? [] : [{ kind: "neuron" as const, index: held }];
    const pinned = selection.pinned.map(feature).filter(({ index }) => !(pointed?.kind === "output" && index === pointed.index));
    return [...hovered, ...others, ...pinned].filter(({ kind, index }) => kind === "neuron" || index < n);
  };

  const panel = featurePanel(host, events, {
    name: "Neuron graph",
    role: "graph",
    heightFor: () => (wiring ? graphHeight(wiring.neurons.n, wiring.neurons.m) : 60),
    draw: (pen) => {
      if (!wiring) return;
      layout = graphLayout(pen.width, pen.height, wiring.neurons.n, order);
      const traced = targets();
      pen.ctx.globalAlpha = traced.length > 0 ? FAINT : 1;
      base(pen, wiring, (fixed) => drawAll(fixed, layout, wiring!));
      pen.ctx.globalAlpha = 1;
      if (traced.length > 0) drawTraced(pen, layout, wiring, traced);
      drawNodes(pen, layout, wiring);
      const [first] = traced;
      for (const node of traced) drawMarked(pen, layout, node, node === first && (pointed || selection.hovered !== null) ? pen.theme.accent : pen.theme.ink);
      drawNumbers(pen, layout, numbered(wiring, traced));
      drawTitles(pen, layout, titlesOf(film!, pen.width < NARROW));
    },
    hit: (x, y) => {
      const node = wiring && nodeAt(layout, x, y);
      return node && { feature: node.kind === "neuron" ? null : node.index, text: about(node) };
    },
    count: () => wiring?.neurons.n ?? 0,
    about: (index) => about({ kind: "feature", index }),
    place: (index) => spotOf(layout, { kind: "feature", index }),
  });
  const point = (node: Node | null): void => {
    pointed = node?.kind === "feature" ? null : node;
    panel.request();
  };
  const stop = listen(panel.canvas, {
    at: (x, y) => wiring && nodeAt(layout, x, y),
    point,
    hold: (neuron) => events.onNeuron(neuron === held ? null : neuron),
    pointed: () => pointed,
    walk: (by) => {
      const place = pointed?.kind === "neuron" ? layout.places[pointed.index]! + by : 0;
      const node: Node = { kind: "neuron", index: order[Math.min(Math.max(place, 0), order.length - 1)]! };
      events.onHover(null);
      point(node);
      const { x, y } = spotOf(layout, node);
      panel.tip(about(node), x, y);
      panel.say(about(node));
    },
    leave: () => {
      point(null);
      panel.tip(null);
    },
  });

  return {
    update: (next, frame) => {
      if (film?.untied !== next.untied) panel.legend(...legendOf(next.untied));
      [film, order] = [next, orderOf(next)];
      wiring = wiringOf(neuronsOf(next, frame), threshold);
      panel.caption(captionOf(next, wiring, threshold));
      panel.refresh();
    },
    set: (least, neuron) => {
      [threshold, held] = [least, neuron];
    },
    select: (next) => {
      selection = next;
      panel.select(next);
    },
    destroy: () => {
      stop();
      panel.destroy();
    },
  };
}

interface Listener {
  at(x: number, y: number): Node | null;
  point(node: Node | null): void;
  hold(neuron: number | null): void;
  pointed(): Node | null;
  walk(by: number): void;
  leave(): void;
}

/** What concerns neurons: pointing, a click that keeps one, and the keys that go to them with → and back with ←. */
function listen(canvas: HTMLCanvasElement, { at, point, hold, pointed, walk, leave }: Listener): () => void {
  const done = new AbortController();
  const { signal } = done;
  canvas.addEventListener("pointermove", (event) => point(at(event.offsetX, event.offsetY)), { signal });
  canvas.addEventListener("pointerleave", () => point(null), { signal });
  canvas.addEventListener("blur", () => point(null), { signal });
  canvas.addEventListener("click", (event) => {
    const node = at(event.offsetX, event.offsetY);
    if (node?.kind === "neuron") hold(node.index);
  }, { signal });
  const keys = (event: KeyboardEvent): void => {
    if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    const neuron = pointed()?.kind === "neuron" ? pointed()!.index : null;
    if (event.key === "Escape") return hold(null);
    if (event.key === "ArrowRight" && neuron === null) walk(0);
    else if (neuron === null) return;
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") walk(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "ArrowLeft") leave();
    else if (event.key === "Enter" || event.key === " ") hold(neuron);
    else if (event.key !== "ArrowRight") return point(null); // other keys go to the features
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  canvas.addEventListener("keydown", keys, { signal, capture: true });
  return () => done.abort();
}

function titlesOf({ untied }: Film, narrow: boolean): Record<Node["kind"], string> {
  const output = untied ? "y′" : "x′";
  return narrow ? { feature: "x", neuron: "h", output } : { feature: "features x", neuron: "neurons h", output: `outputs ${output}` };
}

function drawAll(pen: Pen, layout: Layout, wiring: Wiring): void {
  pen.ctx.globalAlpha = Math.min(Math.max(CROWD / Math.max(wiring.ins.length, 1), 0.25), 1);
  drawLines(pen, layout, wiring, wiring.most);
  pen.ctx.globalAlpha = 1;
}

/** The paths through some nodes; what a feature does to outputs other than its own stands back. */
function drawTraced(pen: Pen, layout: Layout, wiring: Wiring, traced: readonly Node[]): void {
  for (const node of traced) {
    const { ins, outs } = pathsOf(wiring, node);
    const own = ({ feature }: { feature: number }): boolean => node.kind === "neuron" || feature === node.index;
    for (const [alpha, wanted] of [[HALF, false], [1, true]] as const) {
      pen.ctx.globalAlpha = alpha;
      const lines: Lines = { ins: ins.filter((edge) => own(edge) === wanted), outs: outs.filter((edge) => own(edge) === wanted) };
      drawLines(pen, layout, lines, wiring.most);
    }
  }
  pen.ctx.globalAlpha = 1;
}

/** The nodes that paths lead through, those of the largest weights first. */
function numbered(wiring: Wiring, traced: readonly Node[]): Node[] {
  const sizes = new Map<string, { node: Node; size: number }>();
  const add = (node: Node, size: number): void => {
    const key = `${node.kind} ${node.index}`;
    if ((sizes.get(key)?.size ?? -1) < size) sizes.set(key, { node, size });
  };
  for (const node of traced) {
    add(node, Infinity);
    const { ins, outs } = pathsOf(wiring, node);
    for (const [edges, kind] of [[ins, "feature"], [outs, "output"]] as const) {
      for (const { feature, neuron, weight } of edges) {
        add({ kind, index: feature }, Math.abs(weight));
        add({ kind: "neuron", index: neuron }, Math.abs(weight));
      }
    }
  }
  return [...sizes.values()].sort((a, b) => b.size - a.size).map(({ node }) => node);
}

function aboutNode({ architecture, untied }: Film, { neurons }: Wiring, { kind, index }: Node): string {
  const weights = (size: number, symbol: string, weight: (k: number) => number): string =>
    strongest(Array.from({ length: size }, (_, k) => weight(k)), symbol);
  if (kind === "neuron") {
    const out = untied ? `; out ${weights(neurons.n, "y", (i) => weightOut(neurons, index, i))}` : "";
    return `${neuronWords(neurons, index)}; in ${weights(neurons.n, "x", (i) => weightIn(neurons, index, i))}${out}`;
  }
  if (kind === "output") return `output ${index}: ${weights(neurons.m, "h", (a) => weightOut(neurons, a, index))}`;
  const relu = architecture === "relu_hidden" || untied;
  const gains = (untied ? ([1, -1] as const) : ([1] as const)).map(
    (sign) => `x_{${index}} = ${sign < 0 ? "−" : ""}1 alone gives ${signed(gain(neurons, index, sign, relu))}`,
  );
  return `feature ${index}: ${weights(neurons.m, "h", (a) => weightIn(neurons, a, index))}; at its output ${gains.join(", ")}`;
}

function captionOf({ architecture, untied }: Film, wiring: Wiring, threshold: number): string {
  const drawn = wiring.ins.length + wiring.outs.length;
  const relu = architecture === "relu_hidden" || untied ? "" : " The hidden layer has no ReLU: its directions mean nothing by themselves.";
  const scaled = untied ? ", scaled so that the largest into each neuron is ±1" : "";
  const reach = untied ? ` ${RECEIVED}` : "";
  return (
    `${kindCounts(wiring.neurons)}. Lines: weights above ${short(threshold)} in size${scaled}; ` +
    `${drawn} are drawn, ${wiring.weak} weaker ones left out. ${thresholdWords(untied)}${reach}${relu}`
  );
}

function legendOf(untied: boolean): HTMLElement[] {
  const line = (name: string): HTMLElement => make("span", { style: `color: var(--tms-${name})`, "aria-hidden": "true" }, "━━");
  return [
    make("span", { class: "tms-scale" }, line("positive"), "positive weight"),
    make("span", { class: "tms-scale" }, line("negative"), "negative"),
    make("span", { class: "tms-note" }, untied ? "the wider, the larger on its side" : "the wider, the larger"),
    ...neuronLegend(untied, "1 or more"),
  ];
}
