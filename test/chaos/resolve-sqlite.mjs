// Resolution hook: the SQLite driver, whichever it is, comes with its commits counted.
const wrapper = new URL("./counted-sqlite.mjs", import.meta.url).href;

export async function resolve(specifier, context, next) {
  const driver = specifier === "@photostructure/sqlite" || specifier === "node:sqlite";
  if (!driver || context.parentURL === wrapper) return next(specifier, context);
  return { url: wrapper, shortCircuit: true };
}
