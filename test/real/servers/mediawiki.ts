/** MediaWiki as Debian packages it, in PHP's own web server, with SQLite. */
import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { Missing } from "../install.ts";
import { freePort, type RealPost, type RealServer, type Running, stopper, until } from "../server.ts";

const SOURCE = "/usr/share/mediawiki";
const PHP = "/usr/bin/php";
const ROUTER = resolve("test/real/packages/mediawiki/router.php");
// A bot password has 32 letters and digits.
const BOT_PASSWORD = "0123456789abcdefghijklmnopqrstuv";

/** A page for each campaign. */
export const mediawiki = wiki("MediaWiki, pages", {});
/** All campaigns on one page, where others write at the same moment. */
export const mediawikiSections = wiki("MediaWiki, sections", { page: "News" });

function wiki(name: string, where: Record<string, string>): RealServer {
  return {
    network: "mediawiki",
    name,
    parts: 1,
    pictures: 1,
    exact: true,
    start: (folder) => start(folder, where),
  };
}

async function start(folder: string, where: Record<string, string>): Promise<Running> {
  const missing = [SOURCE, PHP].filter((path) => !existsSync(path));
  if (missing.length > 0)
    throw new Missing(
      `${missing.join(", ")} is not here (Debian: apt-get install mediawiki php-cli php-sqlite3 php-mbstring php-xml php-intl php-gd)`,
    );
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { ...process.env, ...setUp(folder, url) };
  const web = spawn(PHP, ["-S", `127.0.0.1:${port}`, "-t", SOURCE, ROUTER], {
    env: { ...env, PHP_CLI_SERVER_WORKERS: "4" },
    stdio: "ignore",
    // Its workers go with it.
    detached: true,
  });
  const ask = async (query: Record<string, string>) => {
    const parameters = new URLSearchParams({ format: "json", formatversion: "2", action: "query", ...query });
    const answer = await fetch(`${url}/api.php?${parameters}`);
    if (!answer.ok) throw new Error(`${parameters}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const { query } = (await until(() => ask({ meta: "siteinfo" }))) as {
    query: { general: { generator: string } };
  };

  return {
    version: query.general.generator.replace(/^MediaWiki /, ""),
    settings: () => ({
      ...where,
      api: `${url}/api.php`,
      username: "Acme@broadcast",
      password: "${WIKI_PASSWORD}",
    }),
    env: { WIKI_PASSWORD: BOT_PASSWORD },
    pids: [web.pid ?? 0],
    async posts(mark) {
      const all = { list: "allpages", aplimit: "max" };
      const { query } = (await ask(all)) as { query: { allpages: { pageid: number }[] } };
      const found = await Promise.all(query.allpages.map(async ({ pageid }) => postsOn(String(pageid))));
      return found.flat().filter(({ text }) => text.includes(mark));
    },
    stop: stopper(web, true),
  };

  /** What readers see on a page: the wiki's HTML, section by section. */
  async function postsOn(pageid: string): Promise<RealPost[]> {
    const question = { action: "parse", pageid, prop: "text" };
    const { parse } = (await ask(question)) as { parse: { text: string } };
    return Promise.all(
      parse.text.split(/(?=<h2)/).map(async (text, index) => ({
        id: `${pageid}-${index}`,
        text,
        pictures: await Promise.all([...text.matchAll(/<img [^>]*>/g)].map(([image]) => pictureOf(image))),
      })),
    );
  }

  async function pictureOf(image: string) {
    const attribute = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(image)?.[1] ?? "";
    // The file itself instead of a small one made of it.
    const path = attribute("src").replace(/^(\/images)\/thumb(\/.+)\/[^/]+$/, "$1$2");
    const file = await fetch(new URL(path, url));
    return { alt: attribute("alt"), bytes: new Uint8Array(await file.arrayBuffer()) };
  }
}

/** A wiki with a bot's account. Gives what its scripts are told. */
function setUp(folder: string, url: string): Record<string, string> {
  const settings = join(folder, "LocalSettings.php");
  const [data, images] = [join(folder, "data"), join(folder, "images")];
  for (const made of [data, images]) mkdirSync(made);
  const told = { MW_CONFIG_FILE: settings, MW_IMAGES: images };
  const script = (name: string, ...argv: string[]) =>
    execFileSync(PHP, [join(SOURCE, "maintenance", name), ...argv], {
      env: { ...process.env, ...told },
      stdio: ["ignore", "ignore", "pipe"],
    });
  const database = ["--dbtype", "sqlite", "--dbpath", data, "--dbname", "wiki"];
  const place = ["--server", url, "--scriptpath", "", "--confpath", folder];
  script(
    "install.php",
    ...database,
    ...place,
    "--pass",
    "correct horse battery staple",
    "Acme wiki",
    "Admin",
  );
  appendFileSync(
    settings,
    [
      "",
      "$wgEnableUploads = true;",
      `$wgUploadDirectory = ${JSON.stringify(images)};`,
      '$wgUploadPath = "/images";',
      // Thumbnails are made when they are asked for by a page.
      "$wgUseImageMagick = false;",
      "",
    ].join("\n"),
  );
  script("createAndPromote.php", "--bot", "Acme", "correct horse battery staple");
  const grants = "basic,highvolume,editpage,createeditmovepage,uploadfile";
  script("createBotPassword.php", "--appid", "broadcast", "--grants", grants, "Acme", BOT_PASSWORD);
  return told;
}
