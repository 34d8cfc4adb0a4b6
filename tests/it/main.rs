//! Tests that see the program only through its public door.

mod answers;
mod cli;
mod contrib;
mod digests;
mod faults;
mod http;
mod imports;
mod layers;
mod near_misses;
mod serve;
mod served;
mod state;
mod telegram_buttons;
mod telegram_faults;
mod telegram_groups;
mod telegram_health;
mod telegram_inline;
mod telegram_limits;
mod telegram_pages;
mod telegram_private;
mod telegram_profile;
mod telegram_scene;
mod telegram_stand_in;
mod telegram_webhook;

#[path = "../stand_in/mod.rs"]
#[expect(dead_code, reason = "the bench uses the rest of it")]
mod stand_in;

#[path = "../kills/mod.rs"]
mod kills;
