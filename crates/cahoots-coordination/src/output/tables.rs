//! The tables that findings give: edges, pairs, accounts, groups, objects.

use std::rc::Rc;

use crate::compat::Compat;
use crate::edges::Edge;
use crate::findings::Findings;
use crate::meetings::{Cascade, PairOfShares};
use crate::output::table::{Cell, Holds, Table};
use crate::share::AccountNo;
use crate::shares::Shares;

/// An edge with its sides in the order of their names, as both peers have them.
#[derive(Clone, Copy, Debug)]
pub struct Turned<'a> {
    /// The name that comes first.
    pub one: &'a str,
    /// The other.
    pub other: &'a str,
    /// Whether `one` is the edge's `b`.
    pub is_turned: bool,
}

/// The sides of an edge.
pub fn turned<'a>(shares: &'a Shares, edge: &Edge) -> Turned<'a> {
    let (a, b) = (shares.accounts.name(edge.a.0), shares.accounts.name(edge.b.0));
    let is_turned = b < a;
    let (one, other) = if is_turned { (b, a) } else { (a, b) };
    Turned { one, other, is_turned }
}

/// Edges in the order of a table: by their names.
fn by_name<'a>(found: &'a Findings, shares: &'a Shares, kept: bool) -> Vec<(Turned<'a>, usize)> {
    let mut order: Vec<(Turned<'a>, usize)> = found
        .network
        .edges
        .list
        .iter()
        .enumerate()
        .filter(|(at, _)| !kept || found.kept[*at])
        .map(|(at, edge)| (turned(shares, edge), at))
        .collect();
    order.sort_unstable_by(|(x, _), (y, _)| (x.one, x.other).cmp(&(y.one, y.other)));
    order
}

/// Seconds from microseconds.
fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

/// A window for the name of a column: `60s`, `1h`.
pub fn window_name(micros: i64) -> String {
    let seconds = micros / 1_000_000;
    if micros % 1_000_000 != 0 {
        return format!("{}ms", micros / 1_000);
    }
    match seconds {
        0 => "0s".to_owned(),
        _ if seconds % 86_400 == 0 => format!("{}d", seconds / 86_400),
        _ if seconds % 3_600 == 0 => format!("{}h", seconds / 3_600),
        _ if seconds % 60 == 0 && seconds > 60 => format!("{}min", seconds / 60),
        _ => format!("{seconds}s"),
    }
}

/// The table of edges. With a peer's rules it has the peer's columns; by ourselves, CooRTweet's
/// first and ours after them.
pub fn edges<'a>(found: &'a Findings, shares: &'a Shares, kept: bool) -> Table<'a> {
    match found.question.compat {
        Some(Compat::Cnt) => return directed(found, shares),
        Some(Compat::CooRTweet) => {}
        None => return all_columns(found, Rc::new(by_name(found, shares, kept))),
    }
    let order = Rc::new(by_name(found, shares, false));
    let own = order.clone();
    peers_columns(found, &order).with("weight_threshold", Holds::Whole, move |row| {
        let edge = &found.network.edges.list[own[row].1];
        let above = found.threshold.is_some_and(|it| f64::from(edge.weight) > it.weight);
        Cell::Whole(i64::from(above))
    })
}

/// Edges in their order, shared by the columns of a table.
type Order<'a> = Rc<Vec<(Turned<'a>, usize)>>;

/// CooRTweet's columns.
fn peers_columns<'a>(found: &'a Findings, order: &Order<'a>) -> Table<'a> {
    let list = &found.network.edges.list;
    let by_age = found.question.compat == Some(Compat::CooRTweet);
    let edge = |order: &Order<'a>| {
        let order = order.clone();
        move |row: usize| (&list[order[row].1], order[row].0)
    };
    let contents = move |edge: &Edge, sides: Turned<'_>| match sides.is_turned && !by_age {
        true => (edge.contents_b, edge.contents_a),
        false => (edge.contents_a, edge.contents_b),
    };
    let (e1, e2, e3, e4) = (edge(order), edge(order), edge(order), edge(order));
    let (e5, e6, e7) = (edge(order), edge(order), edge(order));
    Table::new("edges", order.len())
        .with("account_id", Holds::Text, move |row| Cell::Text(e1(row).1.one))
        .with("account_id_y", Holds::Text, move |row| Cell::Text(e2(row).1.other))
        .with("weight", Holds::Whole, move |row| Cell::Whole(i64::from(e3(row).0.weight)))
        .with("avg_time_delta", Holds::Real, move |row| Cell::Real(e4(row).0.mean_lag()))
        .with("n_content_id", Holds::Whole, move |row| {
            let (edge, sides) = e5(row);
            Cell::Whole(i64::from(contents(edge, sides).0))
        })
        .with("n_content_id_y", Holds::Whole, move |row| {
            let (edge, sides) = e6(row);
            Cell::Whole(i64::from(contents(edge, sides).1))
        })
        .with("edge_symmetry_score", Holds::Real, move |row| Cell::Real(e7(row).0.symmetry()))
}

/// The table of some edges, by their places, in this order, with all columns.
pub fn edges_of<'a>(found: &'a Findings, shares: &'a Shares, places: &[usize]) -> Table<'a> {
    let list = &found.network.edges.list;
    let order = places.iter().map(|at| (turned(shares, &list[*at]), *at)).collect();
    all_columns(found, Rc::new(order))
}

fn all_columns<'a>(found: &'a Findings, order: Order<'a>) -> Table<'a> {
    let list = &found.network.edges.list;
    let at = |order: &Order<'a>| {
        let order = order.clone();
        move |row: usize| order[row]
    };
    let edge = |order: &Order<'a>| {
        let order = order.clone();
        move |row: usize| &list[order[row].1]
    };
    let (e1, e2, e3, e4) = (edge(&order), edge(&order), edge(&order), edge(&order));
    let (t1, t2) = (at(&order), at(&order));
    let mut table = peers_columns(found, &order)
        .with("n_object_id", Holds::Whole, move |row| Cell::Whole(i64::from(e1(row).objects)))
        .with("median_time_delta", Holds::Real, move |row| Cell::Real(seconds(e2(row).lag_median)))
        .with("n_first", Holds::Whole, move |row| {
            let (sides, at) = t1(row);
            let (a, b) = (list[at].a_first, list[at].b_first);
            Cell::Whole(i64::from(if sides.is_turned { b } else { a }))
        })
        .with("n_first_y", Holds::Whole, move |row| {
            let (sides, at) = t2(row);
            let (a, b) = (list[at].a_first, list[at].b_first);
            Cell::Whole(i64::from(if sides.is_turned { a } else { b }))
        })
        .with("first_share", Holds::Time, move |row| Cell::Time(e3(row).first))
        .with("last_share", Holds::Time, move |row| Cell::Time(e4(row).last));
    let windows = &found.network.windows;
    for (number, window) in windows.iter().enumerate().take(windows.len() - 1) {
        let at = at(&order);
        table = table.with(format!("weight_{}", window_name(*window)), Holds::Whole, move |row| {
            let counts = found.network.edges.windows(at(row).1, windows.len());
            Cell::Whole(i64::from(counts[number]))
        });
    }
    let layers = &found.network.layers;
    if layers.len() > 1 {
        for (number, kind) in layers.iter().enumerate() {
            let (one, other) = (at(&order), at(&order));
            let counts = move |at: usize| found.network.edges.layers(at, layers.len())[number];
            table = table
                .with(format!("weight_{}", kind.name()), Holds::Whole, move |row| {
                    Cell::Whole(i64::from(counts(one(row).1).0))
                })
                .with(format!("n_object_id_{}", kind.name()), Holds::Whole, move |row| {
                    Cell::Whole(i64::from(counts(other(row).1).1))
                });
        }
    }
    if found.evidence.is_some() {
        table = with_evidence(table, found, &order);
    }
    let (k, g) = (at(&order), at(&order));
    table.with("kept", Holds::Whole, move |row| Cell::Whole(i64::from(found.kept[k(row).1]))).with(
        "group",
        Holds::Whole,
        move |row| {
            let edge = &list[g(row).1];
            let of = |account: AccountNo| found.accounts.get(&account.0)?.group;
            match (of(edge.a), of(edge.b)) {
                (Some(one), Some(other)) if one == other => Cell::Whole(i64::from(one) + 1),
                _ => Cell::None,
            }
        },
    )
}

fn with_evidence<'a>(mut table: Table<'a>, found: &'a Findings, order: &Order<'a>) -> Table<'a> {
    type Take = fn(&crate::evidence::EdgeEvidence) -> Cell<'static>;
    let columns: [(&str, Holds, Take); 12] = [
        ("selection_objects", Holds::Whole, |it| Cell::Whole(it.selection.found.both.into())),
        ("selection_expected", Holds::Real, |it| Cell::Real(it.selection.found.expected)),
        ("selection_p", Holds::Real, |it| Cell::Real(it.selection.found.p)),
        ("selection_q", Holds::Real, |it| Cell::Real(it.selection.q)),
        ("selection_passes", Holds::Whole, |it| Cell::Whole(it.selection.passes.into())),
        ("synchrony_occasions", Holds::Whole, |it| {
            Cell::Whole(it.synchrony.found.occasions.into())
        }),
        ("synchrony_in_step", Holds::Whole, |it| Cell::Whole(it.synchrony.found.in_step.into())),
        ("synchrony_expected", Holds::Real, |it| Cell::Real(it.synchrony.found.expected)),
        ("synchrony_compared", Holds::Whole, |it| Cell::Whole(it.synchrony.found.compared.into())),
        ("synchrony_p", Holds::Real, |it| Cell::Real(it.synchrony.found.p)),
        ("synchrony_q", Holds::Real, |it| Cell::Real(it.synchrony.q)),
        ("synchrony_passes", Holds::Whole, |it| Cell::Whole(it.synchrony.passes.into())),
    ];
    for (name, holds, take) in columns {
        let order = order.clone();
        table = table
            .with(name, holds, move |row| found.evidence_of(order[row].1).map_or(Cell::None, take));
    }
    table
}

/// The toolkit's edges: one for each direction, by its least weight.
fn directed<'a>(found: &'a Findings, shares: &'a Shares) -> Table<'a> {
    let least = found.question.min_weight;
    let mut rows: Vec<(&str, &str, u32)> = Vec::new();
    for edge in &found.network.edges.list {
        let (a, b) = (shares.accounts.name(edge.a.0), shares.accounts.name(edge.b.0));
        let both = [(a, b, edge.contents_a), (b, a, edge.contents_b)];
        rows.extend(both.into_iter().filter(|(.., weight)| *weight >= least));
    }
    rows.sort_unstable();
    let rows = Rc::new(rows);
    let (one, other, weight) = (rows.clone(), rows.clone(), rows.clone());
    Table::new("edges", rows.len())
        .with("source", Holds::Text, move |row| Cell::Text(one[row].0))
        .with("target", Holds::Text, move |row| Cell::Text(other[row].1))
        .with("weight", Holds::Whole, move |row| Cell::Whole(i64::from(weight[row].2)))
}

/// The table of pairs of shares.
pub fn pairs<'a>(pairs: &'a [PairOfShares], shares: &'a Shares) -> Table<'a> {
    let account = |account: AccountNo| Cell::Text(shares.accounts.name(account.0));
    let post = |post: Option<&'a str>| post.map_or(Cell::None, Cell::Text);
    let file = |(file, _): (u32, u64)| {
        shares.files.get(file as usize).map_or(Cell::None, |file| Cell::Text(&file.name))
    };
    Table::new("pairs", pairs.len())
        .with("object_id", Holds::Text, |row| Cell::Text(shares.objects.name(pairs[row].object.0)))
        .with("object_kind", Holds::Text, |row| {
            Cell::Text(shares.kind_of(pairs[row].object).name())
        })
        .with("account_id", Holds::Text, move |row| account(pairs[row].older.account))
        .with("account_id_y", Holds::Text, move |row| account(pairs[row].newer.account))
        .with("content_id", Holds::Text, move |row| post(pairs[row].older.post(shares)))
        .with("content_id_y", Holds::Text, move |row| post(pairs[row].newer.post(shares)))
        .with("time_delta", Holds::Real, |row| Cell::Real(seconds(pairs[row].lag())))
        .with("time", Holds::Time, |row| Cell::Time(pairs[row].older.micros))
        .with("time_y", Holds::Time, |row| Cell::Time(pairs[row].newer.micros))
        .with("file", Holds::Text, move |row| file(pairs[row].older.place(shares)))
        .with("row", Holds::Whole, |row| Cell::Whole(pairs[row].older.place(shares).1 as i64))
        .with("file_y", Holds::Text, move |row| file(pairs[row].newer.place(shares)))
        .with("row_y", Holds::Whole, |row| Cell::Whole(pairs[row].newer.place(shares).1 as i64))
}

/// The table of accounts in edges.
pub fn accounts<'a>(found: &'a Findings, shares: &'a Shares) -> Table<'a> {
    let mut numbers: Vec<u32> = found.accounts.keys().copied().collect();
    numbers.sort_unstable_by_key(|number| shares.accounts.name(*number));
    let numbers = Rc::new(numbers);
    let number = || {
        let numbers = numbers.clone();
        move |row: usize| numbers[row]
    };
    let facts = || {
        let numbers = numbers.clone();
        move |row: usize| found.accounts.get(&numbers[row]).copied().unwrap_or_default()
    };
    let (n1, n2, n3) = (number(), number(), number());
    let (f1, f2, f3, f4, f5) = (facts(), facts(), facts(), facts(), facts());
    Table::new("accounts", numbers.len())
        .with("account_id", Holds::Text, move |row| Cell::Text(shares.accounts.name(n1(row))))
        .with("n_shares", Holds::Whole, move |row| {
            Cell::Whole(i64::from(shares.of_account[n2(row) as usize]))
        })
        .with("n_shares_in_pairs", Holds::Whole, move |row| {
            let n = found.network.matched.get(n3(row) as usize);
            n.map_or(Cell::None, |n| Cell::Whole(i64::from(*n)))
        })
        .with("n_pairs", Holds::Whole, move |row| Cell::Whole(f1(row).pairs as i64))
        .with("n_partners", Holds::Whole, move |row| Cell::Whole(i64::from(f2(row).partners)))
        .with("group", Holds::Whole, move |row| {
            f3(row).group.map_or(Cell::None, |group| Cell::Whole(i64::from(group) + 1))
        })
        .with("first_share", Holds::Time, move |row| {
            f4(row).span.map_or(Cell::None, |span| Cell::Time(span.0))
        })
        .with("last_share", Holds::Time, move |row| {
            f5(row).span.map_or(Cell::None, |span| Cell::Time(span.1))
        })
}

/// The table of groups.
pub fn groups<'a>(found: &'a Findings, shares: &'a Shares) -> Table<'a> {
    let groups = &found.groups;
    Table::new("groups", groups.len())
        .with("group", Holds::Whole, |row| Cell::Whole(row as i64 + 1))
        .with("n_accounts", Holds::Whole, |row| Cell::Whole(groups[row].members.len() as i64))
        .with("n_edges", Holds::Whole, |row| Cell::Whole(i64::from(groups[row].edges)))
        .with("density", Holds::Real, |row| Cell::Real(groups[row].density))
        .with("n_pairs", Holds::Whole, |row| Cell::Whole(groups[row].pairs as i64))
        .with("n_object_id", Holds::Whole, |row| Cell::Whole(i64::from(groups[row].objects)))
        .with("median_time_delta", Holds::Real, |row| Cell::Real(seconds(groups[row].lag_median)))
        .with("first_share", Holds::Time, |row| Cell::Time(groups[row].first))
        .with("last_share", Holds::Time, |row| Cell::Time(groups[row].last))
        .with("top_objects", Holds::Text, |row| {
            let names = groups[row].top.iter().map(|(object, _)| shares.objects.name(object.0));
            Cell::Made(names.collect::<Vec<_>>().join(" | "))
        })
        .with("accounts", Holds::Text, |row| {
            let names = groups[row].members.iter().map(|it| shares.accounts.name(it.0));
            Cell::Made(names.collect::<Vec<_>>().join(" | "))
        })
}

/// The table of objects with pairs.
pub fn objects<'a>(cascades: &'a [Cascade], shares: &'a Shares) -> Table<'a> {
    Table::new("objects", cascades.len())
        .with("object_id", Holds::Text, |row| {
            Cell::Text(shares.objects.name(cascades[row].object.0))
        })
        .with("object_kind", Holds::Text, |row| {
            Cell::Text(shares.kind_of(cascades[row].object).name())
        })
        .with("n_shares", Holds::Whole, |row| Cell::Whole(i64::from(cascades[row].shares)))
        .with("n_accounts", Holds::Whole, |row| Cell::Whole(i64::from(cascades[row].accounts)))
        .with("n_pairs", Holds::Whole, |row| Cell::Whole(cascades[row].pairs as i64))
        .with("first_account", Holds::Text, |row| {
            Cell::Text(shares.accounts.name(cascades[row].first_by.0))
        })
        .with("first_share", Holds::Time, |row| Cell::Time(cascades[row].first))
        .with("half_shared", Holds::Time, |row| Cell::Time(cascades[row].half))
        .with("last_share", Holds::Time, |row| Cell::Time(cascades[row].last))
}

/// Whether an edge passes one of its tests, in words.
pub fn passes(found: &Findings, edge: usize) -> &'static str {
    match found.evidence_of(edge) {
        None => "not tested",
        Some(it) if it.selection.passes && it.synchrony.passes => "both",
        Some(it) if it.selection.passes => "selection",
        Some(it) if it.synchrony.passes => "synchrony",
        Some(_) => "neither",
    }
}
