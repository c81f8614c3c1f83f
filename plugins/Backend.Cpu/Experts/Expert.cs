using Backend.Cpu.Shared;
using Spud;

namespace Backend.Cpu.Experts;

/// <summary>One gated feed-forward block: down (act(gate x) * up x).</summary>
internal sealed class Expert
{
    /// <summary>[F, C].</summary>
    public required Linear Gate { get; init; }

    /// <summary>[F, C].</summary>
    public required Linear Up { get; init; }

    /// <summary>[C, F].</summary>
    public required Linear Down { get; init; }

    /// <summary>F32 [F], or absent.</summary>
    public TensorView GateBias { get; init; }

    /// <summary>F32 [F], or absent.</summary>
    public TensorView UpBias { get; init; }

    /// <summary>F32 [C], or absent.</summary>
    public TensorView DownBias { get; init; }

    /// <summary>Whether gate or up reads rounded rows.</summary>
    public bool ReadsRounded => Gate.ReadsRounded || Up.ReadsRounded;

    /// <summary>Whether gate or up reads exact rows.</summary>
    public bool ReadsExact => !Gate.ReadsRounded || !Up.ReadsRounded;

    /// <summary>F.</summary>
    public int Width => Gate.Outputs;
}
