// Clients of others, each in its own file: `node clients.mjs` with PLACES, what is where, as JSON. Prints a line of JSON for each.
import assert from "node:assert/strict";
import dns from "node:dns";

// A name for each network, for clients that keep no path before their own.
const { lookup } = dns;
dns.lookup = (host, ...rest) => lookup(host.endsWith(".localhost") ? "127.0.0.1" : host, ...rest);

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** What the client throws. */
async function thrown(run) {
  try {
    await run();
  } catch (error) {
    return error;
  }
  assert.fail("nothing was thrown");
}

const places = JSON.parse(process.env.PLACES);
for (const [name, channel] of Object.entries(places)) {
  const said = await import(`./${name}.mjs`)
    .then(({ run, network }) =>
      run({ ...channel, named: `http://${network}.localhost:${process.env.PORT}`, png: PNG, thrown }),
    )
    .then(
      () => ({ name }),
      (error) => ({ name, wrong: String(error.stack ?? error).slice(0, 1_500) }),
    );
  console.log(JSON.stringify({ said }));
}
process.exit(0);
