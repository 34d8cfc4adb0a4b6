//! One bounded queue a chat: chats are served side by side, each in its own order.
//!
//! A chat that floods fills its own queue and no other; teloxide's dispatcher would wait for it, and with it everybody.

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::hash::Hash;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

/// What is done with a job.
pub type Work<J> = Box<dyn Fn(J) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// Queues by key, each worked off by a task of its own while it is not empty.
pub struct Queues<K, J> {
    /// A key stands here while its task runs.
    waiting: Mutex<HashMap<K, VecDeque<J>>>,
    depth: usize,
    work: Work<J>,
    is_idle: Notify,
}

impl<K, J> Queues<K, J>
where
    K: Hash + Eq + Clone + Send + 'static,
    J: Send + 'static,
{
    /// `depth` is how many jobs of one key wait at most.
    pub fn new(depth: usize, work: Work<J>) -> Arc<Queues<K, J>> {
        Arc::new(Queues {
            waiting: Mutex::new(HashMap::new()),
            depth: depth.max(1),
            work,
            is_idle: Notify::new(),
        })
    }

    /// Adds a job behind the others of its key; gives it back when the queue is full.
    ///
    /// # Errors
    /// The job itself, when as many wait already.
    pub fn push(self: &Arc<Self>, key: K, job: J) -> Result<(), J> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = waiting.get_mut(&key) {
            if queue.len() >= self.depth {
                return Err(job);
            }
            queue.push_back(job);
            return Ok(());
        }
        waiting.insert(key.clone(), VecDeque::new());
        drop(waiting);
        let queues = Arc::clone(self);
        tokio::spawn(async move { queues.work_off(key, job).await });
        Ok(())
    }

    async fn work_off(self: Arc<Self>, key: K, first: J) {
        let mut job = first;
        loop {
            // A job that panics takes its own task down, not the queue's.
            let _ = tokio::spawn((self.work)(job)).await;
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            match waiting.get_mut(&key).and_then(VecDeque::pop_front) {
                Some(next) => job = next,
                None => {
                    waiting.remove(&key);
                    if waiting.is_empty() {
                        self.is_idle.notify_waiters();
                    }
                    return;
                }
            }
        }
    }

    /// Drops every job that has not been begun.
    pub fn clear(&self) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).values_mut().for_each(VecDeque::clear);
    }

    /// Returns when nothing is being worked on.
    pub async fn idle(&self) {
        loop {
            let idle = self.is_idle.notified();
            if self.n_busy() == 0 {
                return;
            }
            idle.await;
        }
    }

    /// Keys whose jobs are being worked on.
    pub fn n_busy(&self) -> usize {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::sync::{Semaphore, mpsc};

    #[tokio::test]
    async fn a_full_queue_refuses_its_own_and_delays_nobody_else() {
        let gate = Arc::new(Semaphore::new(0));
        let (done, mut results) = mpsc::unbounded_channel();
        let work_gate = Arc::clone(&gate);
        let queues = Queues::new(
            2,
            Box::new(move |(key, n): (i64, i32)| {
                let (gate, done) = (Arc::clone(&work_gate), done.clone());
                Box::pin(async move {
                    if key == 1 {
                        let _permit = gate.acquire().await;
                    }
                    done.send((key, n)).unwrap();
                })
            }),
        );
        for n in 0..3 {
            assert!(queues.push(1, (1, n)).is_ok());
        }
        assert_eq!(queues.push(1, (1, 3)), Err((1, 3)));
        assert!(queues.push(2, (2, 9)).is_ok());
        let first = tokio::time::timeout(Duration::from_secs(5), results.recv()).await.unwrap();
        assert_eq!(first, Some((2, 9)));
        gate.add_permits(10);
        for n in 0..3 {
            assert_eq!(results.recv().await, Some((1, n)), "in order");
        }
        tokio::time::timeout(Duration::from_secs(5), queues.idle()).await.unwrap();
    }

    #[tokio::test]
    async fn a_job_that_panics_does_not_end_its_queue() {
        let (done, mut results) = mpsc::unbounded_channel();
        let queues = Queues::new(
            8,
            Box::new(move |n: i32| {
                let done = done.clone();
                Box::pin(async move {
                    assert_ne!(n, 1, "panics here");
                    done.send(n).unwrap();
                })
            }),
        );
        for n in 0..3 {
            queues.push((), n).unwrap();
        }
        assert_eq!((results.recv().await, results.recv().await), (Some(0), Some(2)));
    }
}
