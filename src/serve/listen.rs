//! Takes connections, and sees to it that nobody keeps one for nothing.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_rustls::server::TlsStream;

use super::line::{Caller, Doom, Line};
use super::tls::Tls;

/// How long what is being answered may still take when the server stops.
const GRACE: Duration = Duration::from_secs(1);

/// What one caller may take of the server.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many connections a port has at once; who comes then waits for one to end.
    pub connections: usize,
    /// How long the head of a request may take, and how long a connection may lie idle before it.
    pub head: Duration,
    /// How long the body of a request may take.
    pub body: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 4096, head: Duration::from_secs(75), body: Duration::from_secs(30) }
    }
}

/// Answers whoever connects, until it is told to stop.
pub(super) async fn listen<F, A>(
    listener: TcpListener,
    limits: Limits,
    tls: Option<Tls>,
    mut stop: watch::Receiver<bool>,
    answer: F,
) where
    F: Fn(Request, Caller) -> A + Clone + Send + 'static,
    A: Future<Output = Response> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(limits.connections));
    loop {
        let next = async {
            // Nobody closes the semaphore.
            let place = Arc::clone(&places).acquire_owned().await.ok();
            (accept(&listener).await, place)
        };
        let ((stream, address), place) = tokio::select! {
            next = next => next,
            // An error means that the server was dropped.
            _ = stop.wait_for(|stop| *stop) => return,
        };
        let (mut stop, tls, answer) = (stop.clone(), tls.clone(), answer.clone());
        tokio::spawn(async move {
            // A refusal costs a little speed and nothing else.
            let _ = stream.set_nodelay(true);
            let doom = Doom::default();
            let caller = Caller { address, doom: doom.clone() };
            let Some(tls) = tls else {
                return serve(Line::new(stream, doom), caller, limits, stop, answer, place).await;
            };
            let shaken = tokio::select! {
                shaken = tokio::time::timeout(limits.head, shake(stream, doom, &tls)) => shaken,
                _ = stop.wait_for(|stop| *stop) => return,
            };
            // Who is too slow, or does not trust us, is gone.
            match shaken {
                Ok(Ok(Shaken::Secure(line))) => serve(*line, caller, limits, stop, answer, place).await,
                Ok(Ok(Shaken::Plain(line))) => serve(line, caller, limits, stop, answer, place).await,
                Ok(Err(_)) | Err(_) => {}
            }
        });
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            // Out of files, mostly: some will be closed soon.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// A connection once it is clear how it speaks.
enum Shaken {
    Plain(Line),
    Secure(Box<TlsStream<Line>>),
}

async fn shake(stream: TcpStream, doom: Doom, tls: &Tls) -> io::Result<Shaken> {
    let wanted = tls.wanted(&stream).await?;
    let line = Line::new(stream, doom);
    Ok(match wanted {
        Some(acceptor) => Shaken::Secure(Box::new(acceptor.accept(line).await?)),
        None => Shaken::Plain(line),
    })
}

/// Answers on one connection until it ends; `place` is kept that long.
async fn serve<F, A>(
    line: impl AsyncRead + AsyncWrite + Unpin + Send,
    caller: Caller,
    limits: Limits,
    mut stop: watch::Receiver<bool>,
    answer: F,
    place: Option<OwnedSemaphorePermit>,
) where
    F: Fn(Request, Caller) -> A + Send + 'static,
    A: Future<Output = Response> + Send + 'static,
{
    let line = TokioIo::new(line);
    let service = service_fn(move |request: http::Request<Incoming>| {
        let answered = answer(request.map(Body::new), caller.clone());
        async { Ok::<_, Infallible>(answered.await) }
    });
    let mut builder = http1::Builder::new();
    let builder = builder.timer(TokioTimer::new()).header_read_timeout(limits.head);
    let mut connection = pin!(builder.serve_connection(line, service));
    let stopped = async {
        // An error means that the server was dropped.
        let _ = stop.wait_for(|stop| *stop).await;
    };
    // Whatever breaks a connection is the caller's affair.
    tokio::select! {
        _ = connection.as_mut() => {}
        () = stopped => {
            connection.as_mut().graceful_shutdown();
            let _ = tokio::time::timeout(GRACE, connection).await;
        }
    }
    drop(place);
}
