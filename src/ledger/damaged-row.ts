/** A row that this program cannot have written: somebody else has, or the disk. */
export class DamagedRow extends SyntaxError {
  override name = "DamagedRow";

  /** `id`: of the delivery. */
  constructor(id: string) {
    super(`the posts of \`${id}\` cannot be read`);
  }
}
