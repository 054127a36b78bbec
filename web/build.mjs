// Builds the front end into static/dist: the same input gives the same bytes on every machine.
import { build } from "esbuild";
import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "static", "dist");

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });

await build({
  absWorkingDir: here,
  entryPoints: {
    app: "assets/js/app.js",
    diagram: "assets/js/diagram.js",
    modeler: "assets/js/modeler.js",
    player: "assets/js/player.js",
    heat: "assets/js/heat.js",
    style: "assets/css/style.css",
    viewer: "assets/css/viewer.css",
    "modeler-style": "assets/css/modeler.css",
  },
  outdir: target,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022", "chrome105", "firefox110", "safari16"],
  // Every browser that runs this page reads woff2: the older formats are left out.
  loader: {
    ".woff2": "file",
    ".woff": "empty",
    ".ttf": "empty",
    ".eot": "empty",
    ".svg": "empty",
  },
  assetNames: "[name]-[hash]",
  // Preact (the modeler's side panel) must not try its development build.
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "linked",
  logLevel: "info",
});
