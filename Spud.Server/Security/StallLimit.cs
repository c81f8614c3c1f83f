using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Spud.Server.Security;

/// <summary>
/// Cuts off clients that read nothing of their answer. Kestrel's own limit is a rate over the life of the connection: whoever was sent megabytes at
/// once may stop reading for hours. The text of such an answer was generated without waiting for its reader.
/// </summary>
internal static class StallLimit
{
    /// <summary>Runs the rest of the pipeline with an answer that must go on.</summary>
    /// <param name="context">The request.</param>
    /// <param name="next">The rest.</param>
    /// <param name="limit">How long the connection's buffer may stay full.</param>
    public static Task InvokeAsync(HttpContext context, RequestDelegate next, TimeSpan limit)
    {
        IHttpResponseBodyFeature body = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        context.Features.Set<IHttpResponseBodyFeature>(new LimitedBody(body, new LimitedWriter(body.Writer, context, limit)));
        return next(context);
    }

    private sealed class LimitedBody(IHttpResponseBodyFeature body, LimitedWriter writer) : IHttpResponseBodyFeature
    {
        private Stream? _stream;

        public Stream Stream => _stream ??= writer.AsStream(leaveOpen: true);

        public PipeWriter Writer => writer;

        public void DisableBuffering() => body.DisableBuffering();

        public Task StartAsync(CancellationToken cancellationToken) => body.StartAsync(cancellationToken);

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken) => body.SendFileAsync(path, offset, count, cancellationToken);

        public Task CompleteAsync() => body.CompleteAsync();
    }

    private sealed class LimitedWriter(PipeWriter writer, HttpContext context, TimeSpan limit) : PipeWriter
    {
        // Small enough that a slow client takes one within the limit.
        private const int PieceBytes = 16 << 10;

        public override bool CanGetUnflushedBytes => writer.CanGetUnflushedBytes;

        public override long UnflushedBytes => writer.UnflushedBytes;

        public override void Advance(int bytes) => writer.Advance(bytes);

        public override void CancelPendingFlush() => writer.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => writer.Complete(exception);

        public override Memory<byte> GetMemory(int sizeHint = 0) => writer.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => writer.GetSpan(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => LimitedAsync(writer.FlushAsync(cancellationToken));

        public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
        {
            for (; source.Length > PieceBytes; source = source[PieceBytes..])
                await LimitedAsync(writer.WriteAsync(source[..PieceBytes], cancellationToken)).ConfigureAwait(false);

            return await LimitedAsync(writer.WriteAsync(source, cancellationToken)).ConfigureAwait(false);
        }

        private ValueTask<FlushResult> LimitedAsync(ValueTask<FlushResult> flush) => flush.IsCompleted ? flush : WaitAsync(flush.AsTask());

        private async ValueTask<FlushResult> WaitAsync(Task<FlushResult> flush)
        {
            try
            {
                return await flush.WaitAsync(limit).ConfigureAwait(false);
            }
            catch (TimeoutException) when (!flush.IsCompleted)
            {
                context.Abort();
                throw new ConnectionAbortedException($"the client has read nothing for {limit.TotalSeconds:0} s");
            }
        }
    }
}
