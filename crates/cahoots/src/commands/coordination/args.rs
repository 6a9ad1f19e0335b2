//! What `coordination` takes.

use std::path::PathBuf;

use clap::Args;

/// `coordination`.
#[derive(Args, Debug, Clone)]
#[command(after_help = "Examples:\n  \
    cahoots coordination shares.csv --within 60s\n  \
    cahoots coordination posts-*.jsonl --object url,hashtag --html network.html\n  \
    cahoots coordination --case my.case --object repost --explain @ann @ben")]
pub struct Coordination {
    /// Tables of shares or posts: CSV, JSON lines, Parquet, also gz or zst; `-` for standard
    /// input; without any, the posts of the case
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// What the accounts share: url, domain, hashtag, mention, repost, reply, text, near-text,
    /// status, image, attachment, object
    #[arg(long, value_delimiter = ',', value_name = "KIND,…")]
    pub object: Vec<String>,
    /// How close two shares must be, ends included; several are counted side by side, and the
    /// widest makes the network
    #[arg(long, value_delimiter = ',', value_name = "TIME,…", default_value = "60s")]
    pub within: Vec<String>,
    /// An account counts with at least so many shares, and so many of them in step
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub min_participation: u32,
    /// Only edges with at least so many pairs of shares
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with = "percentile")]
    pub min_weight: u32,
    /// Only edges with more pairs than this part of all edges, from 0 to 1
    #[arg(long, value_name = "P")]
    pub percentile: Option<f64>,
    /// The share of false discoveries allowed among the edges that are kept
    #[arg(long, value_name = "SHARE", default_value_t = 0.05, conflicts_with = "untested")]
    pub fdr: f64,
    /// Do not hold edges against chance
    #[arg(long)]
    pub untested: bool,
    /// How fine groups are: 1 is plain modularity, more gives more and smaller groups
    #[arg(long, value_name = "R", default_value_t = 1.0)]
    pub resolution: f64,
    /// Seed of the search for groups and of the shifted clocks
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Keep the rules of another program: coortweet (2.1) or cnt (1.5)
    #[arg(long, value_name = "PROGRAM", value_parser = ["coortweet", "cnt"])]
    pub compat: Option<String>,
    /// Which column holds what: account=who,time=posted,object=link,id=post
    #[arg(long, value_name = "OURS=THEIRS", value_delimiter = ',')]
    pub map: Vec<String>,
    /// Zone of times that state none, for example America/New_York
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,
    /// How much of their three-word runs near texts share at least, from 0.5 to 1
    #[arg(long, value_name = "PART", default_value_t = 0.8)]
    pub resemblance: f64,
    /// Every pair of shares of two accounts, and how likely that was
    #[arg(long, num_args = 2, value_names = ["ACCOUNT", "ACCOUNT"])]
    pub explain: Option<Vec<String>>,
    /// Write the edges (.csv or .parquet)
    #[arg(long, value_name = "FILE")]
    pub edges: Option<PathBuf>,
    /// Write every table (edges, pairs, accounts, groups, objects) into this folder
    #[arg(long, value_name = "DIR")]
    pub tables: Option<PathBuf>,
    /// Tables as Parquet instead of CSV
    #[arg(long, requires = "tables")]
    pub parquet: bool,
    /// Write the kept edges for Gephi and others
    #[arg(long, value_name = "FILE")]
    pub gexf: Option<PathBuf>,
    /// Write the kept edges as GraphML
    #[arg(long, value_name = "FILE")]
    pub graphml: Option<PathBuf>,
    /// Write a page that shows the network and the shares behind each edge
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Ask a cluster (needs cahoots-engine): df://HOST:PORT
    #[arg(long, value_name = "URL")]
    pub cluster: Option<String>,
    /// Memory for rows, pairs and edges: 512MB, 4GB; what does not fit goes to --temp (default:
    /// half of what is free)
    #[arg(long, value_name = "SIZE")]
    pub memory: Option<String>,
    /// Folder for what does not fit into memory (default: the system's)
    #[arg(long, value_name = "DIR")]
    pub temp: Option<PathBuf>,
    /// Leave an object out, and say so, whose shares make more pairs than this
    #[arg(long, value_name = "N", default_value_t = cahoots_coordination::network::PAIRS_PER_OBJECT)]
    pub pairs_per_object: u64,
    /// Threads (default: one per core)
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub threads: usize,
    /// Show at most this many groups and edges
    #[arg(long, short = 'n', default_value_t = 10)]
    pub limit: usize,
}
