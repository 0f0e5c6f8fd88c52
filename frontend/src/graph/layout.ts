// Where everything of a feature graph stands in a picture of some width: blocks of components, side by side in shelves.
import { count } from "../shared/words";
import { DEDICATED, kindsOf, UNNAMED, type Graph } from "./model";

/** A component drawn around a point; its places are multiplied by the radius. */
export interface Cell {
  component: number;
  x: number;
  y: number;
  radius: number;
}

export interface Block {
  title: string;
  /** Indices of components; none for the features that are not represented. */
  members: number[];
  x: number;
  y: number;
  width: number;
  height: number;
  /** Large ones. When `many`, there is one, and it stands for any of the members. */
  large: Cell[];
  many: boolean;
  /** All members once more, small, when there are many. */
  small: Cell[];
  /** Features that are not represented, as dots. */
  dots: { feature: number; x: number; y: number }[];
}

export interface Layout {
  blocks: Block[];
  height: number;
}

/** Titles take this much above each block. */
export const TITLE = 34;
const GAP = 18;
const EDGE = 6;
/** Mean width of a letter of a title. */
const CHARACTER = 7.2;
const RADIUS = 40;
const BODY = 52;
/** Room around a large component for the numbers of its features. */
const AROUND = 18;
/** Between the large one of a kind and the small ones. */
const BESIDE = 12;
/** Of a kind with more components than this one is drawn large, and all small. */
const ALL_LARGE = 3;
const SMALL = 8;
const SMALL_STEP = 24;
const DOT_STEP = 12;
/** As many dots of their own are labelled. */
export const NUMBERED = 16;
const NUMBERED_STEP = 30;

export function layoutOf(graph: Graph, width: number): Layout {
  const room = Math.max(width - 2 * EDGE, 120);
  const blocks = kindsOf(graph).flatMap(({ name, members }) => blocksOf(graph, name, members, room));
  const left = [...graph.home.keys()].filter((i) => graph.home[i]! < 0);
  if (left.length > 0) blocks.push(absent(left, room));
  return shelved(blocks, width);
}

function blocksOf(graph: Graph, name: string, members: number[], room: number): Block[] {
  if (name === DEDICATED) return [dedicated(members, room)];
  const size = graph.components[members[0]!]!.features.length;
  const said = name === UNNAMED ? `${count(size, "feature")}, no named shape` : name;
  const sizes = members.map((c) => radiusOf(graph.components[c]!.features.length, room));
  if (members.length <= ALL_LARGE) {
    return members.map((c, k) => {
      const side = 2 * (sizes[k]! + AROUND);
      return block(said, [c], side, side, { large: [{ component: c, x: side / 2, y: side / 2, radius: sizes[k]! }] });
    });
  }
  return [counted(members, said, Math.max(...sizes), room)];
}

/** Many of a kind: one large, and beside it all of them small. */
function counted(members: number[], said: string, radius: number, room: number): Block {
  const side = 2 * (radius + AROUND);
  const rows = Math.max(1, Math.floor((side - 4) / SMALL_STEP));
  const beside = Math.max(Math.floor((room - side - BESIDE) / SMALL_STEP), 1);
  const under = room < 3 * side; // a narrow picture has more room below than beside
  const columns = under ? Math.max(1, Math.floor(room / SMALL_STEP)) : Math.min(Math.ceil(members.length / rows), beside);
  const [left, top] = under ? [0, side] : [side + BESIDE, (side - Math.min(Math.ceil(members.length / columns), rows) * SMALL_STEP) / 2];
  const small = members.map((component, k) => ({
    component,
    x: left + ((k % columns) + 0.5) * SMALL_STEP,
    y: Math.max(top, 0) + (Math.floor(k / columns) + 0.5) * SMALL_STEP,
    radius: SMALL,
  }));
  const below = Math.max(...small.map(({ y }) => y)) + SMALL_STEP / 2;
  const wide = Math.max(...small.map(({ x }) => x)) + SMALL_STEP / 2;
  return block(`${members.length} × ${said}`, members, Math.max(side, wide), Math.max(side, below), {
    large: [{ component: members[0]!, x: side / 2, y: side / 2, radius }],
    small,
    many: true,
  });
}

/** Features that are alone: a grid of dots. */
function dedicated(members: number[], room: number): Block {
  const step = members.length <= NUMBERED ? NUMBERED_STEP : SMALL_STEP;
  const { columns, rows } = grid(members.length, step, room);
  const cells = members.map((component, k) => ({
    component,
    x: ((k % columns) + 0.5) * step,
    y: (Math.floor(k / columns) + 0.5) * step,
    radius: 0,
  }));
  const title = members.length === 1 ? DEDICATED : `${members.length} × ${DEDICATED}`;
  const large = members.length <= NUMBERED;
  return block(title, members, columns * step, rows * step, large ? { large: cells } : { small: cells });
}

function absent(features: number[], room: number): Block {
  const step = features.length <= NUMBERED ? NUMBERED_STEP : DOT_STEP;
  const { columns, rows } = grid(features.length, step, room);
  const dots = features.map((feature, k) => ({
    feature,
    x: ((k % columns) + 0.5) * step,
    y: (Math.floor(k / columns) + 0.5) * step,
  }));
  return block(`${features.length} × not represented`, [], columns * step, rows * step, { dots });
}

/** A grid about twice as wide as high. */
function grid(count: number, step: number, room: number): { columns: number; rows: number } {
  const most = Math.max(1, Math.floor(room / step));
  const columns = Math.min(count, most, Math.max(4, Math.ceil(Math.sqrt(2 * count))));
  return { columns, rows: Math.ceil(count / columns) };
}

/** A body needs more room than a polygon, and a ring of many features most. */
function radiusOf(size: number, room: number): number {
  const most = Math.max(room / 2 - AROUND, RADIUS);
  const wished = size <= 5 ? RADIUS : size <= 8 ? BODY : Math.min(BODY + 1.4 * (size - 8), 190);
  return Math.min(wished, most);
}

function block(title: string, members: number[], width: number, height: number, parts: Partial<Block>): Block {
  const wide = Math.max(width, title.length * CHARACTER);
  return { title, members, x: 0, y: 0, width: wide, height: height + TITLE, large: [], small: [], dots: [], many: false, ...parts };
}

/** Places blocks from left to right and top to bottom, and moves what is in them. */
function shelved(blocks: Block[], width: number): Layout {
  let [x, y, tallest] = [EDGE, EDGE, 0];
  for (const one of blocks) {
    if (x > EDGE && x + one.width > width - EDGE) [x, y, tallest] = [EDGE, y + tallest + GAP / 2, 0];
    one.x = x;
    one.y = y;
    for (const item of [...one.large, ...one.small, ...one.dots]) {
      item.x += x;
      item.y += y + TITLE;
    }
    x += one.width + GAP;
    tallest = Math.max(tallest, one.height);
  }
  return { blocks, height: y + tallest + EDGE };
}
