/** The end of an address: readable, and another one for each key, so that what is behind it is known again. */
export function slugOf(title: string, key: string): string {
  const words = title
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 60)
    .replace(/^-+|-+$/g, "");
  return `${words || "post"}-${key.slice(0, 6)}`;
}
