using Spud;
using Spud.Conformance.Fixtures;

namespace Router.Hierarchical.Tests;

/// <summary>The router on one layer of random weights, with texts whose state is kept as the host keeps it.</summary>
internal sealed class TextRun : IDisposable
{
    private readonly TestModel _model;
    private readonly SequenceStateLayout _layout;
    private readonly TensorView _states, _notes;

    public TextRun(TestModel model, HierarchicalRouterOptions options, int threads = 2)
    {
        _model = model;
        Build = new(model.Describe(), threads);
        Router = new(options, Build);
        _layout = Router.StateOf(0)!;
        _states = Build.Allocate(Build.Host, ElementType.I8, Build.Limits.Sequences, _layout.Bytes);
        _notes = Build.Allocate(Build.Host, ElementType.I8, Build.Limits.Sequences, _layout.BorderTokens, _layout.RowBytes);
    }

    public TestBuild Build { get; }

    public HierarchicalRouter Router { get; }

    public float Effort { get; init; } = 1;

    /// <summary>Reads a text from its start, so many rows a step at most; what each row gets.</summary>
    public (int Expert, float Weight)[][] Read(int sequence, float[] hidden, int chunk)
    {
        _states.At(sequence).AsSpan<byte>().Clear();
        List<(int, float)[]> plan = [];
        for (int first = 0; first < hidden.Length / _model.Hidden;)
        {
            int rows = Math.Min(Math.Min(chunk, hidden.Length / _model.Hidden - first), _layout.BorderTokens - first % _layout.BorderTokens);
            plan.AddRange(Step([(sequence, first, hidden[(first * _model.Hidden)..((first + rows) * _model.Hidden)])]));
            first += rows;
        }

        return [.. plan];
    }

    /// <summary>One step, which crosses no border; what reaches one is taken into the state.</summary>
    public (int Expert, float Weight)[][] Step((int Sequence, int FirstPosition, float[] Hidden)[] texts)
    {
        (Step step, TensorView hidden, RoutingPlan plan) = NewStep(texts);
        Build.Spoil();
        Router.Route(0, step, hidden, plan);
        foreach (SequenceSlice slice in step.Sequences)
        {
            if ((slice.FirstPosition + slice.Rows) % _layout.BorderTokens == 0)
                Router.Advance(0, _notes.At(slice.Id), _states.At(slice.Id));
        }

        int[] offsets = plan.Offsets.AsSpan<int>().ToArray(), experts = plan.Experts.AsSpan<int>().ToArray();
        float[] weights = plan.Weights.AsSpan<float>().ToArray();
        return [.. Enumerable.Range(0, step.Rows).Select(row => Enumerable.Range(offsets[row], offsets[row + 1] - offsets[row]).Select(i => (experts[i], weights[i])).ToArray())];
    }

    /// <summary>All texts are as if they had not been read.</summary>
    public void Forget() => _states.AsSpan<byte>().Clear();

    /// <summary>The state of a text.</summary>
    public TensorView StateOf(int sequence) => _states.At(sequence);

    /// <summary>Managed bytes of a step up to a border, when it is not the first.</summary>
    public long AllocatedBy(float[] hidden)
    {
        (Step step, TensorView rows, RoutingPlan plan) = NewStep([(0, 0, hidden)]);
        Build.Spoil();
        long before = 0;
        for (int i = 0; i < 5; i++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            Router.Route(0, step, rows, plan);
            Router.Advance(0, _notes.At(0), _states.At(0));
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    public void Dispose()
    {
        Router.Dispose();
        Build.Dispose();
    }

    private (Step Step, TensorView Hidden, RoutingPlan Plan) NewStep((int Sequence, int FirstPosition, float[] Hidden)[] texts)
    {
        List<SequenceSlice> slices = [];
        foreach ((int sequence, int first, float[] hidden) in texts)
            slices.Add(TestStep.Slice(sequence, hidden.Length / _model.Hidden, first) with { FirstRow = slices.Sum(slice => slice.Rows), Effort = Effort });

        int rows = slices.Sum(slice => slice.Rows), entries = rows * Router.MaxExpertsPerRow;
        Step step = TestStep.Of(Build, [.. slices]) with { States = _states, Notes = _notes, BorderTokens = _layout.BorderTokens };
        RoutingPlan plan = new() { Offsets = Build.Ints(default, rows + 1), Experts = Build.Ints(default, entries), Weights = Build.Floats(default, entries) };
        return (step, Build.Floats([.. texts.SelectMany(text => text.Hidden)], rows, _model.Hidden), plan);
    }
}
