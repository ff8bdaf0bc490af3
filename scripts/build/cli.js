// For those who run the built file itself; bin/broadcast.js takes the shorter way.
import { createRequire } from "node:module";

createRequire(import.meta.url)("./start.cjs").start("cli.cjs");
