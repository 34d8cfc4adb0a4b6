//! Telegram's limits on what a bot sends: overall, to one chat, to one group.
//!
//! teloxide's Throttle keeps them too, but looks at its queue four times a second, holds thirty messages for all chats
//! together, and stands still for everybody when one chat is told to wait. Here each chat waits for itself.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio::time::Instant;

/// Chats remembered before those without recent messages are forgotten.
const MAX_CHATS: usize = 10_000;

/// <https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this>
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    pub per_second: NonZeroU32,
    pub chat_per_second: NonZeroU32,
    pub group_per_minute: NonZeroU32,
}

/// Lets messages out no faster than Telegram takes them.
pub struct Pacer {
    overall: DefaultDirectRateLimiter,
    chats: DefaultKeyedRateLimiter<i64>,
    groups: DefaultKeyedRateLimiter<i64>,
    /// Chats told to wait, and until when.
    held: Mutex<HashMap<i64, Instant>>,
}

impl Pacer {
    pub fn new(pace: Pace) -> Pacer {
        Pacer {
            overall: RateLimiter::direct(Quota::per_second(pace.per_second)),
            chats: RateLimiter::keyed(Quota::per_second(pace.chat_per_second)),
            groups: RateLimiter::keyed(Quota::per_minute(pace.group_per_minute)),
            held: Mutex::new(HashMap::new()),
        }
    }

    /// Returns when a message may go to `chat`; groups and channels have negative numbers.
    pub async fn wait(&self, chat: i64) {
        loop {
            let until = self.held.lock().unwrap_or_else(PoisonError::into_inner).get(&chat).copied();
            match until.filter(|until| *until > Instant::now()) {
                Some(until) => tokio::time::sleep_until(until).await,
                None => break,
            }
        }
        if chat < 0 {
            self.groups.until_key_ready(&chat).await;
        }
        self.chats.until_key_ready(&chat).await;
        self.overall.until_ready().await;
    }

    /// Lets nothing go to `chat` for `pause`.
    pub fn hold(&self, chat: i64, pause: Duration) {
        let now = Instant::now();
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, until| *until > now);
        held.insert(chat, now + pause);
    }

    /// Forgets chats that have been silent, when there are many.
    pub fn tidy(&self) {
        if self.chats.len() > MAX_CHATS {
            self.chats.retain_recent();
            self.groups.retain_recent();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pacer(per_second: u32, chat_per_second: u32, group_per_minute: u32) -> Pacer {
        let number = |number| NonZeroU32::new(number).unwrap();
        Pacer::new(Pace {
            per_second: number(per_second),
            chat_per_second: number(chat_per_second),
            group_per_minute: number(group_per_minute),
        })
    }

    async fn waits(pacer: &Pacer, chat: i64) -> bool {
        tokio::time::timeout(Duration::from_millis(5), pacer.wait(chat)).await.is_err()
    }

    #[tokio::test]
    async fn a_second_message_to_one_chat_waits_and_other_chats_do_not() {
        let pacer = pacer(30, 1, 20);
        assert!(!waits(&pacer, 1).await);
        assert!(waits(&pacer, 1).await);
        assert!(!waits(&pacer, 2).await);
    }

    #[tokio::test]
    async fn a_group_takes_so_many_a_minute() {
        let pacer = pacer(1000, 1000, 3);
        for _ in 0..3 {
            assert!(!waits(&pacer, -1).await);
        }
        assert!(waits(&pacer, -1).await);
        for _ in 0..4 {
            assert!(!waits(&pacer, 1).await, "a private chat has no limit a minute");
        }
    }

    #[tokio::test]
    async fn everybody_together_is_limited_too() {
        let pacer = pacer(1, 1000, 1000);
        assert!(!waits(&pacer, 1).await);
        assert!(waits(&pacer, 2).await);
    }

    #[tokio::test]
    async fn a_chat_told_to_wait_holds_nobody_else() {
        let pacer = pacer(1000, 1000, 1000);
        pacer.hold(1, Duration::from_secs(60));
        assert!(waits(&pacer, 1).await);
        assert!(!waits(&pacer, 2).await);
    }
}
