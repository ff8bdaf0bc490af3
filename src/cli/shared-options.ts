/** Options that several commands have, in the same words. */
export const SANDBOX = "--sandbox [url]";
export const FROM = "--from <source>";
export const FROM_WHERE =
  "facts of the release: changelog[:file], tag, github or package.json; may be given several times";
export const OCCURRENCE = "--occurrence <time>";
export const WHICH_TIME =
  "which time of a campaign that comes again: 2026-12-07T09:00; default: the next one";
export const IN_SANDBOX = "rehearse: the networks' stand-ins on this computer, no account needed";
