/** Discussions: https://docs.github.com/en/graphql/guides/using-the-graphql-api-for-discussions. As much of GraphQL as they need. */
import { text } from "../../body.ts";
import { codePoints } from "../../count.ts";
import type { SandboxReply } from "../../network.ts";
import { type Call, type Entry, ID, idOf, MAX, notFound, OWNER, ok, pageOf, shown } from "./state.ts";

const CATEGORIES = [
  { id: "DIC_announcements", name: "Announcements", slug: "announcements" },
  { id: "DIC_general", name: "General", slug: "general" },
];

export function isMutation(body: Buffer): boolean {
  return /"query"\s*:\s*"\s*mutation\b[^"]*createDiscussion\(/.test(body.toString("utf8"));
}

const failed = (type: string, message: string, field: string): SandboxReply =>
  ok({ data: { [field]: null }, errors: [{ type, path: [field], message }] });

export function graphql(call: Call): SandboxReply {
  call.who();
  const { query: asked, variables } = call.fields();
  const query = text(asked) ?? "";
  const given = (variables ?? {}) as Record<string, unknown>;
  if (!/^\s*(query|mutation)\b/.test(query))
    return ok({ errors: [{ message: "A query attribute must be specified and must be a string." }] });
  const input = (given.input ?? {}) as Record<string, unknown>;
  if (/\bcreateDiscussion\(/.test(query)) return create(call, input);
  if (/\bupdateDiscussion\(/.test(query)) return update(call, input);
  if (/\bdeleteDiscussion\(/.test(query)) return remove(call, input);
  if (/\bnode\(/.test(query)) return show(call, text(given.id));
  if (given.owner !== OWNER || given.name !== call.who().repo)
    return failed(
      "NOT_FOUND",
      `Could not resolve to a Repository with the name '${OWNER}/${given.name}'.`,
      "repository",
    );
  if (/\bdiscussionCategories\(/.test(query))
    return ok({
      data: { repository: { id: `R_${call.who().repo}`, discussionCategories: { nodes: CATEGORIES } } },
    });
  if (/\bdiscussions\(/.test(query)) return list(call, given);
  throw notFound();
}

function create(call: Call, input: Record<string, unknown>): SandboxReply {
  const { state, world } = call;
  const { repo, name: user } = call.who();
  if (input.repositoryId !== `R_${repo}`)
    return failed(
      "NOT_FOUND",
      `Could not resolve to a node with the global id of '${input.repositoryId}'.`,
      "createDiscussion",
    );
  const category = CATEGORIES.find(({ id }) => id === input.categoryId);
  if (!category)
    return failed(
      "NOT_FOUND",
      `Could not resolve to a node with the global id of '${input.categoryId}'.`,
      "createDiscussion",
    );
  const words = wordsIn(input);
  if (typeof words === "string") return failed("UNPROCESSABLE", words, "createDiscussion");
  call.take("content", user);
  state.last++;
  const entry: Entry = {
    ...{ kind: "discussion", id: state.last, number: state.last, repo, user, at: world.now() },
    ...{ category: category.name, comments: [] },
    ...words,
  };
  state.entries.push(entry);
  world.accept(shown(entry, world));
  return ok({ data: { createDiscussion: { discussion: { id: idOf(entry), url: pageOf(entry, world) } } } });
}

function wordsIn({ title, body }: Record<string, unknown>) {
  const words = { title: text(title)?.trim() ?? "", body: text(body) ?? "" };
  if (words.title === "") return "Title can't be blank";
  if (words.body.trim() === "") return "Body can't be blank";
  if (codePoints(words.title) > 256) return "Title is too long (maximum is 256 characters)";
  if (codePoints(words.body) > MAX.discussion)
    return `Body is too long (maximum is ${MAX.discussion} characters)`;
  return words;
}

function found(call: Call, id: unknown): Entry | undefined {
  const { repo } = call.who();
  return call.state.entries.find((one) => one.kind === "discussion" && one.repo === repo && idOf(one) === id);
}

const unresolved = (id: unknown, field: string) =>
  failed("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'.`, field);

function update(call: Call, input: Record<string, unknown>): SandboxReply {
  const entry = found(call, input.discussionId);
  if (!entry) return unresolved(input.discussionId, "updateDiscussion");
  const words = wordsIn({ title: entry.title, body: entry.body, ...input });
  if (typeof words === "string") return failed("UNPROCESSABLE", words, "updateDiscussion");
  Object.assign(entry, words, { editedAt: call.world.now() });
  call.world.update(shown(entry, call.world));
  return ok({
    data: { updateDiscussion: { discussion: { id: idOf(entry), url: pageOf(entry, call.world) } } },
  });
}

function remove(call: Call, { id }: Record<string, unknown>): SandboxReply {
  const entry = found(call, id);
  if (!entry) return unresolved(id, "deleteDiscussion");
  call.state.entries.splice(call.state.entries.indexOf(entry), 1);
  call.world.remove(ID, idOf(entry));
  return ok({ data: { deleteDiscussion: { clientMutationId: null } } });
}

function list(call: Call, given: Record<string, unknown>): SandboxReply {
  const { repo, name } = call.who();
  const category = CATEGORIES.find(({ id }) => id === given.category)?.name;
  const nodes = call.state.entries
    .filter((one) => one.kind === "discussion" && one.repo === repo && one.category === category)
    .sort((a, b) => b.at - a.at)
    .slice(0, 50)
    .map((one) => ({
      ...{ id: idOf(one), url: pageOf(one, call.world), title: one.title, body: one.body },
      ...{ createdAt: new Date(one.at).toISOString(), viewerDidAuthor: one.user === name },
    }));
  return ok({ data: { repository: { discussions: { nodes } } } });
}

function show(call: Call, id: string | undefined): SandboxReply {
  const entry = found(call, id);
  if (!entry) return unresolved(id, "node");
  const { editedAt, title, body } = entry;
  return ok({
    data: {
      node: {
        ...{
          id: idOf(entry),
          url: pageOf(entry, call.world),
          title,
          body,
          upvoteCount: 1,
          reactionGroups: [],
        },
        lastEditedAt: editedAt === undefined ? null : new Date(editedAt).toISOString(),
        comments: { totalCount: 0, nodes: [] },
      },
    },
  });
}
