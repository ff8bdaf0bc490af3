/** Who is killed: each network in each way of being somebody there, and each command that sends. */

/** What is sent in a run, to which network, by which command. */
export interface Subject {
  name: string;
  network: string;
  /** Lines of YAML under the channel, besides `network`. */
  settings: string[];
  parts: number;
  /** How many pictures the first part has. */
  pictures: number;
  /** Pictures are uploaded before the post, and not with it: finished once, they are not sent again. */
  uploads?: true;
  /** Whether the network has a key or can be asked: then nothing may be missing in the end. */
  exact: boolean;
  /** The command that is killed. Default: `send`. */
  by?: "run" | "retry" | "resolve";
  /** Milliseconds by which the clock has moved on when somebody comes to settle it: the network answers late. */
  later?: number;
}

export const SUBJECTS: Subject[] = [
  {
    name: "mastodon",
    network: "mastodon",
    settings: ["server: https://m.example", "token: ${T}"],
    parts: 2,
    pictures: 1,
    uploads: true,
    exact: true,
  },
  {
    name: "bluesky",
    network: "bluesky",
    settings: ["identifier: a.example", "password: ${T}"],
    parts: 2,
    pictures: 1,
    uploads: true,
    exact: true,
  },
  {
    name: "discord webhook",
    network: "discord",
    settings: ["webhook: ${T}"],
    parts: 2,
    pictures: 1,
    exact: false,
  },
  {
    name: "discord bot",
    network: "discord",
    settings: ["token: ${T}", 'channel_id: "110000000000000001"'],
    parts: 2,
    pictures: 1,
    exact: true,
  },
  {
    name: "slack bot",
    network: "slack",
    settings: ["token: ${T}", "channel: C1"],
    parts: 2,
    pictures: 0,
    exact: true,
  },
  {
    name: "slack bot, files",
    network: "slack",
    settings: ["token: ${T}", "channel: C1"],
    parts: 1,
    pictures: 2,
    uploads: true,
    // What is not in the channel yet may appear still: that it is not out cannot be proved.
    exact: false,
    later: 180_000,
  },
  {
    name: "slack webhook",
    network: "slack",
    settings: ["webhook: ${T}"],
    parts: 2,
    pictures: 0,
    exact: false,
  },
  {
    name: "telegram",
    network: "telegram",
    settings: ["token: ${T}", 'chat: "@a"'],
    parts: 2,
    pictures: 1,
    exact: false,
  },
  {
    name: "feed",
    network: "feed",
    settings: ["folder: out", "title: T", "url: https://a.example/"],
    parts: 1,
    pictures: 1,
    exact: true,
  },
  {
    name: "mastodon by run",
    network: "mastodon",
    settings: ["server: https://m.example", "token: ${T}"],
    parts: 1,
    pictures: 0,
    exact: true,
    by: "run",
  },
  {
    // The network has refused the second part.
    name: "mastodon by retry",
    network: "mastodon",
    settings: ["server: https://m.example", "token: ${T}"],
    parts: 2,
    pictures: 0,
    exact: true,
    by: "retry",
  },
  {
    // Nobody knows whether it went out; a person has looked, and it did not.
    name: "telegram by resolve",
    network: "telegram",
    settings: ["token: ${T}", 'chat: "@a"'],
    parts: 1,
    pictures: 0,
    exact: false,
    by: "resolve",
  },
];
