using Backend.Torch.Attention;
using Backend.Torch.Shared;
using Backend.Torch.Tests.Shared;
using Spud;
using Spud.Conformance.Fixtures;

namespace Backend.Torch.Tests.Attention;

/// <summary>One attention with a step and its history, and the three calls on it.</summary>
internal sealed class AttentionRun : IDisposable
{
    private readonly TorchAttention _attention;

    public AttentionRun(
        TestModel model, SequenceSlice[] slices, int threads = 2, ElementType weights = ElementType.F32,
        ComputeType dtype = ComputeType.F32, ElementType pages = ElementType.F32, int pageTokens = 16)
    {
        Libtorch.Require();
        (Model, Slices) = (model, slices);
        Build = new TestBuild(model.Describe(), threads, weights);
        _attention = new TorchAttention(new() { Dtype = dtype }, Build);
        Step = TestStep.Of(Build, slices);
        int t = Step.Rows;
        Input = Build.Floats(Rows("input", model.Hidden), t, model.Hidden);
        Heads = new()
        {
            Query = Build.Floats(Rows("query", model.QueryHeads * model.KeyWidth), t, model.QueryHeads, model.KeyWidth),
            Key = Build.Floats(default, t, model.KvHeads, model.KeyWidth),
            Value = Build.Floats(default, t, model.KvHeads, model.ValueWidth),
        };
        State = new()
        {
            Max = Build.Floats(default, t, model.QueryHeads),
            Sum = Build.Floats(default, t, model.QueryHeads),
            Accumulator = Build.Floats(default, t, model.QueryHeads, model.ValueWidth),
        };
        TestPages store = new() { PageTokens = pageTokens, Type = pages };
        foreach (SequenceSlice slice in slices)
            store.Add(Kept(slice));
        Pages = store.Build(Build, model);
        Empty();
    }

    public TestModel Model { get; }

    public SequenceSlice[] Slices { get; }

    public TestBuild Build { get; }

    public Step Step { get; }

    public TensorView Input { get; }

    public Heads Heads { get; }

    public AttentionState State { get; }

    public PageView Pages { get; }

    /// <summary>Positions that the cache kept: all of them.</summary>
    public static IEnumerable<int> Kept(SequenceSlice slice) => Enumerable.Range(0, slice.FirstPosition + slice.Rows);

    public void Project()
    {
        Build.Spoil();
        _attention.Project(0, Step, Input, Heads);
    }

    public void Fold() => Fold(Pages);

    public void Fold(PageView pages)
    {
        Build.Spoil();
        _attention.Fold(0, Step, Heads.Query, pages, State);
    }

    public void Finish(in TensorView output)
    {
        Build.Spoil();
        _attention.Finish(0, Step, State, output);
    }

    /// <summary>As the host leaves it: empty entries hold NaN.</summary>
    public void Empty()
    {
        State.Max.AsSpan<float>().Fill(float.NaN);
        State.Accumulator.AsSpan<float>().Fill(float.NaN);
        State.Sum.AsSpan<float>().Clear();
    }

    public void Dispose()
    {
        _attention.Dispose();
        Build.Dispose();
    }

    // A row's numbers depend on its sequence and position alone, so that steps can be cut in any way.
    private float[] Rows(string name, int width) =>
        [.. Slices.SelectMany((slice, sequence) => Enumerable.Range(slice.FirstPosition, slice.Rows)
            .SelectMany(position => Samples.Of($"{name} {sequence} {position}", width)))];
}
