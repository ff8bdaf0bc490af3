/** What each kind of campaign is for, in the words of `init` and `new`, and what a first one may say. */
import type { Kind } from "../../config/kinds.ts";

export interface KindWords {
  /** As a choice. */
  name: string;
  title: string;
  summary: string;
  body: string;
  /** Whether a page to link to belongs to it. */
  link: boolean;
  /** Values that its text names: their names, with an example. */
  vars?: Readonly<Record<string, string>>;
  /** What its text says, as an instruction: what stands in a new campaign until the author has written it. */
  todo: string;
  /** Usually for one's own people: who is to read it is asked. */
  internal?: true;
}

export const KIND_WORDS: Readonly<Record<Kind, KindWords>> = {
  release: {
    name: "Release: a new version is out",
    title: "Version 1.0 is out",
    summary: "Our first release: the essentials, done well.",
    body: "**Version {{ version }}** brings:\n\n- the first thing\n- the second thing\n\nTry it, and tell us what you miss.\n",
    todo: "say what this version brings, and for whom",
    link: true,
    vars: { version: "1.0.0" },
  },
  update: {
    name: "Update: what is new, or what changes",
    title: "What is new this month",
    summary: "Two things are better, and one is new.",
    body: "Here is **what changed** and what it means for you:\n\n- the first thing\n- the second thing\n",
    todo: "say what changed, and what it means for the reader",
    link: true,
  },
  decision: {
    name: "Decision: what was decided, and why",
    title: "We support two versions at a time",
    summary: "From next year the current version and the one before it get fixes.",
    body: "**Why.** More versions than that we cannot test well.\n\n**What it means.** If you use an older one, update before the end of the year.\n",
    todo: "say what was decided, why, and what follows from it",
    internal: true,
    link: true,
  },
  vision: {
    name: "Vision: where we are going",
    title: "Where we are going",
    summary: "In three years this should need no manual.",
    body: "Today it takes an hour to begin. It should take a minute.\n\nHere is how we get there, and how you can help.\n",
    todo: "say where you are going, why, and how the reader can help",
    internal: true,
    link: true,
  },
  demo: {
    name: "Demo: show the product at work",
    title: "See it at work in two minutes",
    summary: "From an empty folder to the first post.",
    body: "Watch how an empty folder becomes a first post. No account is needed.\n",
    todo: "say what one sees, and how to try it",
    link: true,
  },
  commentary: {
    name: "Commentary: what we think of the news",
    title: "Our view of the new standard",
    summary: "The new standard is good news, with one exception.",
    body: "It makes two things simpler. One thing is missing, and we will say so to its authors.\n",
    todo: "say what happened, and what you think of it",
    link: true,
  },
  community: {
    name: "Community: thank, invite, introduce",
    title: "Hello, world",
    summary: "We are here now. Say hello!",
    body: "We are **here** now, and this is our first post. Tell us what you would like to read.\n",
    todo: "say whom you thank, invite or introduce",
    link: false,
  },
  question: {
    name: "Question: ask the readers",
    title: "What should we do next?",
    summary: "Tell us the one thing that would help you most.",
    body: "We have time for one thing before the year ends. Which one would help you most?\n",
    todo: "ask one question, and say why you ask",
    link: false,
  },
};
