// The names of verdicts and of what can be tested, in words.

export const VERDICTS: Readonly<Record<string, { words: string; tone: "bad" | "warn" | "good" | "" }>> = {
  contradicted: { words: "contradicted", tone: "bad" },
  in_tension: { words: "in tension", tone: "warn" },
  supported: { words: "supported", tone: "good" },
  consistent_with_complete_record: { words: "consistent with a complete record", tone: "good" },
  not_contradicted: { words: "not contradicted", tone: "" },
  not_testable: { words: "not testable", tone: "" },
  opinion: { words: "opinion", tone: "" },
};

export const TEMPLATES: Readonly<Record<string, string>> = {
  no_contact: "there was no contact",
  first_contact: "the first contact was then",
  last_contact: "the last contact was then",
  contact_count: "so many contacts",
  did_not_know: "did not know of it",
  never_discussed: "never discussed it",
  told: "told somebody of it",
  did_not_act_on: "did not act on it",
  was_only_recipient: "was the only recipient",
  not_forwarded: "did not pass it on",
  quoted: "quoted these words",
};
