/** Secrets stay out of everything that people read. */
export { redactor } from "../secrets.ts";
