//! Arguments of the commands about what was said: statements, quotations, coverage.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `statements`.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Statements {
    /// Only those of this speaker, or the one with this label
    pub of: Option<String>,
    /// Print schema.org ClaimReview as JSON-LD
    #[arg(long)]
    pub claim_review: bool,
    /// Address of the page that will publish the claim reviews
    #[arg(long, value_name = "URL", requires = "claim_review")]
    pub page: Option<String>,
    /// Who publishes them
    #[arg(long, value_name = "NAME", requires = "claim_review")]
    pub reviewer: Option<String>,
    #[command(subcommand)]
    pub action: Option<StatementAction>,
}

#[derive(Subcommand, Debug)]
pub enum StatementAction {
    /// Enter a statement; what is not given is asked for at a terminal
    Add(Box<StatementAdd>),
    /// Take an entered statement back
    Remove(TakeBack),
}

/// A decision taken back.
#[derive(Args, Debug)]
pub struct TakeBack {
    /// Number of the decision
    pub seq: u64,
    /// Why
    #[arg(long, default_value = "")]
    pub reason: String,
    /// Who decides (default: the user's name)
    #[arg(long)]
    pub author: Option<String>,
}

/// `statements add`.
#[derive(Args, Debug)]
pub struct StatementAdd {
    /// A TOML file with speaker, at, where, question, quoted, published and tables of claims
    #[arg(long)]
    pub file: Option<PathBuf>,
    /// Who said it
    #[arg(long)]
    pub speaker: Option<String>,
    /// When
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// Where: a programme, a hearing
    #[arg(long = "where", value_name = "PLACE")]
    pub place: Option<String>,
    /// What was asked
    #[arg(long)]
    pub question: Option<String>,
    /// The words spoken
    #[arg(long, value_name = "WORDS")]
    pub quoted: Option<String>,
    /// Where it was published
    #[arg(long)]
    pub published: Vec<String>,
    /// What it claims, in one sentence
    #[arg(long)]
    pub reading: Option<String>,
    /// The template by which the claim is tested
    #[arg(long)]
    pub template: Option<String>,
    /// Whom the claim is about
    #[arg(long, value_name = "PARTY")]
    pub actor: Vec<String>,
    /// The other side
    #[arg(long, value_name = "PARTY")]
    pub counterpart: Vec<String>,
    /// What it is about: an item, an object, a query
    #[arg(long)]
    pub about: Option<String>,
    /// The claim speaks of the time from here
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// … until here
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// For counts: "at most", "at least" or "exactly"
    #[arg(long)]
    pub bound: Option<String>,
    /// For counts: the number
    #[arg(long)]
    pub count: Option<u64>,
    /// For quotations: the words as quoted
    #[arg(long, value_name = "WORDS")]
    pub quotes: Option<String>,
    /// It is somebody's judgement: keep it, and leave it unscored
    #[arg(long, conflicts_with = "template")]
    pub opinion: bool,
    /// A hedge in the words spoken
    #[arg(long)]
    pub hedge: Option<String>,
    /// Who enters it (default: the user's name)
    #[arg(long)]
    pub author: Option<String>,
}

/// `coverage`.
#[derive(Args, Debug)]
pub struct Coverage {
    #[command(subcommand)]
    pub action: Option<CoverageAction>,
}

#[derive(Subcommand, Debug)]
pub enum CoverageAction {
    /// Say that something is complete, or is not
    Add(CoverageAdd),
    /// Take a row back
    Remove(TakeBack),
}

/// `coverage add`.
#[derive(Args, Debug)]
pub struct CoverageAdd {
    /// From whose holdings the archive came
    pub custodian: String,
    /// email, "direct message", chat, post, publication, or * for all
    pub channel: String,
    /// full, partial or unknown
    pub completeness: String,
    /// First day
    #[arg(long, value_name = "DAY")]
    pub from: Option<String>,
    /// Last day
    #[arg(long, value_name = "DAY")]
    pub to: Option<String>,
    /// Whose messages, where those are not the custodian's
    #[arg(long, value_name = "PARTY")]
    pub covers: Vec<String>,
    /// How that is known
    #[arg(long, default_value = "")]
    pub how_known: String,
    /// Who says so (default: the user's name)
    #[arg(long)]
    pub author: Option<String>,
}

/// `quote`.
#[derive(Args, Debug)]
pub struct Quote {
    /// The words as quoted; … or [...] where something is left out
    #[arg(required = true)]
    pub words: Vec<String>,
    /// The item quoted, or a query for items it may be from (default: searched for by its words)
    #[arg(long = "of", value_name = "ITEM|QUERY")]
    pub of: Option<String>,
    /// Show at most this many items
    #[arg(long, short = 'n', default_value_t = 5)]
    pub limit: usize,
}
