/** What broadcast.yml says: channels, groups, people, policy, and the plug-ins. */
import type { ProblemCode } from "../../errors.ts";
import type { Explanation } from "./explanation.ts";

export const PROJECT = {
  "adapter-not-loaded": {
    means: "A plug-in named under `adapters:` cannot be loaded, so its network is not known.",
    why: "The package is not installed in the project, the path is wrong, or the plug-in itself has a fault.",
    remedy: "Install the package, or write a path that begins with `./`, from the folder of broadcast.yml.",
    example: "adapters: [./networks/forum.js]",
  },
  "adapter-twice": {
    means: "Two adapters have the same name, so it would not be clear which of them speaks for a channel.",
    why: "Two plug-ins are alike, or one is called like a network that comes with broadcast.",
    remedy: "Leave one of them out, or give the plug-in's adapter another id.",
    example: "broadcast networks",
  },
  "bad-adapter": {
    means: "A plug-in's adapter does not say all that an adapter has to say.",
    why: "A field is missing or of the wrong sort; the message names it.",
    remedy: "Mend the plug-in; the contract suite in `broadcast-cli/testing` looks at all of it.",
    example: "broadcast networks",
  },
  "group-cycle": {
    means: "A group of channels contains itself.",
    why: "Two groups name each other.",
    remedy: "Take one of them out of the other.",
    example: "groups:\n  public: [mastodon, bluesky]\n  everyone: [public, team-slack]",
  },
  "impossible-policy": {
    means: "The policy asks for more approvals than there are people who may give them.",
    why: "`approvals:` is higher than the number of names under `by:`.",
    remedy: "Name more people, or ask for fewer approvals.",
    example: "policy:\n  - { approvals: 2, by: [marta, chinwe] }",
  },
  "literal-secret": {
    means:
      "A token or password stands where others read it: in broadcast.yml, or in what a campaign would say.",
    why: "It was pasted there. These files usually go into git, and a secret in git has to be renewed.",
    remedy: "Take it out, renew it, and keep the new one in the login store, in .env or in the environment.",
    example: "broadcast login mastodon",
  },
  "login-locked": {
    means: "There is a login for this channel, and it cannot be opened.",
    why: "It is encrypted and the passphrase is missing or another one, or the system's keyring is locked.",
    remedy: "Set BROADCAST_PASSPHRASE or unlock the keyring; or log in again.",
    example: "broadcast login mastodon",
  },
  "missing-credential": {
    means:
      "The channel has no credential, so nothing can be sent to it. Planning and rehearsing work without.",
    why: "Nobody logged in yet, or the environment of this job does not have the variable.",
    remedy: "Log in, or set the variable that the message names.",
    example: "broadcast login mastodon",
  },
  "missing-env": {
    means: "An environment variable that broadcast.yml names is not set.",
    why: "It is not in .env, or the CI job does not hand the secret on.",
    remedy: "Set it in .env beside broadcast.yml, or in the job's environment.",
    example: "broadcast doctor",
  },
  "name-taken": {
    means: "A group has the name of a channel, so the name would mean two things.",
    why: "Both were written under the same name.",
    remedy: "Rename one of them.",
    example: "groups:\n  public: [mastodon, bluesky]",
  },
  "no-allowed-signers": {
    means: "The policy asks for signed approvals, and no key is known that could check a signature.",
    why: "`allowed_signers:` is missing in broadcast.yml.",
    remedy: "Name a file in OpenSSH's format, with a line for each person.",
    example: "allowed_signers: allowed_signers",
  },
  "no-config": {
    means: "There is no broadcast.yml here or in a folder above, so there are no channels.",
    why: "The command was typed outside of the project, or the project was not set up yet.",
    remedy: "Go to the project's folder, or set one up here.",
    example: "broadcast init",
  },
  "not-an-adapter": {
    means: "A plug-in was loaded and exports no adapter.",
    why: "Its default export is something else.",
    remedy: "Export what `defineAdapter({ … })` returns.",
    example: 'import { defineAdapter } from "broadcast-cli";',
  },
  "same-account": {
    means: "Two channels of this campaign are the same account, so the account says it twice.",
    why: "Two channels have the same settings, or a group and a name meet in one.",
    remedy: "Leave one of them out.",
    example: "channels: [mastodon, bluesky]",
  },
  "unknown-channel": {
    means: "There is no channel or group of this name in broadcast.yml.",
    why: "It is misspelt, or it was renamed or taken out.",
    remedy: "Take the name that is suggested, or add the channel.",
    example: "broadcast init --channel news=feed",
  },
  "unknown-network": {
    means: "There is no network of this name.",
    why: "It is misspelt, or comes from a plug-in that `adapters:` does not name.",
    remedy: "Take one of the list.",
    example: "broadcast networks",
  },
} satisfies Partial<Record<ProblemCode, Explanation>>;
