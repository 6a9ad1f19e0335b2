// What went wrong, in words for the person.

/** The words of anything that was thrown. */
export function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
