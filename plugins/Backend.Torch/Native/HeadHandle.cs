using Spud;

namespace Backend.Torch.Native;

/// <summary>The shim's head.</summary>
internal sealed class HeadHandle : IDisposable
{
    private nint _head;

    public HeadHandle(in NativeHeadConfig config) => Shim.Require(Shim.Head(config, out _head));

    /// <summary>hidden [T, C] = rows of the embedding.</summary>
    public void Embed(in TensorView ids, in TensorView hidden) => Shim.Require(Shim.HeadEmbed(_head, new(ids), new(hidden)));

    /// <summary>logits [R, V] of some rows of hidden [T, C].</summary>
    public unsafe void Logits(in TensorView hidden, ReadOnlySpan<int> rows, in TensorView logits)
    {
        fixed (int* first = rows)
            Shim.Require(Shim.HeadLogits(_head, new(hidden), first, rows.Length, new(logits)));
    }

    public void Dispose()
    {
        Shim.HeadFree(_head);
        _head = 0;
    }
}
