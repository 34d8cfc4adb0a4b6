//! Exit codes.

use std::error::Error;
use std::io;

use crate::transports::telegram::Ended;

/// Exit code of a user's error: a bad argument, a bad file, a bad setting.
const USER: u8 = 2;
/// Exit code of an error of ours; EX_SOFTWARE of sysexits.h.
const OURS: u8 = 70;
/// Exit code when another program polls with the same token; EX_TEMPFAIL of sysexits.h.
const CONFLICT: u8 = 75;
/// Exit code when Telegram refuses the token; EX_NOPERM of sysexits.h.
const BAD_TOKEN: u8 = 77;

/// An error the user can mend.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct UserError {
    message: String,
}

impl UserError {
    pub fn new(message: impl Into<String>) -> UserError {
        UserError { message: message.into() }
    }

    /// Takes the message of `error` and of what caused it.
    pub fn from_error(error: impl Error) -> UserError {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(next) = cause {
            message.push_str(": ");
            message.push_str(&next.to_string());
            cause = next.source();
        }
        UserError { message }
    }
}

/// The exit code for `error`; `None` when a closed pipe ended the output, which is no error.
pub fn exit_code(error: &anyhow::Error) -> Option<u8> {
    let is_closed_pipe = |cause: &(dyn Error + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|io| io.kind() == io::ErrorKind::BrokenPipe)
    };
    if error.chain().any(is_closed_pipe) {
        return None;
    }
    if let Some(ended) = error.chain().find_map(|cause| cause.downcast_ref::<Ended>()) {
        return Some(match ended {
            Ended::BadToken => BAD_TOKEN,
            Ended::Conflict => CONFLICT,
            Ended::BadWebhook { .. } => USER,
        });
    }
    Some(if error.chain().any(|cause| cause.is::<UserError>()) { USER } else { OURS })
}
