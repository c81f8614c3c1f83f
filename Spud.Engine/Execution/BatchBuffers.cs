namespace Spud.Execution;

/// <summary>Host memory of one batch.</summary>
/// <param name="TokenIds">I32 [Rows].</param>
/// <param name="Positions">I32 [Rows].</param>
/// <param name="SequenceOfRow">I32 [Rows].</param>
/// <param name="Logits">F32 [LogitRows, V].</param>
internal sealed record BatchBuffers(TensorView TokenIds, TensorView Positions, TensorView SequenceOfRow, TensorView Logits)
{
    /// <summary>Size of a batch in bytes.</summary>
    public static long BytesOf(Limits limits, int vocabulary) =>
        3 * ElementType.I32.BytesOf(limits.Rows) + ElementType.F32.BytesOf((long)limits.LogitRows * vocabulary);

    public static BatchBuffers Allocate(MemoryAccount account, IMemoryDomain host, Limits limits, int vocabulary) => new(
        account.Allocate(host, ElementType.I32, limits.Rows),
        account.Allocate(host, ElementType.I32, limits.Rows),
        account.Allocate(host, ElementType.I32, limits.Rows),
        account.Allocate(host, ElementType.F32, limits.LogitRows, vocabulary));
}
