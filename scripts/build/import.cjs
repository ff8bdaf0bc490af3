// Code that V8 has kept cannot use `import()` by itself; Node compiles this file, so it can.
exports.imported = (specifier) => import(specifier);
