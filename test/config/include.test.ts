// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** Further files, one for each client: everything keeps its place, nothing counts twice. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { brief, CONFIG, config, ENV, project } from "../campaign/project.ts";

const ACME =
  "channels:\n  acme:\n    network: birdsong\n    token: ${ACME_TOKEN}\ngroups:\n  clients: [acme, bird]\n";
const env = { ...ENV, ACME_TOKEN: "a-secret-token" };

async function read(files: Record<string, string>, include = 'include: "clients/*.yml"\n') {
  const folder = project({ "broadcast.yml": `${include}${CONFIG}`, ...files });
  return { folder, ...(await config(folder, { env })) };
}

it("adds the channels, groups and people of other files", async () => {
  const {
    config: known,
    problems,
    folder,
  } = await read({
    "clients/acme.yml": `${ACME}people:\n  marta: { birdsong: marta@acme.example }\n`,
    "clients/b.yml": "channels:\n  b: { network: birdsong, token: '${BIRD_TOKEN}' }\n",
    "clients/notes.txt": "not: read",
  });
  expect(problems).toEqual([]);
  expect([...(known?.channels.keys() ?? [])]).toEqual(["bird", "staff", "acme", "b"]);
  expect(known?.groups.get("clients")).toEqual(["acme", "bird"]);
  expect(known?.people.marta?.birdsong?.handle).toBe("marta@acme.example");
  expect(known?.channels.get("acme")).toMatchObject({
    secrets: ["a-secret-token"],
    place: { file: "clients/acme.yml", line: 2, column: 3 },
  });
  expect(known?.files).toEqual(
    ["broadcast.yml", "clients/acme.yml", "clients/b.yml"].map((f) => join(folder, f)),
  );
});

it("shows a mistake where it is written", async () => {
  const { problems } = await read({
    "clients/acme.yml":
      "channels:\n  acme:\n    network: birdsnog\n  two:\n    network: birdsong\n    servre: https://x.example\n",
    "clients/b.yml": "channels:\n  b: {\n",
    "clients/c.yml": "channels:\n  bird: { network: birdsong }\nledger: x.db\ngroups: [a]\n",
  });
  expect(problems.filter(({ channel }) => !channel).map(brief)).toEqual([
    "clients/b.yml:2:6 yaml",
    "clients/acme.yml:3:14 unknown-network",
    "clients/acme.yml:6:5 unknown-key",
    "clients/c.yml:2:3 name-taken",
    "clients/c.yml:3:1 unknown-key",
    "clients/c.yml:4:1 wrong-type",
  ]);
  expect(problems.find(({ code }) => code === "name-taken")?.message).toContain("broadcast.yml, line 3");
});

it("does not show what may be a secret, in any file", async () => {
  const { problems } = await read({
    "clients/acme.yml": "channels:\n  acme: { network: birdsong, token: sup3r-s3cret-token, servre: 1 }\n",
  });
  expect(problems.map(brief)).toContain("clients/acme.yml:2:37 literal-secret");
  expect(JSON.stringify(problems)).not.toContain("sup3r");
});

it.each([
  ["include: clients/none.yml\n", "broadcast.yml:1:10 missing-file"],
  ["include: [nowhere/*.yml]\n", "broadcast.yml:1:11 missing-file"],
  ["include: clients\n", "broadcast.yml:1:10 not-a-file"],
  ["include: broadcast.yml\n", "broadcast.yml:1:10 name-taken"],
  ["include: [clients/acme.yml, clients/acme.yml]\n", "broadcast.yml:1:29 name-taken"],
  ["include: 3\n", "broadcast.yml:1:10 wrong-type"],
])("is refused: %j", async (include, problem) => {
  const { problems } = await read({ "clients/acme.yml": ACME }, include);
  expect(problems.map(brief)).toEqual([problem]);
});

it("takes a file once that a pattern and a name stand for", async () => {
  const { problems } = await read(
    { "clients/acme.yml": ACME },
    "include: [clients/acme.yml, clients/*.yml]\n",
  );
  expect(problems).toEqual([]);
});
