import { playFaults } from "./faults.ts";

playFaults(2, 3);
