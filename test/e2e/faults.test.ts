import { playFaults } from "./faults.ts";

playFaults(0, 3);
