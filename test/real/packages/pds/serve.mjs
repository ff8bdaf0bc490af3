// A Bluesky PDS with a PLC directory in memory: `node serve.mjs FOLDER PORT`. Nothing of it is reachable from outside.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";

const { listen } = net.Server.prototype;
net.Server.prototype.listen = function (port, ...rest) {
  const done = rest.filter((one) => typeof one === "function");
  return listen.call(this, { port: Number(port), host: "127.0.0.1" }, ...done);
};

const require = createRequire(import.meta.url);
const { Database, PlcServer } = require("@did-plc/server");
const { envToCfg, envToSecrets, PDS } = require("@atproto/pds");
const [, , folder, port] = process.argv;

const { version } = JSON.parse(
  readFileSync(new URL("node_modules/@atproto/pds/package.json", import.meta.url)),
);
const plc = await PlcServer.create({ db: Database.mock(), port: 0 }).start();
const hex = () => randomBytes(32).toString("hex");
const settings = {
  devMode: true,
  // As Bluesky's own start script has it.
  version,
  port: Number(port),
  hostname: "localhost",
  dataDirectory: folder,
  blobstoreDiskLocation: `${folder}/blobs`,
  didPlcUrl: `http://127.0.0.1:${plc.address().port}`,
  plcRotationKeyK256PrivateKeyHex: hex(),
  jwtSecret: hex(),
  adminPassword: hex(),
  serviceHandleDomains: [".test"],
  inviteRequired: false,
};
const server = await PDS.create(envToCfg(settings), envToSecrets(settings));
await server.start();
console.log(JSON.stringify({ serving: { version } }));
