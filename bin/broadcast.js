#!/usr/bin/env node
// Plain JavaScript that any Node can read, so that an old one gets an explanation instead of a syntax error.
var version = process.versions.node.split(".").map(Number);
if (version[0] < 20 || (version[0] === 20 && version[1] < 19)) {
  console.error(`broadcast needs Node 20.19 or newer; this is Node ${process.versions.node}.`);
  process.exit(1);
}
if (!require("node:fs").existsSync(`${__dirname}/../dist/start.cjs`)) {
  console.error("broadcast is not built yet. In its folder: npm ci && npm run build");
  process.exit(1);
}
require("../dist/start.cjs").start("cli.cjs");
