import assert from "node:assert/strict";
import { Octokit } from "@octokit/rest";

export const network = "github";

export async function run({ server: baseUrl, token: auth, repository, thrown }) {
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const github = new Octokit({ baseUrl, auth, log });
  const [owner, repo] = repository.split("/");
  const { data: me } = await github.users.getAuthenticated();
  const { data: issue } = await github.issues.create({ owner, repo, title: "From octokit", body: "Words" });
  assert.ok(me.login);
  assert.equal(issue.user.login, me.login);
  assert.equal(issue.user.id, me.id);
  const at = { owner, repo, issue_number: issue.number };
  assert.equal((await github.issues.get(at)).data.body, "Words");
  assert.equal((await github.issues.update({ ...at, body: "Edited" })).data.body, "Edited");
  const { data: release } = await github.repos.createRelease({
    owner,
    repo,
    tag_name: "v9.9.9",
    name: "Nine",
    body: "Words",
  });
  assert.equal((await github.repos.getReleaseByTag({ owner, repo, tag: "v9.9.9" })).data.id, release.id);
  const twice = await thrown(() =>
    github.repos.createRelease({ owner, repo, tag_name: "v9.9.9", name: "Nine" }),
  );
  assert.equal(twice.status, 422);
  assert.match(twice.message, /already_exists/);
  await github.repos.deleteRelease({ owner, repo, release_id: release.id });
  assert.equal(
    (await thrown(() => github.repos.getReleaseByTag({ owner, repo, tag: "v9.9.9" }))).status,
    404,
  );
  assert.equal(
    (await thrown(() => new Octokit({ baseUrl, auth: "wrong", log }).users.getAuthenticated())).status,
    401,
  );
}
