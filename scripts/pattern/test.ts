/** The test of a new network: the contract suite against its half; what is peculiar to the network follows it. */
import type { Names } from "./names.ts";

export const test = ({ id }: Names) => `import { ${id} } from "../../src/adapters/${id}.ts";
import { ${id} as half } from "../../src/sandbox/networks/${id}.ts";
import { describeAdapter } from "./contract.ts";

describeAdapter(${id}, half);
`;
