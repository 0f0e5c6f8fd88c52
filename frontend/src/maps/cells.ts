// The cells of a map: where they lie in a picture, and what is known about each.
import { short } from "../shared/words";

/** Row and column as drawn, from the top left. */
export type Cell = [row: number, column: number];
/** First and last row and column of a rectangle of cells, ends included. */
export type Region = [top: number, left: number, bottom: number, right: number];

export interface Margin {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** One number a cell. `words` names whole numbers; the least of a `group` is pointed out. */
export interface Field {
  name: string;
  words?: string[];
  group?: string;
}

/** Everything that can be said about the cells of a map. */
export interface Facts {
  rows: string[];
  columns: string[];
  fields: Field[];
  /** Field by field, row by row; NaN where nothing is known yet. */
  numbers: Float32Array;
}

export function plotBox(width: number, height: number, margin: Margin): Box {
  return {
    x: margin.left,
    y: margin.top,
    width: Math.max(width - margin.left - margin.right, 1),
    height: Math.max(height - margin.top - margin.bottom, 1),
  };
}

/** The cell under a point; null outside of the map. */
export function cellAt(x: number, y: number, box: Box, rows: number, columns: number): Cell | null {
  const row = Math.floor(((y - box.y) / box.height) * rows);
  const column = Math.floor(((x - box.x) / box.width) * columns);
  return row >= 0 && row < rows && column >= 0 && column < columns ? [row, column] : null;
}

/** The cell nearest to a point anywhere. */
export function nearestCell(x: number, y: number, box: Box, rows: number, columns: number): Cell {
  const clamp = (value: number, last: number): number => Math.min(Math.max(value, 0), last);
  return [
    clamp(Math.floor(((y - box.y) / box.height) * rows), rows - 1),
    clamp(Math.floor(((x - box.x) / box.width) * columns), columns - 1),
  ];
}

export function regionOf(a: Cell, b: Cell): Region {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])];
}

export function boxOf([top, left, bottom, right]: Region, box: Box, rows: number, columns: number): Box {
  return {
    x: box.x + (left / columns) * box.width,
    y: box.y + (top / rows) * box.height,
    width: ((right - left + 1) / columns) * box.width,
    height: ((bottom - top + 1) / rows) * box.height,
  };
}

/** What is known about a cell, a line each, in formula markup. */
export function linesOf(facts: Facts, [row, column]: Cell): string[] {
  const { rows, columns, fields, numbers } = facts;
  const size = rows.length * columns.length;
  const value = (k: number): number => numbers[k * size + row * columns.length + column] ?? NaN;
  const lines = [[columns[column], rows[row]].filter(Boolean).join(" · ")];
  const said = (k: number): string => {
    const { name, words } = fields[k]!;
    const written = words ? (words[value(k)] ?? "") : short(value(k));
    return `${name} ${written}`;
  };
  const known = fields.map((_, k) => k).filter((k) => !Number.isNaN(value(k)));
  const plain = known.filter((k) => !fields[k]!.group);
  if (plain.length > 0) lines.push(...plain.map(said));
  else if (fields.some((field) => !field.group)) lines.push("not trained yet");
  for (const group of new Set(known.map((k) => fields[k]!.group))) {
    if (!group) continue;
    const members = known.filter((k) => fields[k]!.group === group);
    const least = Math.min(...members.map(value));
    lines.push(`${group}:`, ...members.map((k) => `  ${said(k)}${value(k) === least ? " ← least" : ""}`));
  }
  return lines;
}
