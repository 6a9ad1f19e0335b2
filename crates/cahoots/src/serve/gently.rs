//! Long work that gives way: on the same machine a browser is drawing pages.

use tokio::sync::oneshot;

/// How much an hour of such work yields to an hour of other work: the scale of `nice`.
#[cfg(target_os = "linux")]
const GIVES_WAY: i32 = 5;

/// Runs `work` on a thread of its own, behind everything else that the machine has to do; threads
/// that it starts are behind, too. `None` when it panicked.
///
/// Only Linux has priorities of threads; elsewhere it is a thread like any other.
pub async fn gently<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (give, wait) = oneshot::channel();
    let run = move || {
        // A thread with its usual priority does the same work.
        #[cfg(target_os = "linux")]
        let _ = rustix::process::nice(GIVES_WAY);
        // Whoever asked may have gone.
        drop(give.send(work()));
    };
    let started = std::thread::Builder::new().name("cahoots-long".to_owned()).spawn(run);
    started.ok()?;
    wait.await.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn priority() -> i32 {
        #[cfg(target_os = "linux")]
        return rustix::process::getpriority_process(None).unwrap();
        #[cfg(not(target_os = "linux"))]
        0
    }

    #[test]
    fn only_the_work_and_its_threads_give_way() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let before = priority();
        let inner = || std::thread::spawn(priority).join().unwrap();
        let there = runtime.block_on(gently(move || (priority(), inner()))).unwrap();
        if cfg!(target_os = "linux") {
            let behind = (before + 5).min(19);
            assert_eq!(there, (behind, behind));
        }
        assert_eq!(priority(), before);
        assert!(runtime.block_on(gently(|| -> u8 { panic!("as it happens") })).is_none());
    }
}
