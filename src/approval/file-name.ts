/** Where the approvals of a campaign are kept when they are kept in a file: `release.approval.yml` beside `release.yml`. */

const ENDING = ".approval.yml";

/** The file for a campaign's, or a kept plan's, approvals. */
export function approvalFile(campaign: string): string {
  return `${campaign.replace(/\.(?:ya?ml|json)$/i, "")}${ENDING}`;
}

/** Whether a file is one of these, and so no campaign. */
export function isApprovalFile(file: string): boolean {
  return file.endsWith(ENDING);
}
