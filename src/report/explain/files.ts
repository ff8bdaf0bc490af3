/** Files that cannot be read, and YAML that cannot be understood. */
import type { ProblemCode } from "../../errors.ts";
import type { Cause } from "./explanation.ts";

export const FILES = {
  "binary-file": {
    why: "An image or a document was named where a YAML file belongs.",
    example: "broadcast plan campaigns/release.yml",
  },
  "empty-file": {
    why: "The file was created but not written yet, or an editor did not save it.",
    example: "broadcast new release",
  },
  "file-exists": {
    why: "An earlier backup has the same name. It is not overwritten.",
    example: "broadcast ledger backup ../ledger-friday.db",
  },
  "file-outside": {
    why: "The path, or a link in it, leads out of the project's folder, to `.env`, into `.git`, or to a file that git ignores. A campaign may read only files of its project that hold no secrets.",
    example: "broadcast send campaigns/release.yml --from changelog:CHANGELOG.md",
  },
  "file-too-large": {
    why: "A wrong file was named, or data was pasted into a campaign or a template. Images and videos belong under `media:`, as files.",
    example: "media:\n  - { file: images/panel.png, alt: The new sync panel }",
  },
  "missing-file": {
    why: "The path is misspelt, or counts from another folder. Paths count from the current folder.",
    example: "broadcast plan campaigns/release.yml",
  },
  "not-a-file": {
    why: "A folder or a device was named for a command that takes one campaign. `run` and `schedule` take folders.",
    example: "broadcast schedule campaigns/",
  },
  "unreadable-env": {
    why: "`.env` is a folder, is not UTF-8 text, or its permissions do not allow reading it.",
    example: "broadcast doctor",
  },
  "unreadable-file": {
    why: "The permissions do not allow reading the file, or the disk has a fault.",
    example: "broadcast doctor",
  },
  "unwritable-file": {
    why: "The file or folder belongs to another user, the disk is full or read-only, or something else has this name.",
    example: "broadcast plan campaigns/release.yml --out /tmp/plan.json",
  },
  "wrong-encoding": {
    why: "An editor or a spreadsheet saved the file as UTF-16, Latin-1 or Windows-1252 instead of UTF-8.",
    example: "broadcast plan campaigns/release.yml",
  },
  "alias-bomb": {
    why: "Aliases (`*name`) contain further aliases, so often that the file would fill the memory.",
    example: "tags: [release, opensource]",
  },
  "duplicate-key": {
    why: "A block was copied, or a key was added that was there already.",
    example: "title: Acme 2.4 is out",
  },
  "missing-key": {
    why: "A campaign needs `kind` and `channels`; a channel needs what its network asks for.",
    example: "kind: release",
  },
  "no-value": {
    why: "The value was left for later, is not indented below its key, or begins with `#`, which starts a comment.",
    example: "summary: Faster sync, offline mode and a new CLI.",
  },
  "too-deep": {
    why: "Brackets or dashes were repeated by mistake.",
    example: "tags: [release, opensource]",
  },
  "unknown-key": {
    why: "The key is misspelt, is indented wrongly, or belongs to another network.",
    example: "broadcast schema campaign",
  },
  "unknown-kind": {
    why: "The kind chooses the template, and must be one of a fixed list.",
    example: "kind: release",
  },
  "unknown-value": {
    why: "The value is misspelt, or belongs to another key.",
    example: "audience: internal",
  },
  "wrong-type": {
    why: "YAML guesses what a value is: 2.10 becomes a number, `yes` a truth value, and one word is not a list.",
    example: 'vars: { version: "2.10" }\nchannels: [mastodon]',
  },
  "wrong-value": {
    why: "The value is empty, too long, or does not have the required form.",
    example: "link: https://acme.example/blog/2-4",
  },
  yaml: {
    why: "Usually a colon, a quote or the indentation. A value that begins with `*` or `{{` needs quotes.",
    example: 'title: "Acme {{ version }}: twice as fast"',
  },
  "yaml-comment": {
    why: "In YAML a `#` after a space starts a comment, so the rest of the line is not part of the value.",
    example: 'title: "Fixes #12"',
  },
  "yaml-tab": {
    why: "The editor inserts tabs. YAML allows only spaces for indentation.",
    example: "vars:\n  version: 2.4.0",
  },
} satisfies Partial<Record<ProblemCode, Cause>>;
