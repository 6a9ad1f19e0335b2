//! The network for programs that draw networks: GEXF and GraphML.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::edges::Edge;
use crate::findings::Findings;
use crate::output::table::{real, time};
use crate::output::tables::passes;
use crate::shares::Shares;

/// Type of an attribute, as both formats call it.
#[derive(Clone, Copy)]
enum Kind {
    Integer,
    Double,
    Text,
}

impl Kind {
    fn gexf(self) -> &'static str {
        match self {
            Self::Integer => "long",
            Self::Double => "double",
            Self::Text => "string",
        }
    }

    fn graphml(self) -> &'static str {
        match self {
            Self::Integer => "long",
            Self::Double => "double",
            Self::Text => "string",
        }
    }
}

const NODE: [(&str, Kind); 7] = [
    ("shares", Kind::Integer),
    ("shares_in_pairs", Kind::Integer),
    ("partners", Kind::Integer),
    ("pairs", Kind::Integer),
    ("group", Kind::Integer),
    ("first_share", Kind::Text),
    ("last_share", Kind::Text),
];

const EDGE: [(&str, Kind); 11] = [
    ("objects", Kind::Integer),
    ("mean_lag_seconds", Kind::Double),
    ("median_lag_seconds", Kind::Double),
    ("leader_share", Kind::Double),
    ("symmetry", Kind::Double),
    ("first_share", Kind::Text),
    ("last_share", Kind::Text),
    ("selection_q", Kind::Double),
    ("synchrony_q", Kind::Double),
    ("passes", Kind::Text),
    ("group", Kind::Integer),
];

/// The network as both formats write it.
struct Graph<'a> {
    found: &'a Findings,
    shares: &'a Shares,
    edges: Vec<usize>,
    accounts: Vec<u32>,
}

impl<'a> Graph<'a> {
    fn new(found: &'a Findings, shares: &'a Shares) -> Self {
        let edges: Vec<usize> = found.kept_edges().collect();
        let list = &found.network.edges.list;
        let mut accounts: Vec<u32> =
            edges.iter().flat_map(|at| [list[*at].a.0, list[*at].b.0]).collect();
        accounts.sort_unstable();
        accounts.dedup();
        Self { found, shares, edges, accounts }
    }

    fn edge(&self, at: usize) -> &Edge {
        &self.found.network.edges.list[at]
    }

    fn group(&self, account: u32) -> Option<u32> {
        Some(self.found.accounts.get(&account)?.group? + 1)
    }

    fn node_values(&self, account: u32) -> [Option<String>; 7] {
        let facts = self.found.accounts.get(&account).copied().unwrap_or_default();
        let whole = |n: u64| Some(n.to_string());
        [
            self.shares.of_account.get(account as usize).map(u32::to_string),
            self.found.network.matched.get(account as usize).map(u32::to_string),
            whole(u64::from(facts.partners)),
            whole(facts.pairs),
            self.group(account).map(|group| group.to_string()),
            facts.span.map(|span| time(span.0)),
            facts.span.map(|span| time(span.1)),
        ]
    }

    fn edge_values(&self, at: usize) -> [Option<String>; 11] {
        let edge = self.edge(at);
        let tested = self.found.evidence_of(at);
        let group = self.group(edge.a.0).filter(|group| self.group(edge.b.0) == Some(*group));
        [
            Some(edge.objects.to_string()),
            Some(real(edge.mean_lag())),
            Some(real(edge.lag_median as f64 / 1e6)),
            edge.leader_share().map(real),
            Some(real(edge.symmetry())),
            Some(time(edge.first)),
            Some(time(edge.last)),
            tested.map(|it| real(it.selection.q)),
            tested.map(|it| real(it.synchrony.q)),
            Some(passes(self.found, at).to_owned()),
            group.map(|group| group.to_string()),
        ]
    }
}

/// Writes the kept edges as GEXF 1.3: weights, times as intervals, everything else as attributes.
///
/// # Errors
/// When it cannot be written.
pub fn write_gexf(found: &Findings, shares: &Shares, out: &mut impl Write) -> io::Result<()> {
    let graph = Graph::new(found, shares);
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <gexf xmlns=\"http://gexf.net/1.3\" version=\"1.3\">\n\
         <meta><creator>cahoots</creator><description>Accounts that share the same objects \
         within the window</description></meta>\n\
         <graph defaultedgetype=\"undirected\" mode=\"dynamic\" timeformat=\"dateTime\">\n",
    );
    for (class, attributes) in [("node", &NODE[..]), ("edge", &EDGE[..])] {
        let _ = writeln!(text, "<attributes class=\"{class}\" mode=\"static\">");
        for (number, (name, kind)) in attributes.iter().enumerate() {
            let kind = kind.gexf();
            let _ = writeln!(text, "<attribute id=\"{number}\" title=\"{name}\" type=\"{kind}\"/>");
        }
        text.push_str("</attributes>\n");
    }
    text.push_str("<nodes>\n");
    for account in &graph.accounts {
        let facts = found.accounts.get(account).copied().unwrap_or_default();
        let _ = write!(text, "<node id=\"{account}\" label=\"");
        escape(&mut text, shares.accounts.name(*account));
        text.push('"');
        if let Some((first, last)) = facts.span {
            let _ = write!(text, " start=\"{}\" end=\"{}\"", time(first), time(last));
        }
        text.push('>');
        gexf_values(&mut text, &graph.node_values(*account));
        text.push_str("</node>\n");
        flush(&mut text, out)?;
    }
    text.push_str("</nodes>\n<edges>\n");
    for (number, at) in graph.edges.iter().enumerate() {
        let edge = graph.edge(*at);
        let _ = write!(
            text,
            "<edge id=\"{number}\" source=\"{}\" target=\"{}\" weight=\"{}\" start=\"{}\" \
             end=\"{}\">",
            edge.a.0,
            edge.b.0,
            edge.weight,
            time(edge.first),
            time(edge.last)
        );
        gexf_values(&mut text, &graph.edge_values(*at));
        text.push_str("</edge>\n");
        flush(&mut text, out)?;
    }
    text.push_str("</edges>\n</graph>\n</gexf>\n");
    out.write_all(text.as_bytes())
}

fn gexf_values(text: &mut String, values: &[Option<String>]) {
    text.push_str("<attvalues>");
    for (number, value) in values.iter().enumerate() {
        if let Some(value) = value.as_ref().filter(|value| !value.is_empty()) {
            let _ = write!(text, "<attvalue for=\"{number}\" value=\"");
            escape(text, value);
            text.push_str("\"/>");
        }
    }
    text.push_str("</attvalues>");
}

/// Writes the kept edges as GraphML.
///
/// # Errors
/// When it cannot be written.
pub fn write_graphml(found: &Findings, shares: &Shares, out: &mut impl Write) -> io::Result<()> {
    let graph = Graph::new(found, shares);
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n\
         <key id=\"label\" for=\"node\" attr.name=\"label\" attr.type=\"string\"/>\n\
         <key id=\"weight\" for=\"edge\" attr.name=\"weight\" attr.type=\"double\"/>\n",
    );
    for (class, prefix, attributes) in [("node", 'n', &NODE[..]), ("edge", 'e', &EDGE[..])] {
        for (name, kind) in attributes {
            let kind = kind.graphml();
            let _ = writeln!(
                text,
                "<key id=\"{prefix}_{name}\" for=\"{class}\" attr.name=\"{name}\" \
                 attr.type=\"{kind}\"/>"
            );
        }
    }
    text.push_str("<graph id=\"cahoots\" edgedefault=\"undirected\">\n");
    for account in &graph.accounts {
        let _ = write!(text, "<node id=\"n{account}\"><data key=\"label\">");
        escape(&mut text, shares.accounts.name(*account));
        text.push_str("</data>");
        graphml_values(&mut text, 'n', &NODE, &graph.node_values(*account));
        text.push_str("</node>\n");
        flush(&mut text, out)?;
    }
    for (number, at) in graph.edges.iter().enumerate() {
        let edge = graph.edge(*at);
        let _ = write!(
            text,
            "<edge id=\"e{number}\" source=\"n{}\" target=\"n{}\"><data key=\"weight\">{}</data>",
            edge.a.0, edge.b.0, edge.weight
        );
        graphml_values(&mut text, 'e', &EDGE, &graph.edge_values(*at));
        text.push_str("</edge>\n");
        flush(&mut text, out)?;
    }
    text.push_str("</graph>\n</graphml>\n");
    out.write_all(text.as_bytes())
}

fn graphml_values(
    text: &mut String,
    prefix: char,
    names: &[(&str, Kind)],
    values: &[Option<String>],
) {
    for ((name, _), value) in names.iter().zip(values) {
        if let Some(value) = value.as_ref().filter(|value| !value.is_empty()) {
            let _ = write!(text, "<data key=\"{prefix}_{name}\">");
            escape(text, value);
            text.push_str("</data>");
        }
    }
}

fn flush(text: &mut String, out: &mut impl Write) -> io::Result<()> {
    if text.len() > 1 << 16 {
        out.write_all(text.as_bytes())?;
        text.clear();
    }
    Ok(())
}

/// Text for XML: what marks up is escaped, what XML cannot hold is shown as such.
fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_marks_up() {
        let mut text = String::new();
        escape(&mut text, "a<b>&\"c\"\u{0}\n\u{ffff}");
        assert_eq!(text, "a&lt;b&gt;&amp;&quot;c&quot;\u{fffd} \u{fffd}");
    }
}
