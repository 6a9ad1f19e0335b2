// Words of the query language, put into a query and taken out of it again.

/** A value as it is written after a field: with quotes where it needs them. */
export function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, " ").trim()}"`;
}

/** The query cut at spaces that stand outside quotes and brackets. */
function terms(query: string): string[] {
  const found: string[] = [];
  let term = "";
  let inside = false;
  let deep = 0;
  for (const c of query) {
    if (c === '"') inside = !inside;
    if (!inside && c === "(") deep += 1;
    if (!inside && c === ")") deep -= 1;
    if (c === " " && !inside && deep <= 0) {
      if (term) found.push(term);
      term = "";
    } else term += c;
  }
  if (term) found.push(term);
  return found;
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Whether a term stands in the query as a condition of its own. */
export function hasTerm(query: string, term: string): boolean {
  return terms(query).some((one) => same(one, term));
}

/** The query with a term; without it, if it was there. */
export function withTerm(query: string, term: string): string {
  const all = terms(query);
  const without = all.filter((one) => !same(one, term));
  if (without.length < all.length) return without.join(" ");
  // `a OR b` would otherwise mean `a OR (b term)`.
  const whole = all.includes("OR") ? `(${query.trim()})` : query.trim();
  return whole ? `${whole} ${term}` : term;
}

const MONTH = /^(since|until):"?(\d{4}-\d{2})"?$/i;

/** The months between which the query looks, if it says so with `since:` and `until:`. */
export function period(query: string): { from: string; until: string } {
  let [from, until] = ["", ""];
  for (const term of terms(query)) {
    const found = MONTH.exec(term);
    if (found?.[1]?.toLowerCase() === "since") from = found[2] ?? "";
    if (found?.[1]?.toLowerCase() === "until") until = found[2] ?? "";
  }
  return { from, until };
}

/** The query between other months; empty for all. */
export function withPeriod(query: string, from: string, until: string): string {
  const others = terms(query).filter((term) => !MONTH.test(term));
  const whole = others.includes("OR") && (from || until) ? `(${others.join(" ")})` : others.join(" ");
  return [whole, from && `since:${from}`, until && `until:${until}`].filter(Boolean).join(" ");
}
