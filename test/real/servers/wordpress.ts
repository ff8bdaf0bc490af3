/** WordPress as Debian packages it, in PHP's own web server, with a MariaDB of its own that only a socket leads to. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Missing } from "../install.ts";
import { freePort, type RealServer, stopper, until } from "../server.ts";

const SOURCE = "/usr/share/wordpress";
const DATABASE = "/usr/sbin/mariadbd";
const PHP = "/usr/bin/php";
const SCRIPTS = resolve("test/real/packages/wordpress");

interface WpPost {
  id: number;
  content: { rendered: string };
  featured_media: number;
}

export const wordpress: RealServer = {
  network: "wordpress",
  name: "WordPress",
  parts: 1,
  pictures: 1,
  exact: true,

  async start(folder) {
    const missing = [SOURCE, DATABASE, PHP].filter((path) => !existsSync(path));
    if (missing.length > 0)
      throw new Missing(
        `${missing.join(", ")} is not here (Debian: apt-get install wordpress php-cli php-mysql php-gd php-xml php-mbstring mariadb-server)`,
      );
    const database = await startDatabase(folder);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const site = join(folder, "site");
    // Debian links parts of it to other packages' folders; some of those may not be there.
    execFileSync("cp", ["-rL", SOURCE, site], { stdio: "ignore" });
    writeFileSync(join(site, "wp-config.php"), configOf(url, database.socket));
    const said = JSON.parse(
      execFileSync(PHP, [join(SCRIPTS, "install.php"), site], { encoding: "utf8" }),
    ) as { password: string; version: string };
    const web = spawn(PHP, ["-S", `127.0.0.1:${port}`, "-t", site, join(SCRIPTS, "router.php")], {
      env: { ...process.env, PHP_CLI_SERVER_WORKERS: "4" },
      stdio: "ignore",
      // Its workers go with it.
      detached: true,
    });
    const stopWeb = stopper(web, true);
    const ask = async (path: string) => {
      const answer = await fetch(path.startsWith("http") ? path : `${url}/wp-json/wp/v2/${path}`);
      if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
      return answer;
    };
    await until(() => ask("posts"));

    return {
      version: said.version,
      settings: () => ({ server: url, username: "broadcast", password: "${WP_PASSWORD}" }),
      env: { WP_PASSWORD: said.password },
      pids: [web.pid ?? 0, database.child.pid ?? 0],
      async posts(mark) {
        const found = (await (await ask(`posts?search=${mark}&per_page=100&order=asc`)).json()) as WpPost[];
        const picture = async (id: number) => {
          const { alt_text: alt, source_url } = (await (await ask(`media/${id}`)).json()) as Record<
            string,
            string
          >;
          return { alt: alt ?? "", bytes: new Uint8Array(await (await ask(source_url ?? "")).arrayBuffer()) };
        };
        return Promise.all(
          found.map(async ({ id, content, featured_media }) => ({
            id: String(id),
            text: content.rendered,
            pictures: featured_media > 0 ? [await picture(featured_media)] : [],
          })),
        );
      },
      async answer({ id }, words) {
        const form = { comment_post_ID: id, comment: words, author: "Maria", email: "maria@acme.example" };
        const body = new URLSearchParams(form);
        const { status } = await fetch(`${url}/wp-comments-post.php`, {
          method: "POST",
          body,
          redirect: "manual",
        });
        if (status !== 302) throw new Error(`the comment was answered with ${status}`);
      },
      async stop() {
        await stopWeb();
        await database.stop();
      },
    };
  },
};

async function startDatabase(
  folder: string,
): Promise<{ socket: string; child: ChildProcess; stop(): Promise<void> }> {
  const data = join(folder, "data");
  const socket = join(folder, "db.sock");
  const user = process.getuid?.() === 0 ? ["--user=root"] : [];
  execFileSync(
    "mariadb-install-db",
    [
      "--no-defaults",
      `--datadir=${data}`,
      "--auth-root-authentication-method=normal",
      "--skip-test-db",
      ...user,
    ],
    { stdio: "ignore" },
  );
  const child = spawn(
    DATABASE,
    ["--no-defaults", `--datadir=${data}`, `--socket=${socket}`, "--skip-networking", ...user],
    { stdio: "ignore" },
  );
  const stop = stopper(child);
  const sql = "create database wordpress character set utf8mb4";
  await until(async () =>
    execFileSync("mariadb", ["--no-defaults", `--socket=${socket}`, "-uroot", "-e", sql], {
      stdio: "ignore",
    }),
  );
  return { socket, child, stop };
}

function configOf(url: string, socket: string): string {
  const keys = ["AUTH", "SECURE_AUTH", "LOGGED_IN", "NONCE"].flatMap((name) => [
    `${name}_KEY`,
    `${name}_SALT`,
  ]);
  const constants: Record<string, string | boolean> = {
    DB_NAME: "wordpress",
    DB_USER: "root",
    DB_PASSWORD: "",
    DB_HOST: `localhost:${socket}`,
    DB_CHARSET: "utf8mb4",
    DB_COLLATE: "",
    WP_HOME: url,
    WP_SITEURL: url,
    // Application passwords without https.
    WP_ENVIRONMENT_TYPE: "local",
    WP_HTTP_BLOCK_EXTERNAL: true,
    DISABLE_WP_CRON: true,
    ...Object.fromEntries(keys.map((name) => [name, randomBytes(32).toString("hex")])),
  };
  const lines = Object.entries(constants).map(
    ([name, value]) => `define("${name}", ${JSON.stringify(value)});`,
  );
  return [
    "<?php",
    ...lines,
    '$table_prefix = "wp_";',
    'if (!defined("ABSPATH")) define("ABSPATH", __DIR__ . "/");',
    'require_once ABSPATH . "wp-settings.php";',
    "",
  ].join("\n");
}
