namespace Spud.Execution;

/// <summary>Some of a batch's sequences as a batch of its own, without logits, in memory of its own.</summary>
/// <param name="account">Counts the memory.</param>
/// <param name="host">The host's domain.</param>
/// <param name="limits">The largest step.</param>
internal sealed class BatchPart(MemoryAccount account, IMemoryDomain host, Limits limits)
{
    private readonly BatchBuffers _buffers = new(
        account.Allocate(host, ElementType.I32, limits.Rows), account.Allocate(host, ElementType.I32, limits.Rows), account.Allocate(host, ElementType.I32, limits.Rows), default);

    /// <summary>Bytes of its memory.</summary>
    public long Bytes => _buffers.TokenIds.Bytes + _buffers.Positions.Bytes + _buffers.SequenceOfRow.Bytes;

    /// <summary>The batch; null before the first <see cref="Take"/>.</summary>
    public Batch? Batch { get; private set; }

    /// <summary>Takes over entries of a batch, in their order.</summary>
    public void Take(Batch whole, ReadOnlySpan<int> entries)
    {
        Batch ??= whole.NewPart(_buffers);
        Batch.Take(whole, entries);
    }
}
