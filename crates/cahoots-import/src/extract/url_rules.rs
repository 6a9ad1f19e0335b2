//! What is known of particular sites: mobile and AMP hosts, redirectors, tracking parameters.
//!
//! Tables first, so that a rule can be read, added and shown in the documentation.

use super::url::{decode, registrable};

/// First labels that name a form of a site, not another site.
const FORMS: &[&str] = &["www.", "m.", "mobile.", "amp."];

/// Hosts whose first label is a site of its own in spite of its name.
const NOT_FORMS: &[&str] = &["amp.twimg.com", "m.stripe.network", "m.media-amazon.com"];

/// Hosts and the host they are a form of.
const SAME_HOST: &[(&str, &str)] = &[
    ("twitter.com", "x.com"),
    ("mbasic.facebook.com", "facebook.com"),
    ("touch.facebook.com", "facebook.com"),
    ("web.facebook.com", "facebook.com"),
    ("youtube-nocookie.com", "youtube.com"),
    ("music.youtube.com", "youtube.com"),
];

/// Sites with a mobile form in the middle of the host (`en.m.wikipedia.org`).
const MOBILE_INSIDE: &[&str] = &[
    ".m.wikipedia.org",
    ".m.wiktionary.org",
    ".m.wikinews.org",
    ".m.wikiquote.org",
    ".m.wikisource.org",
    ".m.wikimedia.org",
    ".m.wikivoyage.org",
];

/// Pages that only lead on: host, start of the path, parameters that may carry the address. A
/// host that starts with `.` stands for everything below it.
const REDIRECTORS: &[(&str, &str, &[&str])] = &[
    ("google.", "/url", &["url", "q"]),
    ("translate.google.com", "/translate", &["u"]),
    ("l.facebook.com", "/l.php", &["u"]),
    ("lm.facebook.com", "/l.php", &["u"]),
    ("facebook.com", "/l.php", &["u"]),
    ("facebook.com", "/flx/warn", &["u"]),
    ("l.instagram.com", "/", &["u"]),
    ("l.messenger.com", "/l.php", &["u"]),
    ("l.threads.net", "/", &["u"]),
    ("t.umblr.com", "/redirect", &["z"]),
    ("out.reddit.com", "/", &["url"]),
    ("youtube.com", "/redirect", &["q"]),
    ("vk.com", "/away.php", &["to"]),
    ("away.vk.com", "/away.php", &["to"]),
    ("steamcommunity.com", "/linkfilter", &["url", "u"]),
    ("slack-redir.net", "/link", &["url"]),
    ("linkedin.com", "/redir/redirect", &["url"]),
    ("linkedin.com", "/safety/go", &["url"]),
    ("duckduckgo.com", "/l", &["uddg"]),
    ("medium.com", "/r", &["url"]),
    ("getpocket.com", "/redirect", &["url"]),
    ("exit.sc", "/", &["url"]),
    ("deviantart.com", "/users/outgoing", &[""]),
    ("href.li", "/", &[""]),
    ("anonym.to", "/", &[""]),
    (".safelinks.protection.outlook.com", "/", &["url"]),
    ("urldefense.proofpoint.com", "/v1/url", &["u"]),
];

/// Parameters that say how a reader came, on any site.
const TRACKING: &[&str] = &[
    "fbclid",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "yclid",
    "ysclid",
    "twclid",
    "ttclid",
    "li_fat_id",
    "mc_cid",
    "mc_eid",
    "igshid",
    "igsh",
    "_hsenc",
    "_hsmi",
    "__hssc",
    "__hstc",
    "__hsfp",
    "hsctatracking",
    "mkt_tok",
    "vero_id",
    "vero_conv",
    "oly_enc_id",
    "oly_anon_id",
    "wickedid",
    "rb_clickid",
    "s_cid",
    "ml_subscriber",
    "ml_subscriber_hash",
    "ncid",
    "cmpid",
    "smid",
    "smtyp",
    "ref_src",
    "ref_url",
    "_ga",
    "_gl",
    "mibextid",
    "__twitter_impression",
    "__tn__",
    "fb_action_ids",
    "fb_action_types",
    "fb_source",
    "fb_ref",
    "action_object_map",
    "action_type_map",
    "action_ref_map",
    "wt.mc_id",
    "wt_mc",
    "guccounter",
    "guce_referrer",
    "guce_referrer_sig",
    "sr_share",
    "sfns",
    "ocid",
    "soc_src",
    "soc_trk",
    "xtor",
    "at_medium",
    "at_campaign",
    "amp",
    "amp_js_v",
    "amp_gsa",
    "usqp",
    "spref",
    "sharetype",
];

/// Beginnings of such parameters.
const TRACKING_STARTS: &[&str] = &["utm_", "itm_", "pk_", "mtm_", "piwik_", "matomo_", "at_custom"];

/// Such parameters on one site.
const TRACKING_AT: &[(&str, &[&str])] = &[
    ("x.com", &["s", "t", "cxt", "cn", "refsrc", "lang", "ref"]),
    ("youtube.com", &["si", "feature", "ab_channel", "pp", "t", "start", "app"]),
    ("instagram.com", &["hl", "img_index"]),
    ("facebook.com", &["refid", "ref", "_rdr", "__cft__[0]", "__xts__[0]", "paipv", "eav", "rdid"]),
    ("tiktok.com", &["_r", "_t", "is_from_webapp", "sender_device", "is_copy_url"]),
    ("reddit.com", &["share_id", "ref", "rdt"]),
    ("open.spotify.com", &["si", "context"]),
    ("nytimes.com", &["_r", "partner", "emc", "referringsource"]),
];

/// A host without the labels that name a form of the site.
pub(super) fn bare_host(mut host: String) -> String {
    loop {
        if NOT_FORMS.contains(&host.as_str()) {
            return host;
        }
        if let Some((_, same)) = SAME_HOST.iter().find(|(one, _)| *one == host) {
            host = (*same).to_owned();
            continue;
        }
        if let Some(tail) = MOBILE_INSIDE.iter().find(|tail| host.ends_with(**tail)) {
            host = format!("{}{}", &host[..host.len() - tail.len()], &tail[2..]);
            continue;
        }
        // Only above a registrable domain: `m.me` and `www.com` are sites.
        let rest = FORMS.iter().find_map(|form| host.strip_prefix(form));
        match rest.filter(|rest| registrable(rest).is_some()) {
            Some(rest) => host = rest.to_owned(),
            None => return host,
        }
    }
}

/// The address that a known redirector or AMP cache carries.
pub(super) fn unwrap(host: &str, path: &str, query: &str) -> Option<String> {
    let address = amp_cache(host, path, query)
        .or_else(|| proofpoint(host, path, query))
        .or_else(|| redirector(host, path, query))?;
    let address = address.trim();
    let scheme = address.find("://").map_or("", |at| &address[..at]).to_ascii_lowercase();
    matches!(scheme.as_str(), "http" | "https").then(|| address.to_owned())
}

fn redirector(host: &str, path: &str, query: &str) -> Option<String> {
    let of_host = |pattern: &str| match pattern {
        "google." => google(host),
        _ if pattern.starts_with('.') => host.ends_with(pattern),
        _ => host == pattern,
    };
    let of_path = |start: &str| {
        start == "/"
            || path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let (_, _, names) =
        REDIRECTORS.iter().find(|(pattern, start, _)| of_host(pattern) && of_path(start))?;
    for name in *names {
        if name.is_empty() {
            return Some(decode(query));
        }
        for pair in query.split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            if key == *name && !value.is_empty() {
                return Some(decode(value));
            }
        }
    }
    None
}

fn google(host: &str) -> bool {
    host.strip_prefix("google.").is_some_and(|rest| {
        rest == "com" || rest.len() <= 6 && registrable(host).is_some_and(|domain| domain == host)
    })
}

/// `google.com/amp/s/HOST/PATH` and `HOST.cdn.ampproject.org/c/s/HOST/PATH`; `s` stands for
/// `https`.
fn amp_cache(host: &str, path: &str, query: &str) -> Option<String> {
    let rest = if google(host) {
        path.strip_prefix("/amp/")?
    } else if host == "cdn.ampproject.org" || host.ends_with(".cdn.ampproject.org") {
        ["/c/", "/v/", "/i/"].iter().find_map(|kind| path.strip_prefix(kind))?
    } else {
        return None;
    };
    let rest = rest.strip_prefix("s/").unwrap_or(rest);
    let rest =
        if rest.contains('%') && !rest.contains('/') { decode(rest) } else { rest.to_owned() };
    let mark = if query.is_empty() { "" } else { "?" };
    Some(format!("https://{rest}{mark}{query}"))
}

/// The two newer forms of a mail filter: `-3A_` for `:/` in version 2, `__…__;` in version 3.
fn proofpoint(host: &str, path: &str, query: &str) -> Option<String> {
    if host == "urldefense.proofpoint.com" && path.starts_with("/v2/url") {
        let value = query.split('&').find_map(|pair| pair.strip_prefix("u="))?;
        return Some(decode(&value.replace('-', "%").replace('_', "/")));
    }
    if matches!(host, "urldefense.com" | "urldefense.us")
        && let Some(rest) = path.strip_prefix("/v3/__")
    {
        // `*` hides characters that are stored behind the address; such a form stays as it is.
        let address = rest.split_once("__;")?.0;
        if address.contains('*') {
            return None;
        }
        let mark = if address.contains("://") { "" } else { "/" };
        return Some(address.replacen(":/", &format!(":{mark}/"), 1));
    }
    None
}

/// Rules of single sites: one address for one post or video.
pub(super) fn site(host: &mut String, path: &mut String, query: &mut String, fragment: &mut &str) {
    match host.as_str() {
        "x.com" => {
            if let Some(rest) = fragment.strip_prefix('!') {
                // The form of 2010: `twitter.com/#!/name/status/1`.
                *path = format!("/{}", rest.trim_start_matches('/'));
                *fragment = "";
                if let Some((before, _)) = path.clone().split_once('?') {
                    *path = before.to_owned();
                }
            }
            x_path(path, query);
        }
        "youtu.be" => {
            let id = path.trim_matches('/').to_owned();
            if is_video(&id) {
                "youtube.com".clone_into(host);
                video(path, query, &id);
            }
        }
        "youtube.com" => {
            let found = ["/embed/", "/shorts/", "/v/", "/live/"]
                .iter()
                .find_map(|start| path.strip_prefix(start))
                .map(|id| id.trim_end_matches('/').to_owned());
            if let Some(id) = found.filter(|id| is_video(id)) {
                video(path, query, &id);
            }
        }
        _ => {}
    }
}

fn is_video(id: &str) -> bool {
    id.len() == 11 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn video(path: &mut String, query: &mut String, id: &str) {
    let others: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("v=")).collect();
    let others = others.join("&");
    let mark = if others.is_empty() { "" } else { "&" };
    *query = format!("v={id}{mark}{others}");
    "/watch".clone_into(path);
}

/// A post is named by its id alone: handles change, and any handle in the address leads to it.
fn x_path(path: &mut String, query: &mut String) {
    let lower = path.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split('/').filter(|part| !part.is_empty()).collect();
    let id = match parts.as_slice() {
        ["i", "web", "status", id, ..] => Some(*id),
        [_, "status" | "statuses", id, ..] => Some(*id),
        ["statuses", id] => Some(*id),
        _ => None,
    };
    let digits = id.map(|id| &id[..id.bytes().take_while(u8::is_ascii_digit).count()]);
    if let Some(id) = digits.filter(|id| !id.is_empty()) {
        *path = format!("/i/status/{id}");
        query.clear();
    } else if parts.len() == 1 {
        // Handles and hashtags do not tell cases apart.
        *path = format!("/{}", parts[0]);
    }
}

/// The query without parameters that say how a reader came.
pub(super) fn without_tracking(host: &str, query: &str) -> String {
    let here =
        TRACKING_AT.iter().find(|(site, _)| *site == host).map_or(&[][..], |(_, names)| names);
    let kept = query.split('&').filter(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = name.to_ascii_lowercase();
        let tracking = TRACKING.contains(&name.as_str())
            || here.contains(&name.as_str())
            || TRACKING_STARTS.iter().any(|start| name.starts_with(start))
            || name == "outputtype" && value.eq_ignore_ascii_case("amp");
        !tracking && !pair.is_empty()
    });
    kept.collect::<Vec<_>>().join("&")
}

/// `/article-with-a-name/amp`, `….amp.html` and `….amp` are the AMP forms of an article.
pub(super) fn without_amp(path: &mut String) {
    let trimmed = path.trim_end_matches('/');
    if let Some(rest) = trimmed.strip_suffix(".amp.html") {
        *path = format!("{rest}.html");
    } else if let Some(rest) = trimmed.strip_suffix(".amp").filter(|rest| !rest.ends_with('/')) {
        *path = rest.to_owned();
    } else if let Some(rest) = trimmed.strip_suffix("/amp") {
        // Elsewhere `amp` is a word: a folder of a repository, an amplifier.
        let name = rest.rsplit('/').next().unwrap_or_default();
        let hyphens = name.bytes().filter(|byte| *byte == b'-').count();
        let digits = name.bytes().filter(u8::is_ascii_digit).count();
        if hyphens >= 2 || digits >= 5 || name.ends_with(".html") {
            *path = rest.to_owned();
        }
    }
}
