//! Work on several threads, in tasks that each of them asks for.

use std::num::NonZeroUsize;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::names::SHARDS;
use crate::spill::SpillError;

/// Threads that the machine runs at once: asked of the system, which reads several files for it,
/// only once.
pub(crate) fn cores() -> NonZeroUsize {
    static CORES: LazyLock<NonZeroUsize> =
        LazyLock::new(|| std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN));
    *CORES
}

/// Does something for each shard on several threads; results in the order of the shards.
pub(crate) fn by_shard<T: Send>(threads: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let mut results: Vec<(usize, T)> = on_threads(threads, |next| {
        let mut own = Vec::new();
        while let Some(shard) = next() {
            own.push((shard, work(shard)));
        }
        Ok(own)
    })
    .unwrap_or_default()
    .into_iter()
    .flatten()
    .collect();
    results.sort_unstable_by_key(|(shard, _)| *shard);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Does two things, at the same time where there are threads for it.
pub(crate) fn both<T: Send>(
    threads: usize,
    one: impl FnOnce() -> T + Send,
    other: impl FnOnce() -> T,
) -> [T; 2] {
    if threads <= 1 {
        return [one(), other()];
    }
    std::thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        match one.join() {
            Ok(one) => [one, other],
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Runs `work` on several threads; each asks for one shard after another.
pub(crate) fn on_threads<T: Send>(
    threads: usize,
    work: impl Fn(&dyn Fn() -> Option<usize>) -> Result<T, SpillError> + Sync,
) -> Result<Vec<T>, SpillError> {
    tasks(threads, SHARDS, work)
}

/// Runs `work` on several threads, this one among them; each asks for the next of `n` tasks until
/// there is none.
pub(crate) fn tasks<T: Send>(
    threads: usize,
    n: usize,
    work: impl Fn(&dyn Fn() -> Option<usize>) -> Result<T, SpillError> + Sync,
) -> Result<Vec<T>, SpillError> {
    let counter = AtomicUsize::new(0);
    let next = || Some(counter.fetch_add(1, Relaxed)).filter(|task| *task < n);
    if threads.min(n) <= 1 {
        return Ok(vec![work(&next)?]);
    }
    std::thread::scope(|scope| {
        let (work, next) = (&work, &next);
        let handles: Vec<_> =
            (1..threads.min(n)).map(|_| scope.spawn(move || work(next))).collect();
        let mut results = Vec::with_capacity(handles.len() + 1);
        results.push(work(next)?);
        for handle in handles {
            match handle.join() {
                Ok(result) => results.push(result?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(results)
    })
}
