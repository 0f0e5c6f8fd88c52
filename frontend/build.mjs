// Bundles every src/widgets/<name>.ts to <out>/<name>.js (and .css), one self-contained file each, so that a widget
// carries its code as a string and a page needs no network.
//   node build.mjs [name ...] [--out DIR]     some or all entries; DIR defaults to ../tms_widgets/static
//   node build.mjs --tests                    tests/*.test.ts to build/tests, for node's own test runner
import { readdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const { values, positionals } = parseArgs({
  options: { out: { type: "string" }, tests: { type: "boolean", default: false } },
  allowPositionals: true,
});

/** Paths of the files in `folder` that end in `suffix`, by the names without it. */
function entriesOf(folder, suffix) {
  const names = readdirSync(join(here, folder)).filter((file) => file.endsWith(suffix)).sort();
  return Object.fromEntries(names.map((file) => [file.slice(0, -suffix.length), join(here, folder, file)]));
}

async function buildTests() {
  const outdir = join(here, "build/tests");
  rmSync(outdir, { recursive: true, force: true });
  await build({
    entryPoints: entriesOf("tests", ".ts"),
    outdir,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    loader: { ".css": "empty" },
    logLevel: "warning",
  });
}

async function buildWidgets() {
  const all = entriesOf("src/widgets", ".ts");
  const unknown = positionals.filter((name) => !(name in all));
  if (unknown.length > 0) throw new Error(`no entry ${unknown.join(", ")}; there are ${Object.keys(all).join(", ")}`);
  const chosen = positionals.length > 0 ? positionals : Object.keys(all);
  await build({
    entryPoints: Object.fromEntries(chosen.map((name) => [name, all[name]])),
    outdir: resolve(values.out ?? join(here, "../tms_widgets/static")),
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: ["es2022", "chrome100", "firefox100", "safari16"],
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
  });
}

await (values.tests ? buildTests() : buildWidgets());
