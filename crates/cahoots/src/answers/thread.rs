//! The messages an item belongs with.

use anyhow::Result;
use cahoots_record::ItemOrd;
use cahoots_store::{Parts, StoredItem};
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::Desk;
use crate::item_json::{Line, line};

/// A thread in reading order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ThreadAnswer {
    /// `cahoots/thread/1`.
    pub schema: &'static str,
    pub items: Vec<ThreadLine>,
    /// Native ids that items of the thread refer to and that the record does not hold.
    pub missing: Vec<String>,
}

/// An item of a thread.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ThreadLine {
    #[serde(flatten)]
    pub line: Line,
    /// How deep in the tree of answers it stands.
    pub depth: u32,
}

/// A thread with its items.
pub struct Thread {
    pub items: Vec<(StoredItem, u32)>,
    pub missing: Vec<String>,
}

/// The thread of an item.
///
/// # Errors
/// When the case cannot be read.
pub fn thread(desk: &Desk, ord: ItemOrd) -> Result<Thread> {
    let tree = desk.case().thread_tree(ord)?;
    let ords: Vec<ItemOrd> = tree.nodes.iter().map(|node| node.item).collect();
    let items = desk.case().items(&ords, Parts::Text)?;
    let depths = tree.nodes.iter().map(|node| node.depth);
    Ok(Thread { items: items.into_iter().zip(depths).collect(), missing: tree.missing })
}

/// The answer in JSON.
pub fn answer(desk: &Desk, thread: &Thread) -> ThreadAnswer {
    let of = |(stored, depth): &(StoredItem, u32)| ThreadLine {
        line: line(desk.case(), stored, None),
        depth: *depth,
    };
    ThreadAnswer {
        schema: "cahoots/thread/1",
        items: thread.items.iter().map(of).collect(),
        missing: thread.missing.clone(),
    }
}
