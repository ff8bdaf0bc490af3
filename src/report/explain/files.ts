/** Files that cannot be read, and YAML that cannot be understood. */
import type { ProblemCode } from "../../errors.ts";
import type { Explanation } from "./explanation.ts";

export const FILES = {
  "binary-file": {
    means: "The file is not text.",
    why: "An image or a document was named where a YAML file belongs.",
    remedy: "Name the campaign's file.",
    example: "broadcast plan campaigns/release.yml",
  },
  "empty-file": {
    means: "There is nothing in the file.",
    why: "It was made and not written yet, or an editor did not save.",
    remedy: "Write it, or begin a campaign with `new`.",
    example: "broadcast new release",
  },
  "file-exists": {
    means: "There is a file of this name already, and it is not overwritten.",
    why: "An earlier backup has the same name.",
    remedy: "Choose another name, or move the old file away.",
    example: "broadcast ledger backup ../ledger-friday.db",
  },
  "file-outside": {
    means:
      "A campaign may only read files of its project, and none that hold secrets or that git leaves out.",
    why: "The path, or a link on it, leads out of the project's folder, to `.env`, into `.git`, or to an ignored file.",
    remedy: "Copy the file into the project, and name it there.",
    example: "broadcast send campaigns/release.yml --from changelog:CHANGELOG.md",
  },
  "file-too-large": {
    means: "The file is larger than anything that a person writes by hand.",
    why: "A wrong file was named, or data was pasted into a campaign or a template.",
    remedy: "Name the right file; images and videos belong under `media:`, as files.",
    example: "media:\n  - { file: images/panel.png, alt: The new sync panel }",
  },
  "missing-file": {
    means: "There is no file at this path.",
    why: "The path is misspelt, or is meant from another folder. Paths count from where you stand.",
    remedy: "Check the path.",
    example: "broadcast plan campaigns/release.yml",
  },
  "not-a-file": {
    means: "This is a folder, or a device, where a file is needed.",
    why: "A folder of campaigns was named for a command that takes one campaign.",
    remedy: "Name one campaign; `run` and `schedule` take folders.",
    example: "broadcast schedule campaigns/",
  },
  "unreadable-env": {
    means: "`.env` beside broadcast.yml is there and cannot be read, so no credential in it is known.",
    why: "It is a folder, is not UTF-8 text, or its permissions do not let you.",
    remedy: "Look at its permissions and its encoding.",
    example: "broadcast doctor",
  },
  "unreadable-file": {
    means: "The file is there and cannot be read.",
    why: "Its permissions do not let you, or the disk has a fault.",
    remedy: "Check the permissions of the file and of its folder.",
    example: "broadcast doctor",
  },
  "unwritable-file": {
    means: "A file or a folder cannot be written.",
    why: "It belongs to somebody else, the disk is full or read-only, or something else is in its place.",
    remedy: "Give yourself the right to write there, make room, or choose another place.",
    example: "broadcast plan campaigns/release.yml --out /tmp/plan.json",
  },
  "wrong-encoding": {
    means: "The file is not UTF-8, so its letters would come out wrong.",
    why: "An editor or a spreadsheet saved it as UTF-16, Latin-1 or Windows-1252.",
    remedy: "Save it as UTF-8: in most editors “Save with encoding” does it. Then plan again.",
    example: "broadcast plan campaigns/release.yml",
  },
  "alias-bomb": {
    means: "The YAML refers to itself so often that it would fill the memory.",
    why: "Aliases (`*name`) stand for things that hold further aliases, many times over.",
    remedy: "Write the values out instead of naming them.",
    example: "tags: [release, opensource]",
  },
  "duplicate-key": {
    means: "The same key is written twice, and only one of them could count.",
    why: "A block was copied, or a key was added that was there already.",
    remedy: "Keep one of the two.",
    example: "title: Acme 2.4 is out",
  },
  "missing-key": {
    means: "Something is not said that has to be.",
    why: "A campaign needs its `kind` and `channels`; a channel needs what its network asks for.",
    remedy: "Add the key. Editors complete it, with the schema in the first line of the file.",
    example: "kind: release",
  },
  "no-value": {
    means: "A key is there, and nothing behind it.",
    why: "The value was left for later, or is not indented below its key.",
    remedy: "Write the value, or remove the line.",
    example: "summary: Faster sync, offline mode and a new CLI.",
  },
  "too-deep": {
    means: "Lists and maps stand inside each other deeper than any campaign needs.",
    why: "A row of brackets or dashes was repeated by mistake.",
    remedy: "Check the brackets and dashes of the line.",
    example: "tags: [release, opensource]",
  },
  "unknown-key": {
    means: "The key has no meaning here.",
    why: "It is misspelt, stands at the wrong indentation, or belongs to another network.",
    remedy: "Take the key that is suggested, or remove it. The schema lists what there is.",
    example: "broadcast schema campaign",
  },
  "unknown-kind": {
    means: "There is no kind of campaign of this name.",
    why: "The kind chooses the template, and is one of a fixed list.",
    remedy: "Take one of those that the message lists.",
    example: "kind: release",
  },
  "unknown-value": {
    means: "The value is none of those that this key takes.",
    why: "It is misspelt, or belongs to another key.",
    remedy: "Take one of those that the message lists.",
    example: "audience: internal",
  },
  "wrong-type": {
    means: "The value is of another sort than the key takes: a list where a text belongs, a number, a date.",
    why: "YAML guesses what a value is: 2.10 becomes a number, yes a truth value, one word is no list.",
    remedy: "Put a text in quotes, and a list in brackets.",
    example: 'vars: { version: "2.10" }\nchannels: [mastodon]',
  },
  "wrong-value": {
    means: "The value is of the right sort and still cannot be used.",
    why: "It is empty, too long, or not written in the form that is asked for.",
    remedy: "Write it as the message says.",
    example: "link: https://acme.example/blog/2-4",
  },
  yaml: {
    means: "The file is not valid YAML, so nothing of it can be read.",
    why: "Mostly a colon, a quote or an indentation. A value that begins with `*` or `{{` needs quotes.",
    remedy: "Look at the line that is shown, and at the one above it.",
    example: 'title: "Acme {{ version }}: twice as fast"',
  },
  "yaml-tab": {
    means: "A tab indents a line, which YAML does not allow.",
    why: "The editor puts tabs where it should put spaces.",
    remedy: "Use two spaces for each level.",
    example: "vars:\n  version: 2.4.0",
  },
} satisfies Partial<Record<ProblemCode, Explanation>>;
