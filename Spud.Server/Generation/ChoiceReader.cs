using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Spud.Server.Generation;

/// <summary>Reads several choices together.</summary>
internal static class ChoiceReader
{
    /// <summary>Generates all texts to their ends.</summary>
    public static Task ReadAllAsync(IReadOnlyList<Choice> choices) => Task.WhenAll(choices.Select(ReadAsync));

    /// <summary>Pieces of all choices, as they come.</summary>
    /// <param name="choices">At least one.</param>
    /// <param name="cancellation">Cancelled when nobody reads any more.</param>
    public static async IAsyncEnumerable<ChoicePiece> MergeAsync(IReadOnlyList<Choice> choices, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (choices is [{ } only])
        {
            await foreach (ChoicePiece piece in only.ReadAsync().ConfigureAwait(false))
                yield return piece;

            yield break;
        }

        // As long as the client reads; a request has room for all of its pieces itself.
        Channel<ChoicePiece> pieces = Channel.CreateBounded<ChoicePiece>(new BoundedChannelOptions(choices.Count) { SingleReader = true });
        using CancellationTokenSource left = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task all = WriteAllAsync(choices, pieces.Writer, left.Token);
        try
        {
            await foreach (ChoicePiece piece in pieces.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
                yield return piece;
        }
        finally
        {
            await left.CancelAsync().ConfigureAwait(false);
            await all.ConfigureAwait(false);
        }
    }

    private static async Task WriteAllAsync(IReadOnlyList<Choice> choices, ChannelWriter<ChoicePiece> writer, CancellationToken cancellation)
    {
        try
        {
            await Task.WhenAll(choices.Select(choice => WriteAsync(choice, writer, cancellation))).ConfigureAwait(false);
            writer.Complete();
        }
        catch (Exception fault)
        {
            // Thrown to the reader.
            writer.Complete(fault);
        }
    }

    private static async Task ReadAsync(Choice choice)
    {
        await foreach (ChoicePiece piece in choice.ReadAsync().ConfigureAwait(false))
            _ = piece;
    }

    private static async Task WriteAsync(Choice choice, ChannelWriter<ChoicePiece> writer, CancellationToken cancellation)
    {
        await foreach (ChoicePiece piece in choice.ReadAsync().ConfigureAwait(false))
            await writer.WriteAsync(piece, cancellation).ConfigureAwait(false);
    }
}
