//! Empty files to start a compiled record from.

/// A commented empty file in the form `"toml"`, `"csv"` or `"jsonl"`; the TOML one for any other.
///
/// It imports as it stands: without entries, and without issues.
pub fn template(form: &str) -> String {
    match form.trim().to_lowercase().as_str() {
        "csv" => CSV,
        "jsonl" | "json" => JSONL,
        _ => TOML,
    }
    .to_owned()
}

const TOML: &str = r##"# A compiled record for cahoots: what you put together by hand from published material.
# Lines that start with # are remarks. Take the # away from an entry and fill it in; repeat it as
# often as you need. Leave out every key that you do not know. Ids are yours to choose.
# The whole vocabulary stands in docs/formats/compiled.md.

schema = "compiled/1"
title = ""
# The zone of times that state none. Without it they keep a doubt of 14 hours either way.
# zone = "America/New_York"

# Who is who. Accounts: "@handle" (X), "a@b.example", "x:123", "telegram:name", "+49301234567".
# [[party]]
# name = "Ann Example"
# accounts = ["@annexample", "ann@example.org"]
# role = "campaign manager"
# [[party]]
# name = "Bob Example"
# accounts = ["@bobexample"]

# What was published; the other entries cite it by its id.
# [[publication]]
# id = "S1"
# title = "Daily Example, 2016-10-14"
# kind = "press"
# url = "https://example.org/story"

# A private message. Give its words (text), or say in your own what it says (summary).
# Give the time as `at`, or as `earliest` and `latest`, with an offset or a zone.
# [[message]]
# id = "M1"
# medium = "direct message"    # or email, chat, other
# from = "Ann Example"
# to = ["Bob Example"]
# at = 2016-10-12T09:31:00-04:00
# printed = "9:31 a.m."        # the time as the publication prints it
# zone = "America/New_York"
# basis = "screenshot in S1"   # what the time rests on
# summary = "Asks Bob to share a link."
# links = ["https://example.org/page"]
# asked = { kind = "share", what = "share the link", object = "example.org/page", of = "Bob Example" }
# answers = []                 # ids of messages that it answers; also forward_of, tells_of, about
# published = ["S1"]
# certainty = "date: primary; time: press"
# [[message.conflict]]         # another publication says otherwise
# field = "date"
# value = "2016-10-13"
# publication = "S1"

# A public post.
# [[post]]
# id = "P1"
# native_id = ""               # the platform's id; ids of X are checked against the time
# from = "@bobexample"
# at = 2016-10-12T13:46:43Z
# summary = "Shares the link."
# links = ["https://example.org/page"]
# published = ["S1"]

# What somebody said on record, and what it claims. Templates: no_contact, first_contact,
# last_contact, contact_count, did_not_know, never_discussed, told, did_not_act_on,
# was_only_recipient, not_forwarded.
# [[statement]]
# id = "D1"
# speaker = "Bob Example"
# where = "Example Radio"
# at = 2016-10-14
# zone = "America/New_York"
# question = "Were you in touch?"
# quoted = "We never spoke."
# published = ["S1"]
# [[statement.claim]]
# reading = "no contact of any kind by that day"
# template = "no_contact"
# actors = ["Bob Example"]
# counterparts = ["Ann Example"]
# until = "2016-10-14"

# Something that happened.
# [[event]]
# id = "V1"
# at = 2016-10-07
# summary = "The documents were released."
# published = ["S1"]

# An article, as an item of the record.
# [[article]]
# id = "A1"
# author = "Cy Example"
# at = 2016-10-15
# subject = "The headline"
# links = ["https://example.org/story"]

# Publications that contradict each other.
# [[conflict]]
# id = "C1"
# on = "date of M1"
# about = ["M1"]
# a = "12 October (S1)"
# b = "13 October (S2)"
# resolution = "open"

# What is known to be complete: only there does silence say anything.
# [[coverage]]
# custodian = "Ann Example"
# channel = "email"               # email, direct message, chat, post, publication, or *
# since = 2016-09-01
# until = 2016-11-08
# completeness = "full"           # full, partial or unknown
# how_known = "certified production"
"##;

const CSV: &str = "\
# A compiled record for cahoots. One row an entry; remarks may stand here, above the column names.
# type: message, post, statement, event, article, publication, party, conflict
# or coverage.
# Several names, links or ids in one cell are parted by semicolons. Leave cells empty that you do
# not know; leave out columns that you do not need.
# Times: 2016-10-12T09:31:00-04:00, or 2016-10-12T09:31 with a zone such as America/New_York.
# The whole vocabulary stands in docs/formats/compiled.md.
type,id,medium,from,to,cc,at,earliest,latest,printed,zone,basis,subject,text,summary,links,\
asked.kind,asked.act,asked.what,asked.object,asked.of,answers,forward_of,tells_of,native_id,published,\
certainty,speaker,where,quoted,question,claim.reading,claim.template,claim.actors,\
claim.counterparts,claim.about,claim.from,claim.until,name,accounts,role,title,kind,url,on,about,\
a,b,resolution,custodian,covers,channel,since,until,completeness,how_known,note
";

const JSONL: &str = r##"# A compiled record for cahoots. One JSON object a line; lines that start with # are remarks.
# Take the # away from a line and fill it in. Keys as in docs/formats/compiled.md, and "type".
# {"type": "party", "name": "Ann Example", "accounts": ["@annexample", "ann@example.org"]}
# {"type": "party", "name": "Bob Example", "accounts": ["@bobexample"]}
# {"type": "publication", "id": "S1", "title": "Daily Example", "url": "https://example.org/story"}
# {"type": "message", "id": "M1", "medium": "direct message", "from": "Ann Example", "to": ["Bob Example"], "earliest": "2016-10-12T13:30:00Z", "latest": "2016-10-12T13:32:00Z", "basis": "press", "summary": "Asks Bob to share a link.", "links": ["https://example.org/page"], "published": ["S1"]}
# {"type": "post", "id": "P1", "native_id": "", "from": "@bobexample", "at": "2016-10-12T13:46:43Z", "summary": "Shares the link."}
# {"type": "statement", "id": "D1", "speaker": "Bob Example", "at": "2016-10-14", "quoted": "We never spoke.", "claim": [{"reading": "no contact by that day", "template": "no_contact", "actors": ["Bob Example"], "counterparts": ["Ann Example"], "until": "2016-10-14"}]}
# {"type": "event", "id": "V1", "at": "2016-10-07", "summary": "The documents were released."}
# {"type": "conflict", "id": "C1", "on": "date of M1", "about": ["M1"], "a": "12 October (S1)", "b": "13 October (S2)", "resolution": "open"}
"##;
