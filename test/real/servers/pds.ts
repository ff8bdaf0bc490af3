/** A Bluesky PDS, the server that keeps people's accounts and records: `@atproto/pds`, as Bluesky publishes it. */
import { join } from "node:path";
import { installed } from "../install.ts";
import { freePort, type RealPost, type RealServer, serving } from "../server.ts";

interface Kept {
  uri: string;
  value: {
    text: string;
    createdAt: string;
    facets?: { features: { uri?: string }[] }[];
    reply?: { parent: { uri: string } };
    embed?: { images?: { alt: string; image: { ref: { $link: string } } }[] };
  };
}

export const pds: RealServer = {
  network: "bluesky",
  name: "Bluesky PDS",
  packages: "pds",
  parts: 2,
  pictures: 1,
  exact: true,
  // Counts and answers are an app view's business, and it is told of none.
  without: { stats: "has no app view", replies: "has no app view" },

  async start(folder) {
    const packages = installed("pds");
    const port = await freePort();
    const { said, child, stop } = await serving<{ version: string }>(
      [join(packages, "serve.mjs"), folder, String(port)],
      packages,
      { LOG_ENABLED: "false" },
    );
    const url = `http://127.0.0.1:${port}`;
    const ask = async (name: string, { json, token }: { json?: unknown; token?: string } = {}) => {
      const answer = await fetch(`${url}/xrpc/${name}`, {
        ...(json !== undefined && { method: "POST", body: JSON.stringify(json) }),
        headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
      });
      if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
      return answer;
    };
    const handle = "rehearsal.test";
    const made = await ask("com.atproto.server.createAccount", {
      json: { handle, email: "rehearsal@acme.example", password: "correct horse battery" },
    });
    const { did, accessJwt: token } = (await made.json()) as { did: string; accessJwt: string };
    const app = await ask("com.atproto.server.createAppPassword", { json: { name: "broadcast" }, token });
    const { password } = (await app.json()) as { password: string };

    const picture = async (image: { alt: string; image: { ref: { $link: string } } }) => {
      const blob = await ask(`com.atproto.sync.getBlob?did=${did}&cid=${image.image.ref.$link}`);
      return { alt: image.alt, bytes: new Uint8Array(await blob.arrayBuffer()) };
    };
    return {
      version: said.version,
      settings: () => ({ server: url, identifier: handle, password: "${PDS_PASSWORD}" }),
      env: { PDS_PASSWORD: password },
      pids: [child.pid ?? 0],
      async posts(mark) {
        const found: RealPost[] = [];
        for (let cursor: string | undefined = ""; cursor !== undefined; ) {
          const query = `repo=${did}&collection=app.bsky.feed.post&limit=100&reverse=true&cursor=${cursor}`;
          const page = await (await ask(`com.atproto.repo.listRecords?${query}`)).json();
          const { records, cursor: next } = page as { records: Kept[]; cursor?: string };
          for (const { uri, value } of records.filter((one) => one.value.text.includes(mark)))
            found.push({
              id: uri,
              // A link's address is beside the text.
              text: [value.text, ...linksOf(value)].join("\n"),
              parent: value.reply?.parent.uri,
              pictures: await Promise.all((value.embed?.images ?? []).map(picture)),
            });
          cursor = records.length > 0 ? next : undefined;
        }
        return found;
      },
      stop,
    };
  },
};

function linksOf({ facets = [] }: Kept["value"]): string[] {
  return facets.flatMap(({ features }) => features.flatMap(({ uri }) => uri ?? []));
}
