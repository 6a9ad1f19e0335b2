//! From the tree of a query to what the index runs.

use std::ops::Bound;

use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, FuzzyTermQuery, Occur,
    PhraseQuery, Query as Run, RangeQuery, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field as Handle, IndexRecordOption};
use tantivy::{Searcher, Term};

use cahoots_record::{Role, UtcMicros};

use crate::document::{account_term, bare_url};
use crate::error::SearchError;
use crate::expand::{Forms, each_with_prefix};
use crate::index::Index;
use crate::members::Members;
use crate::prefixed::Prefixed;
use crate::query::{Field, Node, Query, Words};
use crate::schema::Fields;
use crate::snippet::Marks;
use crate::{Names, tokens};

/// Terms that a prefix stands for, at most, in each segment.
const MOST_PREFIXED: usize = 20_000;

/// A query ready to run.
pub(crate) struct Compiled {
    pub query: Box<dyn Run>,
    /// If there are periods in it: items without a time that match it but for them.
    pub undated: Option<Box<dyn Run>>,
    pub expanded: Vec<(String, Vec<String>)>,
    pub marks: Marks,
}

struct Compiler<'a> {
    searcher: &'a Searcher,
    fields: &'a Fields,
    names: &'a dyn Names,
    known_forms: &'a Forms,
    expanded: Vec<(String, Vec<String>)>,
    marks: Marks,
    prefixes: Vec<Prefixed>,
    /// Periods ask for items without a time instead.
    undated: bool,
}

impl Compiled {
    pub(crate) fn new(
        index: &Index,
        searcher: &Searcher,
        query: &Query,
        names: &dyn Names,
    ) -> Result<Self, SearchError> {
        let mut compiler = Compiler {
            searcher,
            fields: index.fields(),
            names,
            known_forms: index.forms(),
            expanded: Vec::new(),
            marks: Marks::default(),
            prefixes: Vec::new(),
            undated: false,
        };
        let run = compiler.node(&query.root, false)?;
        let (expanded, marks) =
            (std::mem::take(&mut compiler.expanded), std::mem::take(&mut compiler.marks));
        let undated = match has_time(&query.root) {
            true => Some(compiler.undated(&query.root)?),
            false => None,
        };
        Ok(Self { query: run, undated, expanded, marks })
    }
}

fn has_time(node: &Node) -> bool {
    match node {
        Node::Time { .. } => true,
        Node::And(nodes) | Node::Or(nodes) => nodes.iter().any(has_time),
        Node::Not(node) => has_time(node),
        Node::All | Node::Text(..) | Node::Is(..) => false,
    }
}

/// Whether only items with a time can match.
fn needs_time(node: &Node) -> bool {
    match node {
        Node::Time { .. } => true,
        Node::And(nodes) => nodes.iter().any(needs_time),
        Node::Or(nodes) => nodes.iter().all(needs_time),
        Node::Not(_) | Node::All | Node::Text(..) | Node::Is(..) => false,
    }
}

/// A condition: it decides, and says nothing about how good a match is.
fn filter(query: impl Run) -> Box<dyn Run> {
    Box::new(ConstScoreQuery::new(Box::new(query), 0.0))
}

fn union(mut queries: Vec<Box<dyn Run>>) -> Box<dyn Run> {
    match queries.len() {
        0 => Box::new(EmptyQuery),
        1 => queries.remove(0),
        _ => Box::new(BooleanQuery::union(queries)),
    }
}

impl Compiler<'_> {
    /// Items without a time that would match if they lay in the periods asked for.
    fn undated(&mut self, node: &Node) -> Result<Box<dyn Run>, SearchError> {
        self.undated = true;
        let otherwise = self.node(node, false)?;
        self.undated = false;
        let mut clauses = vec![(Occur::Must, self.tag("time:none")), (Occur::Must, otherwise)];
        if !needs_time(node) {
            clauses.push((Occur::MustNot, self.node(node, false)?));
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    fn node(&mut self, node: &Node, negated: bool) -> Result<Box<dyn Run>, SearchError> {
        Ok(match node {
            Node::All => Box::new(AllQuery),
            Node::And(nodes) => {
                let mut clauses: Vec<(Occur, Box<dyn Run>)> = Vec::new();
                for node in nodes {
                    match node {
                        Node::Not(inner) => {
                            clauses.push((Occur::MustNot, self.node(inner, !negated)?));
                        }
                        other => clauses.push((Occur::Must, self.node(other, negated)?)),
                    }
                }
                if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
                    clauses.push((Occur::Must, filter(AllQuery)));
                }
                Box::new(BooleanQuery::new(clauses))
            }
            Node::Or(nodes) => {
                let queries: Result<Vec<_>, _> =
                    nodes.iter().map(|node| self.node(node, negated)).collect();
                union(queries?)
            }
            Node::Not(inner) => {
                let inner = self.node(inner, !negated)?;
                let clauses = vec![(Occur::MustNot, inner), (Occur::Must, filter(AllQuery))];
                Box::new(BooleanQuery::new(clauses))
            }
            Node::Text(field, words) => self.text(*field, words, negated)?,
            Node::Is(field, value) => self.is(*field, value)?,
            Node::Time { from, until } => self.time(*from, *until),
        })
    }

    fn time(&self, from: Option<UtcMicros>, until: Option<UtcMicros>) -> Box<dyn Run> {
        if self.undated {
            return self.tag("time:none");
        }
        // What may lie in the period counts: the intervals overlap.
        let mut clauses: Vec<Box<dyn Run>> = Vec::new();
        if let Some(from) = from {
            let term = Term::from_field_i64(self.fields.latest, from.0);
            clauses.push(filter(RangeQuery::new(Bound::Included(term), Bound::Unbounded)));
        }
        if let Some(until) = until {
            let term = Term::from_field_i64(self.fields.earliest, until.0);
            clauses.push(filter(RangeQuery::new(Bound::Unbounded, Bound::Excluded(term))));
        }
        Box::new(BooleanQuery::intersection(clauses))
    }

    fn tag(&self, tag: &str) -> Box<dyn Run> {
        let term = Term::from_field_text(self.fields.tag, tag);
        filter(TermQuery::new(term, IndexRecordOption::Basic))
    }

    fn object(&self, object: String) -> Box<dyn Run> {
        let term = Term::from_field_text(self.fields.object, &object);
        filter(TermQuery::new(term, IndexRecordOption::Basic))
    }

    /// The fields that a word without a field is looked for in, with their weight.
    fn default_fields(&self) -> [(Handle, f32); 4] {
        let f = self.fields;
        [(f.subject, 2.0), (f.body, 1.0), (f.with, 1.0), (f.attachment, 1.0)]
    }

    fn text(
        &mut self,
        field: Option<Field>,
        words: &Words,
        negated: bool,
    ) -> Result<Box<dyn Run>, SearchError> {
        let f = self.fields;
        let handles: Vec<(Handle, f32)> = match field {
            Some(Field::Subject) => vec![(f.subject, 1.0)],
            Some(Field::Attachment) => vec![(f.attachment, 1.0)],
            Some(_) => vec![(f.body, 1.0)],
            None => self.default_fields().to_vec(),
        };
        if !negated {
            self.marks.add(words);
        }
        let mut queries: Vec<Box<dyn Run>> = Vec::new();
        match words {
            Words::Stem(word) => {
                let forms = self.forms(word, negated)?;
                for (handle, boost) in handles {
                    for form in &forms {
                        let term = Term::from_field_text(handle, form);
                        let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
                        // The word as typed is a better match than its relatives.
                        let boost = if form == word { boost * 1.5 } else { boost };
                        queries.push(Box::new(BoostQuery::new(Box::new(query), boost)));
                    }
                }
            }
            Words::Phrase { words, slop } => {
                for (handle, boost) in handles {
                    queries.push(Box::new(BoostQuery::new(phrase(handle, words, *slop), boost)));
                }
            }
            Words::Prefix(prefix) => {
                for (handle, _) in handles {
                    queries.push(Box::new(self.prefixed(handle, prefix)));
                }
            }
            Words::Fuzzy(word, distance) => {
                for (handle, _) in handles {
                    let term = Term::from_field_text(handle, word);
                    queries.push(Box::new(FuzzyTermQuery::new(term, *distance, true)));
                }
            }
        }
        Ok(union(queries))
    }

    /// Each prefix once, so that its words are read once however often it stands in a query.
    fn prefixed(&mut self, handle: Handle, prefix: &str) -> Prefixed {
        if let Some(known) = self.prefixes.iter().find(|known| known.is(handle, prefix)) {
            return known.clone();
        }
        let new = Prefixed::new(handle, prefix);
        self.prefixes.push(new.clone());
        new
    }

    fn forms(&mut self, word: &str, negated: bool) -> Result<Vec<String>, SearchError> {
        if let Some((_, forms)) = self.expanded.iter().find(|(known, _)| known == word) {
            return Ok(forms.clone());
        }
        let forms = self.known_forms.of(self.searcher, self.fields, word)?;
        if !negated {
            self.marks.words.extend(forms.iter().cloned());
        }
        self.expanded.push((word.to_owned(), forms.clone()));
        Ok(forms)
    }

    fn is(&mut self, field: Field, value: &str) -> Result<Box<dyn Run>, SearchError> {
        let f = self.fields;
        let lower = value.to_lowercase();
        Ok(match field {
            Field::From | Field::By => {
                self.people(f.from, value, Some(&[Role::From, Role::Sender]))
            }
            Field::To => self.people(f.to, value, Some(&[Role::To, Role::Member])),
            Field::Cc => self.people(f.cc, value, Some(&[Role::Cc])),
            Field::Bcc => self.people(f.bcc, value, Some(&[Role::Bcc])),
            Field::With => self.people(f.with, value, None),
            Field::In => self.tag(&format!("in:{lower}")),
            Field::Kind => self.tag(&format!("kind:{lower}")),
            Field::Medium => self.tag(&format!("medium:{lower}")),
            Field::Is => self.tag(&format!("is:{lower}")),
            Field::Has => self.tag(&format!("has:{lower}")),
            Field::Lang => self.tag(&format!("lang:{}", language(&lower))),
            Field::Archive => self.archives(&self.names.archives(value)),
            Field::Custodian => self.archives(&self.names.custodian_archives(value)),
            Field::Thread => match self.names.thread(value) {
                Some(ords) => filter(Members::new(ords)),
                None => Box::new(EmptyQuery),
            },
            Field::Url => self.url(value)?,
            Field::Domain => {
                let site = bare_url(&lower);
                let site = site.split(['/', '?']).next().unwrap_or_default();
                self.object(format!("domain:{site}"))
            }
            Field::Hashtag => self.object(format!("hashtag:{}", lower.trim_start_matches('#'))),
            Field::Mention => self.object(format!("mention:{}", lower.trim_start_matches('@'))),
            Field::Object => self.object(value.to_owned()),
            Field::Id => self.id(value)?,
            Field::Subject
            | Field::Body
            | Field::Attachment
            | Field::On
            | Field::After
            | Field::Before
            | Field::Since
            | Field::Until => Box::new(EmptyQuery),
        })
    }

    /// A person: by the words printed there, or by an account that the name stands for.
    fn people(&mut self, handle: Handle, value: &str, roles: Option<&[Role]>) -> Box<dyn Run> {
        let words: Vec<String> = tokens::words(value).map(|(word, _)| word.into_owned()).collect();
        let mut queries: Vec<Box<dyn Run>> = Vec::new();
        if !words.is_empty() {
            queries.push(phrase(handle, &words, 0));
        }
        let roles = roles.unwrap_or(Role::ALL);
        let terms: Vec<Term> = self
            .names
            .accounts(value)
            .into_iter()
            .flat_map(|account| roles.iter().map(move |role| account_term(account, role.code())))
            .map(|term| Term::from_field_u64(self.fields.account, term))
            .collect();
        if !terms.is_empty() {
            queries.push(Box::new(TermSetQuery::new(terms)));
        }
        Box::new(ConstScoreQuery::new(union(queries), 0.0))
    }

    fn archives(&self, archives: &[u32]) -> Box<dyn Run> {
        if archives.is_empty() {
            return Box::new(EmptyQuery);
        }
        let terms: Vec<Term> = archives
            .iter()
            .map(|archive| Term::from_field_text(self.fields.tag, &format!("archive:{archive}")))
            .collect();
        let mut queries: Vec<Box<dyn Run>> = vec![filter(TermSetQuery::new(terms))];
        let copies = self.names.copies_in(archives);
        if !copies.is_empty() {
            queries.push(filter(Members::new(copies)));
        }
        union(queries)
    }

    /// An address itself and what lies below it.
    fn url(&self, value: &str) -> Result<Box<dyn Run>, SearchError> {
        let bare = bare_url(value);
        let mut terms = Vec::new();
        for scheme in ["", "http://", "https://"] {
            let prefix = format!("url:{scheme}{bare}");
            each_with_prefix(
                self.searcher,
                self.fields.object,
                &prefix,
                MOST_PREFIXED,
                &mut |term| {
                    let rest = &term[prefix.len()..];
                    if rest.is_empty() || rest.starts_with(['/', '?', '#', '&', ':']) {
                        terms.push(Term::from_field_text(self.fields.object, term));
                    }
                },
            )?;
        }
        terms.sort_unstable();
        terms.dedup();
        Ok(filter(TermSetQuery::new(terms)))
    }

    fn id(&self, value: &str) -> Result<Box<dyn Run>, SearchError> {
        let value = value.trim().trim_start_matches('<').trim_end_matches('>');
        let native = Term::from_field_text(self.fields.native, value);
        let mut terms = vec![native];
        let prefix = value.to_lowercase();
        if (4..=26).contains(&prefix.len()) {
            each_with_prefix(self.searcher, self.fields.id, &prefix, 1000, &mut |term| {
                terms.push(Term::from_field_text(self.fields.id, term));
            })?;
        }
        Ok(union(
            terms
                .into_iter()
                .map(|term| filter(TermQuery::new(term, IndexRecordOption::Basic)))
                .collect(),
        ))
    }
}

fn phrase(handle: Handle, words: &[String], slop: u32) -> Box<dyn Run> {
    let term = |word: &String| Term::from_field_text(handle, word);
    match words {
        [word] => Box::new(TermQuery::new(term(word), IndexRecordOption::WithFreqs)),
        words => {
            let mut query = PhraseQuery::new(words.iter().map(term).collect());
            query.set_slop(slop);
            Box::new(query)
        }
    }
}

/// ISO 639-3 for the two-letter codes and English names that people type.
fn language(value: &str) -> &str {
    match value {
        "en" | "english" => "eng",
        "de" | "german" => "deu",
        "fr" | "french" => "fra",
        "es" | "spanish" => "spa",
        "it" | "italian" => "ita",
        "pt" | "portuguese" => "por",
        "nl" | "dutch" => "nld",
        "ru" | "russian" => "rus",
        "uk" | "ukrainian" => "ukr",
        "pl" | "polish" => "pol",
        "sv" | "swedish" => "swe",
        "da" | "danish" => "dan",
        "no" | "norwegian" => "nob",
        "fi" | "finnish" => "fin",
        "hu" | "hungarian" => "hun",
        "ro" | "romanian" => "ron",
        "tr" | "turkish" => "tur",
        "el" | "greek" => "ell",
        "ar" | "arabic" => "ara",
        "zh" | "chinese" => "cmn",
        "ja" | "japanese" => "jpn",
        "ko" | "korean" => "kor",
        other => other,
    }
}
