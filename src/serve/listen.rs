//! Takes connections, and sees to it that nobody keeps one for nothing.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use provkassa_simulators::kit::problem::Problem;
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
    /// How many of a port's connections may follow a stream beside these.
    pub streams: usize,
    /// How long the head of a request may take, and how long a connection may lie idle before it.
    pub head: Duration,
    /// How long the body of a request may take.
    pub body: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            streams: 1024,
            head: Duration::from_secs(75),
            body: Duration::from_secs(30),
        }
    }
}

/// Answers whoever connects, until it is told to stop.
pub(crate) async fn listen<F, A>(
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
    let seats = Arc::new(Semaphore::new(limits.streams));
    loop {
        let next = async {
            // Nobody closes the semaphore.
            let place = Arc::clone(&places).acquire_owned().await.ok();
            (accept(&listener).await, Seat { held: Mutex::new(place), streams: Arc::clone(&seats) })
        };
        let ((stream, address), seat) = tokio::select! {
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
                return serve(Line::new(stream, doom), caller, limits, stop, answer, seat).await;
            };
            let shaken = tokio::select! {
                shaken = tokio::time::timeout(limits.head, shake(stream, doom, &tls)) => shaken,
                _ = stop.wait_for(|stop| *stop) => return,
            };
            // Who is too slow, or does not trust us, is gone.
            match shaken {
                Ok(Ok(Shaken::Secure(line))) => serve(*line, caller, limits, stop, answer, seat).await,
                Ok(Ok(Shaken::Plain(line))) => serve(line, caller, limits, stop, answer, seat).await,
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

/// What a connection takes of the port: one of its places, or, once it follows a stream, which may last for days, one
/// of those beside.
struct Seat {
    held: Mutex<Option<OwnedSemaphorePermit>>,
    streams: Arc<Semaphore>,
}

impl Seat {
    /// Gives the place to others if this answer is a stream; the answer to who comes when too many follow one.
    fn suit(&self, answer: Response) -> Response {
        let kind = answer.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
        if !kind.is_some_and(|kind| kind.starts_with(b"text/event-stream")) {
            return answer;
        }
        let Ok(beside) = Arc::clone(&self.streams).try_acquire_owned() else {
            return Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "too_many_streams",
                "as many follow a stream here as may at once",
                "End one of them: close pages of the live view, or readers of the journal's stream.",
            )
            .into_response();
        };
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(beside);
        answer
    }
}

/// Answers on one connection until it ends; `seat` is kept that long.
async fn serve<F, A>(
    line: impl AsyncRead + AsyncWrite + Unpin + Send,
    caller: Caller,
    limits: Limits,
    mut stop: watch::Receiver<bool>,
    answer: F,
    seat: Seat,
) where
    F: Fn(Request, Caller) -> A + Send + 'static,
    A: Future<Output = Response> + Send + 'static,
{
    let line = TokioIo::new(line);
    let seat = Arc::new(seat);
    let sitting = Arc::clone(&seat);
    let service = service_fn(move |request: http::Request<Incoming>| {
        let answered = answer(request.map(Body::new), caller.clone());
        let seat = Arc::clone(&sitting);
        async move { Ok::<_, Infallible>(seat.suit(answered.await)) }
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
    drop(seat);
}
