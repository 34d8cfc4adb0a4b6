//! Exit codes.

use std::error::Error;
use std::io;

/// Exit code of a user's error: a bad argument, a bad file, a bad setting.
const USER: u8 = 2;
/// Exit code of an error of ours; EX_SOFTWARE of sysexits.h.
const OURS: u8 = 70;

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
    Some(if error.chain().any(|cause| cause.is::<UserError>()) { USER } else { OURS })
}
