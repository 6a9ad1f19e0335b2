//! The same function over many items, on several threads, with the results in the order of the items.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Items a thread takes at a time. It does not depend on the number of threads, so what is summed
/// within a part is summed the same way on any machine.
const PART: usize = 1024;

/// How many threads the machine offers.
pub fn threads_here() -> NonZeroUsize {
    crate::threads::cores()
}

/// `work` on each part of the items, results in order. The parts are the same for any number of
/// threads.
pub fn parts<T: Sync, R: Send>(
    items: &[T],
    threads: NonZeroUsize,
    work: impl Fn(usize, &[T]) -> R + Sync,
) -> Vec<R> {
    let parts: Vec<&[T]> = items.chunks(PART).collect();
    let threads = threads.get().min(parts.len());
    if threads <= 1 {
        return parts.iter().enumerate().map(|(at, part)| work(at * PART, part)).collect();
    }
    let next = AtomicUsize::new(0);
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut mine = Vec::new();
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(part) = parts.get(at) else { return mine };
                        mine.push((at, work(at * PART, part)));
                    }
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| {
                worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// `work` on each item, results in order.
pub fn each<T: Sync, R: Send>(
    items: &[T],
    threads: NonZeroUsize,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    parts(items, threads, |_, part| part.iter().map(&work).collect::<Vec<R>>())
        .into_iter()
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_the_items() {
        let items: Vec<u64> = (0..10_000).collect();
        for threads in [1, 2, 7] {
            let threads = NonZeroUsize::new(threads).unwrap();
            assert!(
                each(&items, threads, |it| it * 3).iter().copied().eq((0..10_000).map(|it| it * 3))
            );
            let sums = parts(&items, threads, |at, part| (at as u64, part.iter().sum::<u64>()));
            assert_eq!(sums.len(), 10);
            assert!(sums.iter().all(|(at, _)| at % PART as u64 == 0));
            assert_eq!(sums.iter().map(|(_, sum)| sum).sum::<u64>(), 49_995_000);
        }
        assert!(each(&[] as &[u8], threads_here(), |it| *it).is_empty());
    }
}
