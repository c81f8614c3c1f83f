namespace Spud.Tests.Execution.Toy;

/// <summary>Embedding and logits by formula; a row's result depends on that row alone.</summary>
internal sealed class ToyHead(IMemoryDomain host, ToyFaults faults) : IHead
{
    public IMemoryDomain Domain => host;

    public void Embed(in Step step, in TensorView hidden)
    {
        Span<int> ids = step.TokenIds.AsSpan<int>();
        for (int row = 0; row < step.Rows; row++)
        {
            Span<float> to = hidden.At(row).AsSpan<float>();
            for (int c = 0; c < to.Length; c++)
                to[c] = (float)Math.Sin(0.37 * (ids[row] + 1) * (c + 1));
        }

        faults.At("Embed", -1, step);
    }

    public void Logits(in Step step, in TensorView hidden, ReadOnlySpan<int> rows, in TensorView logits)
    {
        faults.At("Logits", -1, step);
        for (int r = 0; r < rows.Length; r++)
        {
            Span<float> of = hidden.At(rows[r]).AsSpan<float>(), to = logits.At(r).AsSpan<float>();
            for (int v = 0; v < to.Length; v++)
                to[v] = (float)ToyMath.Product(of, 900, v);
        }
    }

    public void Dispose()
    {
    }
}
