import { playFaults } from "./faults.ts";

playFaults(1, 3);
