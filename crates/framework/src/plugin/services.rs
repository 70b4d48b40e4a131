//! go-plugin's own services. All but `Shutdown` only have to exist.

use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tfplugin::plugin::grpc_broker_server::GrpcBroker;
use tfplugin::plugin::grpc_controller_server::GrpcController;
use tfplugin::plugin::grpc_stdio_server::GrpcStdio;
use tfplugin::plugin::{ConnInfo, Empty, StdioData};
use tokio_stream::Stream;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status, Streaming, async_trait};

/// Ends the process when Terraform asks for it.
pub(crate) struct Controller {
    ending: CancellationToken,
}

impl Controller {
    pub(crate) fn new(ending: CancellationToken) -> Self {
        Self { ending }
    }
}

#[async_trait]
impl GrpcController for Controller {
    async fn shutdown(&self, _request: Request<Empty>) -> Result<Response<Empty>, Status> {
        tracing::debug!("Terraform ends the provider.");
        self.ending.cancel();
        Ok(Response::new(Empty {}))
    }
}

/// Would carry connections from the provider to Terraform. Terraform opens the stream and never
/// uses it.
pub(crate) struct Broker {
    ending: CancellationToken,
}

impl Broker {
    pub(crate) fn new(ending: CancellationToken) -> Self {
        Self { ending }
    }
}

#[async_trait]
impl GrpcBroker for Broker {
    async fn start_stream(
        &self,
        _request: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<BoxStream<ConnInfo>>, Status> {
        Ok(Response::new(Box::pin(Silence::until(&self.ending))))
    }
}

/// Would carry what the provider writes to its standard output and error. Terraform shows data here
/// as a warning, so that there is none: logs go to the real standard error.
pub(crate) struct Stdio {
    ending: CancellationToken,
}

impl Stdio {
    pub(crate) fn new(ending: CancellationToken) -> Self {
        Self { ending }
    }
}

#[async_trait]
impl GrpcStdio for Stdio {
    async fn stream_stdio(
        &self,
        _request: Request<()>,
    ) -> Result<Response<BoxStream<StdioData>>, Status> {
        Ok(Response::new(Box::pin(Silence::until(&self.ending))))
    }
}

/// A stream that yields nothing and ends with the server, so that it never holds the server up.
struct Silence<T> {
    end: Pin<Box<WaitForCancellationFutureOwned>>,
    item: PhantomData<fn() -> T>,
}

impl<T> Silence<T> {
    fn until(ending: &CancellationToken) -> Self {
        Self { end: Box::pin(ending.clone().cancelled_owned()), item: PhantomData }
    }
}

impl<T> Stream for Silence<T> {
    type Item = Result<T, Status>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        ready!(self.end.as_mut().poll(context));
        Poll::Ready(None)
    }
}
