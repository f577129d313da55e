//! How an exchange with somebody's server got lost: what to look at differs.

use std::error::Error;
use std::io;
use std::time::Duration;

use hyper_util::client::legacy;
use tokio_rustls::rustls;
use tokio_rustls::rustls::{CertificateError, InvalidMessage};

/// What a shop's failure to answer a callback in time begins with.
const UNANSWERED: &str = "was not answered within ";
/// What one that it broke off begins with.
const CUT_OFF: &str = "was cut off in the middle of the answer: ";
/// What an answer begins with that is none.
const NO_HTTP: &str = "was answered with something that is no HTTP: ";
/// What the reason begins with where https does not come about.
const NO_HTTPS: &str = "https does not come about: ";

/// How an exchange got lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    /// Nobody takes the connection.
    Unconnected,
    /// No answer came in time.
    Silent,
    /// The connection was taken, and closed before the answer was whole.
    Closed,
    /// What came is no HTTP.
    NoHttp,
    /// Somebody is there, and no secure connection comes about with them.
    Untrusted,
}

impl Lost {
    /// How this one did.
    pub(crate) fn of(error: &(dyn Error + 'static)) -> Self {
        if secure(error).is_some() {
            return Self::Untrusted;
        }
        if let Some(error) = error.downcast_ref::<legacy::Error>()
            && error.is_connect()
        {
            return Self::Unconnected;
        }
        let is_garbled = |cause: &&(dyn Error + 'static)| {
            cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse)
        };
        if chain(error).any(|cause| is_garbled(&cause)) { Self::NoHttp } else { Self::Closed }
    }
}

/// What became of a callback that brought no status back; why no connection came about is told by that alone.
pub(crate) fn told(lost: Lost, why: &str, patience: Duration) -> String {
    match lost {
        Lost::Unconnected | Lost::Untrusted => why.to_owned(),
        Lost::Silent => format!("{UNANSWERED}{} s", patience.as_secs()),
        Lost::Closed => format!("{CUT_OFF}{why}"),
        Lost::NoHttp => format!("{NO_HTTP}{why}"),
    }
}

/// Whether a callback arrived that failed so: somebody listens there, and does not answer it.
#[cfg(feature = "cli")]
pub(crate) fn arrived(failure: &str) -> bool {
    [UNANSWERED, CUT_OFF, NO_HTTP].iter().any(|known| failure.starts_with(known))
}

/// Whether one failed because no secure connection came about.
#[cfg(feature = "cli")]
pub(crate) fn untrusted(failure: &str) -> bool {
    failure.starts_with(NO_HTTPS)
}

/// The error with its causes: the outermost alone says little. What is wrong with https is told in words of ours.
pub(crate) fn reasons(error: &(dyn Error + 'static)) -> String {
    if let Some(refusal) = secure(error) {
        return format!("{NO_HTTPS}{}", refused(refusal));
    }
    // That the client could not connect is said again by what it did not succeed in.
    let skipped = usize::from(error.is::<legacy::Error>() && error.source().is_some());
    chain(error).skip(skipped).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// An error and its causes.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let this = next?;
        next = this.source();
        Some(this)
    })
}

/// What https has to say, if that is the cause. An error of input and output holds its cause, maybe another of them,
/// and does not name it.
fn secure<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    chain(error).find_map(|cause| {
        let mut cause = cause;
        while let Some(within) = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            cause = within;
        }
        cause.downcast_ref::<rustls::Error>()
    })
}

/// Why no secure connection came about, and what to do.
fn refused(error: &rustls::Error) -> String {
    let own_words = match error {
        rustls::Error::InvalidCertificate(wrong) => match wrong {
            CertificateError::UnknownIssuer => {
                "the shop's certificate is not trusted. Give the certificate of the authority that has signed it with \
                 --callback-ca FILE (mkcert's is $(mkcert -CAROOT)/rootCA.pem)"
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "the shop's certificate has expired. Make a new one"
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "the shop's certificate is not valid yet. Look at the clock of the machine that made it"
            }
            CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
                "the shop's certificate has signed itself, and is not trusted. Give this very certificate with \
                 --callback-ca FILE"
            }
            _ => "",
        },
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            "what answers there does not speak https. Write http:// if it speaks http"
        }
        _ => "",
    };
    if own_words.is_empty() { error.to_string() } else { own_words.to_owned() }
}
