/** What broadcast.yml says: channels, groups, people, policy, and the plug-ins. */
import type { ProblemCode } from "../../errors.ts";
import type { Cause } from "./explanation.ts";

export const PROJECT = {
  "adapter-not-loaded": {
    why: "The package is not installed in the project, the path is wrong, or the plug-in itself has an error.",
    example: "adapters: [./networks/forum.js]",
  },
  "adapter-twice": {
    why: "Two plug-ins have the same id, or one has the id of a network that is built in.",
    example: "broadcast networks",
  },
  "bad-adapter": {
    why: "The plug-in's adapter lacks a field, or one has the wrong type. The contract suite in `broadcast-cli/testing` checks all of them.",
    example: "broadcast networks",
  },
  "group-cycle": {
    why: "Two groups contain each other.",
    example: "groups:\n  public: [mastodon, bluesky]\n  everyone: [public, team-slack]",
  },
  "impossible-policy": {
    why: "`approvals:` is higher than the number of names under `by:`.",
    example: "policy:\n  - { approvals: 2, by: [marta, chinwe] }",
  },
  "literal-secret": {
    why: "A token or password was pasted into the file. These files usually go into git, and a secret that was in git has to be replaced.",
    example: "broadcast login mastodon",
  },
  "login-locked": {
    why: "The login is encrypted and its passphrase is missing or wrong, or the system's keyring is locked.",
    example: "broadcast login mastodon",
  },
  "missing-credential": {
    why: "Nobody has logged in yet, or this machine does not have the environment variable. Planning and rehearsing work without it.",
    example: "broadcast login mastodon",
  },
  "missing-env": {
    why: "The variable is not in .env, or the CI job does not pass the secret on.",
    example: "broadcast doctor",
  },
  "name-taken": {
    why: "A group and a channel have the same name.",
    example: "groups:\n  public: [mastodon, bluesky]",
  },
  "no-allowed-signers": {
    why: "The policy asks for signed approvals, and `allowed_signers:` is missing in broadcast.yml.",
    example: "allowed_signers: allowed_signers",
  },
  "no-config": {
    why: "The command was run outside of a project, or the project has no broadcast.yml yet.",
    example: "broadcast init",
  },
  "not-an-adapter": {
    why: "The plug-in's default export is not an adapter.",
    example: 'import { defineAdapter } from "broadcast-cli";',
  },
  "program-not-allowed": {
    why: "A channel would run a program, and `programs:` in broadcast.yml does not name it. It is written twice so that nobody lets a program run by naming a channel.",
    example: "programs: [tools/post.py]",
  },
  "same-account": {
    why: "Two channels have the same settings, or a campaign names a channel directly and through a group.",
    example: "channels: [mastodon, bluesky]",
  },
  "unknown-channel": {
    why: "The name is misspelt, or the channel was renamed or removed.",
    example: "broadcast init --channel news=feed",
  },
  "unknown-network": {
    why: "The name is misspelt, or belongs to a plug-in that `adapters:` does not list.",
    example: "broadcast networks",
  },
} satisfies Partial<Record<ProblemCode, Cause>>;
