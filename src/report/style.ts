/** Colour with a meaning: green is done, yellow wants a look, red is wrong, dim is beside the point. */
import { Chalk } from "chalk";

type Brush = (text: string) => string;

export interface Paint {
  bold: Brush;
  dim: Brush;
  red: Brush;
  green: Brush;
  yellow: Brush;
  cyan: Brush;
  italic: Brush;
  underline: Brush;
  struck: Brush;
}

export function createPaint(coloured: boolean): Paint {
  const chalk = new Chalk({ level: coloured ? 1 : 0 });
  return Object.assign(chalk, { struck: (text: string) => chalk.strikethrough(text) });
}

/** How a report is laid out. */
export interface Layout {
  paint: Paint;
  /** Columns of the terminal. */
  width: number;
  /** Whether long lines are wrapped at `width`; a file or a pipe gets them whole. */
  wraps: boolean;
}

/** Without colour, unwrapped: for files and tests. */
export const PLAIN: Layout = { paint: createPaint(false), width: 80, wraps: false };
