/** How a new network is called in its files. */
export interface Names {
  /** In code, in YAML and in the ledger: `acmechat`. */
  id: string;
  /** For people: `Acmechat`. */
  name: string;
  /** ISO date on which its documents were read. */
  today: string;
}
