//! Takes connections up, but for those that lead to one address which is shut.

use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::task::{Context, Poll};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower::Service;

use super::Resolver;

/// An address of this machine that nothing is sent to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shut {
    /// Where somebody listens; an unspecified address means all of this machine's.
    pub(crate) address: SocketAddr,
    /// Why not, for whoever wanted to go there.
    pub(crate) why: &'static str,
}

impl Shut {
    /// Whether a connection has come out there. It is asked of the connection itself: names, spellings of addresses
    /// and detours are behind it by then.
    fn is_behind(&self, local: IpAddr, peer: SocketAddr) -> bool {
        let (own, ip, local) =
            (self.address.ip().to_canonical(), peer.ip().to_canonical(), local.to_canonical());
        let is_here = own == ip || (own.is_unspecified() && (ip.is_loopback() || ip == local));
        is_here && peer.port() == self.address.port()
    }

    fn check(&self, stream: &TcpStream) -> io::Result<()> {
        let is_behind = self.is_behind(stream.local_addr()?.ip(), stream.peer_addr()?);
        if is_behind { Err(io::Error::other(self.why)) } else { Ok(()) }
    }
}

/// What connects.
#[derive(Clone, Debug)]
pub(crate) struct Connector {
    pub(super) http: HttpConnector<Resolver>,
    pub(super) shut: Option<Shut>,
}

impl Service<Uri> for Connector {
    type Response = TokioIo<TcpStream>;
    type Error = Box<dyn Error + Send + Sync>;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.http.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let (connecting, shut) = (self.http.call(uri), self.shut);
        async move {
            let stream = connecting.await?;
            shut.map_or(Ok(()), |shut| shut.check(stream.inner()))?;
            Ok(stream)
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_comes_out_at_the_address_is_behind_it() {
        let is_behind = |own: &str, local: &str, peer: &str| {
            let shut = Shut { address: own.parse().expect(own), why: "shut" };
            shut.is_behind(local.parse().expect(local), peer.parse().expect(peer))
        };
        assert!(is_behind("127.0.0.1:4700", "127.0.0.1", "127.0.0.1:4700"));
        assert!(is_behind("127.0.0.1:4700", "::ffff:127.0.0.1", "[::ffff:127.0.0.1]:4700"));
        assert!(is_behind("0.0.0.0:4700", "10.0.0.7", "10.0.0.7:4700"));
        assert!(is_behind("[::]:4700", "127.0.0.1", "127.0.0.2:4700"));
        assert!(!is_behind("127.0.0.1:4700", "127.0.0.1", "127.0.0.1:3000"));
        assert!(!is_behind("127.0.0.1:4700", "10.0.0.7", "10.0.0.7:4700"), "somebody else listens there");
        assert!(!is_behind("0.0.0.0:4700", "10.0.0.7", "10.0.0.8:4700"), "another machine");
    }
}
