using Spud.Server.Http;

namespace Spud.Server.Generation;

/// <summary>Runs the choices of a streamed answer.</summary>
/// <param name="stream">The answer.</param>
/// <param name="interval">Interval of signs of life while there is no token.</param>
internal sealed class StreamRunner(EventStream stream, TimeSpan interval)
{
    /// <summary>Sends all pieces. A fault before the first of them is thrown; a later one is the stream's last event.</summary>
    /// <param name="pieces">The pieces.</param>
    /// <param name="send">Sends one.</param>
    /// <param name="end">Sends what comes after the last one.</param>
    /// <param name="failed">Sends a fault.</param>
    public async Task RunAsync(IAsyncEnumerable<ChoicePiece> pieces, Func<ChoicePiece, ValueTask> send, Func<ValueTask> end, Func<ApiException, ValueTask> failed)
    {
        try
        {
            IAsyncEnumerator<ChoicePiece> reader = pieces.GetAsyncEnumerator();
            await using (reader.ConfigureAwait(false))
            {
                while (await NextAsync(reader).ConfigureAwait(false))
                    await send(reader.Current).ConfigureAwait(false);
            }

            await end().ConfigureAwait(false);
        }
        catch (Exception fault) when (stream.HasBegun && fault is not (OperationCanceledException or IOException))
        {
            await failed(Faults.Of(fault)).ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<ChoicePiece> reader)
    {
        ValueTask<bool> next = reader.MoveNextAsync();
        if (next.IsCompleted)
            return await next.ConfigureAwait(false);

        Task<bool> waiting = next.AsTask();
        while (true)
        {
            try
            {
                return await waiting.WaitAsync(interval).ConfigureAwait(false);
            }
            catch (TimeoutException) when (!waiting.IsCompleted)
            {
                await KeepAliveAsync(waiting).ConfigureAwait(false);
            }
        }
    }

    private async Task KeepAliveAsync(Task waiting)
    {
        try
        {
            await stream.KeepAliveAsync().ConfigureAwait(false);
        }
        catch
        {
            // The client has left, which ends its texts. Until then their reader is in use: it could not be disposed, and their jobs would stay open.
            await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }
}
