//! The command line: verbs that read as a sentence.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

mod said;

pub use said::{
    Coverage, CoverageAction, Quote, StatementAction, StatementAdd, Statements, TakeBack,
};

/// Find out from the record who acted together.
#[derive(Parser, Debug)]
#[command(name = "cahoots", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 done, 1 nothing found, 2 error.\n\
    Start with: cahoots open FOLDER")]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// The case folder, unless another is named.
pub const CASE: &str = "cahoots.case";

/// What every command takes.
#[derive(Args, Debug, Clone)]
pub struct Global {
    /// The case folder
    #[arg(long, value_name = "DIR", default_value = CASE, global = true)]
    pub case: PathBuf,
    /// Print JSON instead of text
    #[arg(long, global = true)]
    pub json: bool,
    /// No progress, no notes
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Make or reuse a case, import everything given, print the overview
    Open(Add),
    /// Add archives to a case
    Add(Add),
    /// List the archives of a case with the account of their import
    Archives,
    /// List what could not be read, or was read with a doubt
    Problems(Problems),
    /// Search the record
    Search(Search),
    /// Print an item, its copies, and where it came from
    Show(Show),
    /// Print the thread an item belongs to
    Thread(Thread),
    /// Print what happened in order, private and public side by side
    Chronology(Chronology),
    /// Print one page on the whole case, every line cited
    Brief(Brief),
    /// Show who was in contact with whom, since when, who answered and who was ignored
    Contacts(Contacts),
    /// Show what one party asked of another beside the acts that followed, held against chance
    Acts(Acts),
    /// Show what was asked in private messages, and what came back
    Requests(Requests),
    /// Show who was told of something, by whom and when
    Exposure(Exposure),
    /// Find which accounts act in step, in tables of shares or in the posts of a case
    Coordination(Box<crate::commands::Coordination>),
    /// Hold what was said in public against the record
    #[command(visible_alias = "statement")]
    Statements(Statements),
    /// Hold a quotation against the words it is taken from
    Quote(Quote),
    /// Show, or say, what the record is known to hold completely
    Coverage(Coverage),
    /// Show what should be in the record and is not
    Absences(Absences),
    /// Show what one printing of a message withholds and another shows
    Redactions(Redactions),
    /// List the people and organisations of the record, or say who is who
    People(People),
    /// Hash the archives again and check every table of the record
    Verify(Verify),
    /// Write items, participants and objects for other programs
    Export(Export),
    /// Write a commented empty file for a record compiled by hand
    Template(Template),
    /// Ask a question in SQL of the record, or of files (needs cahoots-engine)
    #[command(disable_help_flag = true)]
    Sql {
        /// Passed on: see `cahoots sql --help`
        #[arg(
            value_name = "QUERY|FILE|OPTION",
            trailing_var_arg = true,
            allow_hyphen_values = true
        )]
        args: Vec<OsString>,
    },
    /// Open the case in the browser: serve the workbench from this machine
    Serve(Serve),
    /// Say who may sign in when the workbench listens on more than this machine
    User(User),
    /// Throw the text index away and make it again from the record
    Rebuild,
    /// Print the formats that can be read
    Formats,
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the description of the server's interface (OpenAPI)
    #[command(hide = true)]
    Openapi,
    /// Time queries in a warm process, one a line, for benchmarks
    #[command(hide = true)]
    BenchQueries {
        /// A file with one query a line
        file: PathBuf,
        /// Runs of each query
        #[arg(long, default_value_t = 5)]
        runs: u32,
    },
    /// What pairs of texts share in words, for benchmarks
    #[command(hide = true)]
    BenchWords(BenchWords),
}

/// `bench-words`.
#[derive(Args, Debug)]
pub struct BenchWords {
    /// Answers to sample; as many again, twice, are shuffled
    #[arg(long, default_value_t = 200)]
    pub pairs: usize,
    /// Seed of the sample
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Public texts to sample for near copies
    #[arg(long, default_value_t = 0)]
    pub near: usize,
    /// Print the texts and phrases, too
    #[arg(long)]
    pub show: bool,
}

/// `open` and `add`.
#[derive(Args, Debug, Clone)]
pub struct Add {
    /// Files and folders; without any, `open` prints the overview of the case as it is
    #[arg(value_name = "DIR|FILE")]
    pub paths: Vec<PathBuf>,
    /// Read everything as this format (see `cahoots formats`)
    #[arg(long, value_name = "NAME")]
    pub format: Option<String>,
    /// The person or body from whose holdings the archives came
    #[arg(long, value_name = "NAME", default_value = "")]
    pub custodian: String,
    /// Zone of times that state none, for example America/New_York
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,
    /// Which column holds what: text=body,time=created,account=user,url=link
    #[arg(long, value_name = "OURS=THEIRS", value_delimiter = ',')]
    pub map: Vec<String>,
    /// The mail went to a public list: count it as public
    #[arg(long)]
    pub public_list: bool,
    /// Exit with 2 when anything was damaged or skipped
    #[arg(long)]
    pub strict: bool,
    /// Parser threads (default: one per core)
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub threads: usize,
}

/// `problems`.
#[derive(Args, Debug)]
pub struct Problems {
    /// Only this code, for example bad-date
    #[arg(long)]
    pub code: Option<String>,
    /// Only this archive, by number or part of its name
    #[arg(long)]
    pub archive: Option<String>,
    /// Show at most this many rows for each code
    #[arg(long, short = 'n', default_value_t = 5)]
    pub limit: usize,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Best match first
    Relevance,
    /// Newest first
    Newest,
    /// Oldest first
    Oldest,
}

/// `search`.
#[derive(Args, Debug)]
pub struct Search {
    /// The query; see docs/reference/query.md
    #[arg(required = true)]
    pub query: Vec<String>,
    /// Show at most this many results
    #[arg(long, short = 'n', default_value_t = 20)]
    pub limit: usize,
    /// Leave out this many results first
    #[arg(long, default_value_t = 0)]
    pub offset: usize,
    /// Order of the results
    #[arg(long, value_enum, default_value_t = Sort::Relevance)]
    pub sort: Sort,
    /// Count results by party, month, archive and kind
    #[arg(long, short)]
    pub counts: bool,
    /// Print item ids and nothing else, one a line
    #[arg(long, conflicts_with = "counts")]
    pub ids: bool,
}

/// `contacts`.
#[derive(Args, Debug)]
pub struct Contacts {
    /// Only pairs with this party: a name, an account, an id
    pub a: Option<String>,
    /// The other party: everything between the two
    pub b: Option<String>,
    /// A message counts as answered within this many days
    #[arg(long, default_value_t = 7, value_name = "DAYS")]
    pub answer_days: i64,
    /// Count messages that programs and lists sent
    #[arg(long)]
    pub automated: bool,
    /// Show at most this many pairs or messages
    #[arg(long, short = 'n', default_value_t = 40)]
    pub limit: usize,
}

/// `brief`.
#[derive(Args, Debug)]
pub struct Brief {
    /// Redraws of each permutation test
    #[arg(long, default_value_t = 999, value_parser = clap::value_parser!(u32).range(1..))]
    pub redraws: u32,
    /// Seed of the redraws
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// `acts`.
#[derive(Args, Debug, Clone)]
pub struct Acts {
    /// Who wrote
    #[arg(required_unless_present = "scan")]
    pub from: Option<String>,
    /// Who was written to
    #[arg(required_unless_present = "scan")]
    pub to: Option<String>,
    /// Others whose acts count, declared beforehand
    #[arg(long, value_delimiter = ',', value_name = "PARTY,…")]
    pub circle: Vec<String>,
    /// How soon an act must follow
    #[arg(long, default_value = "24h", value_name = "TIME")]
    pub within: String,
    /// Comparable accounts that were not asked: a file with one a line, or names
    #[arg(long, value_delimiter = ',', value_name = "FILE|PARTY,…")]
    pub peers: Vec<String>,
    /// Only messages that this query finds, fixed before acts were looked at; `decided` for those
    /// decided to be requests
    #[arg(long, value_name = "QUERY|decided")]
    pub requests: Option<String>,
    /// The public record is complete from this time to that: 2016-09-01..2016-11-08, or of one
    /// party: "Ann Example=2016-09-01..2016-11-08"
    #[arg(long, value_name = "[PARTY=]FROM..TO")]
    pub coverage: Vec<String>,
    /// Redraws of the permutation test
    #[arg(long, default_value_t = 9_999, value_parser = clap::value_parser!(u32).range(1..))]
    pub redraws: u32,
    /// Seed of the redraws
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How many such questions are asked together
    #[arg(long, default_value_t = 1)]
    pub family: u32,
    /// Test the timing of every pair with at least five sessions, as one family
    #[arg(long, conflicts_with_all = ["from", "to", "circle", "peers", "family"])]
    pub scan: bool,
    /// Show at most this many sessions or pairs
    #[arg(long, short = 'n', default_value_t = 40)]
    pub limit: usize,
}

/// `redactions`.
#[derive(Args, Debug)]
pub struct Redactions {
    /// Fields left blank without an exemption code as well
    #[arg(long)]
    pub blank: bool,
    /// Show at most this many places
    #[arg(long, short = 'n', default_value_t = 40)]
    pub limit: usize,
}

/// `requests`.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Requests {
    /// Only messages of this party
    pub from: Option<String>,
    /// Only messages to this party
    pub to: Option<String>,
    /// Also those that are merely possible: many of them ask nothing
    #[arg(long)]
    pub all: bool,
    /// Show at most this many
    #[arg(long, short = 'n', default_value_t = 20)]
    pub limit: usize,
    #[command(subcommand)]
    pub action: Option<RequestAction>,
}

#[derive(Subcommand, Debug)]
pub enum RequestAction {
    /// Say whether an item asks for something: yes, no or unsure
    Decide {
        /// Item id, or the first characters of one
        id: String,
        /// yes, no or unsure
        decision: String,
        /// Why
        #[arg(long, default_value = "")]
        reason: String,
        /// Who decides (default: the user's name)
        #[arg(long)]
        author: Option<String>,
    },
}

/// `exposure`.
#[derive(Args, Debug)]
pub struct Exposure {
    /// An object (url:…), an item or a query: what they were told of
    #[arg(required = true, value_name = "OBJECT|ITEM|QUERY")]
    pub about: Vec<String>,
    /// Only what may have happened by then
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// Also search who could have known from this party, by contacts alone
    #[arg(long, value_name = "PARTY")]
    pub could: Option<String>,
    /// By how much clocks may differ
    #[arg(long, default_value = "0", value_name = "TIME")]
    pub skew: String,
    /// Parties of whom to say if no item shows them told
    #[arg(long, value_delimiter = ',', value_name = "PARTY,…")]
    pub asked: Vec<String>,
    /// Show at most this many rows
    #[arg(long, short = 'n', default_value_t = 40)]
    pub limit: usize,
}

/// `absences`.
#[derive(Args, Debug)]
pub struct Absences {
    /// List silences of which at most this share is expected to be chance
    #[arg(long, default_value_t = 0.01, value_name = "SHARE")]
    pub level: f64,
    /// Show at most this many rows of each kind
    #[arg(long, short = 'n', default_value_t = 10)]
    pub limit: usize,
}

/// `show`.
#[derive(Args, Debug)]
pub struct Show {
    /// Item id, or the first characters of one
    pub id: String,
    /// Print the exact original bytes and nothing else
    #[arg(long)]
    pub raw: bool,
    /// Print every header of the original
    #[arg(long)]
    pub headers: bool,
}

/// `thread`.
#[derive(Args, Debug)]
pub struct Thread {
    /// Item id, or the first characters of one
    pub id: String,
}

/// `chronology`.
#[derive(Args, Debug)]
pub struct Chronology {
    /// A query; without one, everything
    pub query: Vec<String>,
    /// Not before this date
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// Not after this date
    #[arg(long, value_name = "DATE")]
    pub to: Option<String>,
    /// Show at most this many items
    #[arg(long, short = 'n', default_value_t = 200)]
    pub limit: usize,
    /// Leave out this many items first
    #[arg(long, default_value_t = 0)]
    pub offset: usize,
}

/// `people`.
#[derive(Args, Debug)]
pub struct People {
    /// Only people whose name or account matches
    pub name: Option<String>,
    /// Show at most this many
    #[arg(long, short = 'n', default_value_t = 25, global = true)]
    pub limit: usize,
    #[command(subcommand)]
    pub action: Option<PeopleAction>,
}

#[derive(Subcommand, Debug)]
pub enum PeopleAction {
    /// Suggest accounts that may belong to one party, with the evidence
    Suggest {
        /// Only suggestions that involve this name or account
        name: Option<String>,
        /// Only suggestions with at least this many bits of evidence
        #[arg(long, default_value_t = 10.0)]
        bits: f64,
    },
    /// Say that accounts belong to one party
    Merge {
        /// Accounts, for example ann@example.org @ann
        #[arg(required = true, num_args = 2..)]
        accounts: Vec<String>,
        /// What to call the party
        #[arg(long)]
        name: Option<String>,
        /// Why
        #[arg(long, default_value = "")]
        reason: String,
        /// Who decides (default: the user name)
        #[arg(long)]
        author: Option<String>,
    },
    /// Take an account out of its party
    Split {
        /// The account
        account: String,
        /// Why
        #[arg(long, default_value = "")]
        reason: String,
        /// Who decides (default: the user name)
        #[arg(long)]
        author: Option<String>,
    },
    /// Say that two accounts are not one party's
    Refuse {
        /// One account
        a: String,
        /// The other
        b: String,
        /// Why
        #[arg(long, default_value = "")]
        reason: String,
        /// Who decides (default: the user name)
        #[arg(long)]
        author: Option<String>,
    },
    /// Take a decision back
    Undo {
        /// Its number in the log
        seq: u64,
        /// Why
        #[arg(long, default_value = "")]
        reason: String,
        /// Who decides (default: the user name)
        #[arg(long)]
        author: Option<String>,
    },
    /// List every decision, with author and date
    Log,
}

/// `verify`.
#[derive(Args, Debug)]
pub struct Verify {
    /// Also re-read the original bytes of every occurrence and compare their digests
    #[arg(long)]
    pub originals: bool,
}

/// `export`.
#[derive(Args, Debug)]
#[command(group(clap::ArgGroup::new("form").required(true).args(["csv", "jsonl", "parquet"])))]
pub struct Export {
    /// A query; without one, everything
    pub query: Vec<String>,
    /// Write CSV tables; a cell that a spreadsheet would run gets a ' in front
    #[arg(long)]
    pub csv: bool,
    /// Write one JSON object an item and line
    #[arg(long)]
    pub jsonl: bool,
    /// Write Parquet tables
    #[arg(long)]
    pub parquet: bool,
    /// Folder to write to, or `-` for standard output (JSON lines and the CSV of items only)
    #[arg(long, short, default_value = "-")]
    pub output: PathBuf,
}

/// `serve`.
#[derive(Args, Debug)]
pub struct Serve {
    /// The case folder, instead of --case
    #[arg(value_name = "CASE")]
    pub folder: Option<PathBuf>,
    /// Address and port to listen on; one that other machines reach needs users (`cahoots user`)
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7117")]
    pub listen: std::net::SocketAddr,
    /// What the browser shows as the address, when something that speaks TLS stands before it:
    /// `https://case.example.org`
    #[arg(long, value_name = "URL")]
    pub origin: Option<String>,
    /// Start the browser
    #[arg(long)]
    pub open: bool,
}

/// `user`.
#[derive(Args, Debug)]
pub struct User {
    #[command(subcommand)]
    pub action: Option<UserAction>,
}

#[derive(Subcommand, Debug)]
pub enum UserAction {
    /// Add somebody, or give somebody another role or password; asks for the password
    Add {
        /// The name to sign in with; decisions carry it
        name: String,
        /// What they may do
        #[arg(long, value_enum, default_value_t = UserRole::Editor)]
        role: UserRole,
        /// Read the password from standard input instead of asking for it
        #[arg(long)]
        password_stdin: bool,
    },
    /// Take somebody off the list; what they decided stays
    Remove {
        /// Their name
        name: String,
    },
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserRole {
    /// Reads everything, changes nothing
    Reader,
    /// Reads and decides
    Editor,
}

/// `template`.
#[derive(Args, Debug)]
pub struct Template {
    /// toml, csv or jsonl
    #[arg(default_value = "toml", value_parser = ["toml", "csv", "jsonl"])]
    pub form: String,
}
