using System.Runtime.InteropServices;
using Spud;

namespace Backend.Torch.Native;

/// <summary>Mirrors <c>shim/abi.h</c>, member for member.</summary>
internal static class Abi
{
    /// <summary>Number of the border that this code was written for.</summary>
    public const int Version = 1;
}

/// <summary>A view as the shim reads it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeView
{
    private nint _address;
    private int _type;
    private int _rank;
    private fixed long _shape[4];

    public NativeView(in TensorView view)
    {
        (_address, _type, _rank) = (view.Address, (int)view.Type, view.Rank);
        for (int axis = 0; axis < view.Rank; axis++)
            _shape[axis] = view.Shape[axis];
    }
}

/// <summary>Where a component computes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativePlace
{
    public nint Device;
    public int IsHost;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeHeadConfig
{
    public NativePlace Place;
    public NativeView Embedding, Norm, Output;
    public float Epsilon, EmbeddingScale, LogitScale;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeAttentionConfig
{
    public NativePlace Place;
    public NativeView Norm, Qkv, QkvBias, QueryNorm, KeyNorm, Cos, Sin, Output, OutputBias, Sinks, PostNorm;
    public int QueryHeads, KvHeads, KeyWidth, ValueWidth, HeadNorm, RopeInterleaved, Window;
    public float Epsilon, ScoreScale, ResidualScale;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeFoldInput
{
    public NativeView Query, Keys, Values;
    public int* Positions;
    public KeyRun* Runs;
    public int* RunOffsets;
    public SequenceSlice* Slices;
    public int Sequences, PageTokens;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeState(in AttentionState state)
{
    public NativeView Max = new(state.Max), Sum = new(state.Sum), Accumulator = new(state.Accumulator);
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeRouterConfig
{
    public NativePlace Place;
    public NativeView Norm, Gate, Bias;
    public int Used, Renormalises;
    public float Epsilon;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativePlan(in RoutingPlan plan)
{
    public NativeView Offsets = new(plan.Offsets), Experts = new(plan.Experts), Weights = new(plan.Weights);
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeExpertsConfig
{
    public NativePlace Place;
    public NativeView Norm, GateUp, GateUpBias, Down, DownBias, SharedGateUp, SharedDown, SharedGate, PostNorm;
    public int Activation;
    public float Limit, Epsilon, ResidualScale;
}
