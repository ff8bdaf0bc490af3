/** What an adapter says that the network calls the post, before it is written down: plug-ins and servers say all kinds of things. */
import type { Receipt } from "../adapter.ts";
import { isAddress, isName, timeOfDate } from "../bounds.ts";
import { NetworkError } from "../errors.ts";
import type { Delivery } from "../ledger/types.ts";

const MOST_REFS = 20;
// A network publishes at the time that it was given, or not much later.
const NEAR = 86_400_000;

/**
 * The receipt as it can be kept. An invalid address is left out; another time than the one that was asked for is replaced by it. Throws
 * `uncertain` when the id cannot be kept: the post may be out.
 */
export function kept(receipt: Receipt, { dueAt }: Pick<Delivery, "dueAt">): Receipt {
  const { id, url, ref, due, hidden } = receipt;
  const names = Object.entries(ref ?? {});
  const isKept =
    isName(id) &&
    names.length <= MOST_REFS &&
    names.every(([key, value]) => isName(key) && (isName(value) || isAddress(value)));
  if (!isKept)
    throw new NetworkError(
      "uncertain",
      "the post was given an id that cannot be one, or that cannot be stored",
    );
  const at = timeOfDate(due);
  const asked = at !== undefined && Math.abs(at - dueAt) <= NEAR ? due : new Date(dueAt).toISOString();
  return {
    id,
    ...(isAddress(url) && { url }),
    ...(ref && { ref }),
    ...(due !== undefined && { due: asked }),
    ...(hidden && { hidden }),
  };
}
