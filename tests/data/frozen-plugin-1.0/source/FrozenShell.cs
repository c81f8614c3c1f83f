using Spud;

namespace Frozen;

/// <summary>Has every member that the contract asked of head, attention, experts and a device; computes nothing.</summary>
internal sealed class FrozenShell : IHead, IAttention, IExperts, IMemoryDomain
{
    public IMemoryDomain Domain => this;

    public string Name => "frozen";

    public bool IsHost => false;

    /// <summary>The type loads only if the interfaces gained nothing.</summary>
    public static FrozenShell Refuse() => throw new RefusedException($"frozen shell '{new FrozenShell().Name}' loaded; it computes nothing");

    public void Embed(in Step step, in TensorView hidden) => throw Lost();

    public void Logits(in Step step, in TensorView hidden, ReadOnlySpan<int> rows, in TensorView logits) => throw Lost();

    public void Project(int layer, in Step step, in TensorView input, in Heads heads) => throw Lost();

    public void Fold(int layer, in Step step, in TensorView query, in PageView pages, in AttentionState state) => throw Lost();

    public void Finish(int layer, in Step step, in AttentionState state, in TensorView output) => throw Lost();

    public void Execute(int layer, in Step step, in TensorView input, in RoutingPlan plan, in TensorView output) => throw Lost();

    public nint Allocate(long bytes) => throw Lost();

    public void Free(nint address, long bytes) => throw Lost();

    public void Copy(in TensorView source, in TensorView destination) => throw Lost();

    public void Append(in Heads heads, in TensorView slots, PagePool pool) => throw Lost();

    public void Wait() => throw Lost();

    public void Dispose()
    {
    }

    private static DeviceLostException Lost() => new("there is no device", new NotSupportedException());
}
