using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Rigs;

/// <summary>An attention, one step and its history. The three calls do not feed each other, so that each can be compared alone.</summary>
internal sealed class AttentionRig : Rig<IAttention>
{
    private readonly GuardedTensor _query, _key, _value, _max, _sum, _accumulator, _output;
    private readonly GuardedTensor _doneMax, _doneSum, _doneAccumulator;
    private readonly PageWatch _watch;

    /// <param name="subject">An attention.</param>
    /// <param name="settings">What it is made of.</param>
    /// <param name="pages">What Fold reads; null: all keys up to and with the step's.</param>
    public AttentionRig(Subject subject, RigSettings settings, TestPages? pages = null)
        : base(subject, settings)
    {
        (int h, int g, int d, int dv) = (Model.QueryHeads, Model.KvHeads, Model.KeyWidth, Model.ValueWidth);
        Step = NewStep();
        Hidden = Input("input", Samples("input", Model.Hidden), Rows, Model.Hidden);
        _query = Written("projected query", ElementType.F32, Rows, h, d);
        _key = Written("projected key", ElementType.F32, Rows, g, d);
        _value = Written("projected value", ElementType.F32, Rows, g, dv);
        Query = Input("query", Samples("query", h * d), Rows, h, d);
        _max = Written("max", ElementType.F32, Rows, h);
        _sum = Written("sum", ElementType.F32, Rows, h);
        _accumulator = Written("accumulator", ElementType.F32, Rows, h, dv);
        (_doneMax, _doneSum, _doneAccumulator) = (Written("finished max", ElementType.F32, Rows, h), Written("finished sum", ElementType.F32, Rows, h), Written("finished accumulator", ElementType.F32, Rows, h, dv));
        _output = Written("output", ElementType.F32, Rows, Model.Hidden);
        Pages = pages ?? AllPages(settings);
        View = Pages.Build(Build, Domain, Model);
        _watch = new PageWatch(Build, Domain, View);
        Fill();
    }

    public Step Step { get; }

    /// <summary>What Project reads.</summary>
    public GuardedTensor Hidden { get; }

    /// <summary>What Fold reads in addition to pages.</summary>
    public GuardedTensor Query { get; }

    public TestPages Pages { get; }

    public PageView View { get; }

    /// <summary>What Fold merges into; empty before <see cref="Run"/>, Max and Accumulator undefined.</summary>
    public AttentionState State => new() { Max = _max.View, Sum = _sum.View, Accumulator = _accumulator.View };

    /// <summary>[T, C]: what the output holds before Finish.</summary>
    public float[] Before { get; private set; } = [];

    public override IReadOnlyList<Output> Outputs =>
    [
        new("query", _query.Result(), Model.QueryHeads * Model.KeyWidth),
        new("key", _key.Result(), Model.KvHeads * Model.KeyWidth),
        new("value", _value.Result(), Model.KvHeads * Model.ValueWidth),
        new("attended", Attended(), Model.QueryHeads * Model.ValueWidth),
        new("output", _output.Result(), Model.Hidden),
    ];

    private Heads Heads => new() { Query = _query.View, Key = _key.View, Value = _value.View };

    private AttentionState Done => new() { Max = _doneMax.View, Sum = _doneSum.View, Accumulator = _doneAccumulator.View };

    /// <summary>All keys of each sequence of a step.</summary>
    public static TestPages AllPages(RigSettings settings)
    {
        TestPages pages = new() { PageTokens = settings.PageTokens, Type = settings.Pages };
        foreach (SequenceSlice slice in settings.Slices)
            pages.Add(slice.Id, Enumerable.Range(0, slice.FirstPosition + (slice.Rows - 1) * settings.Stride + 1));

        return pages;
    }

    public override void Run()
    {
        Project();
        Empty();
        Fold(View);
        Finish();
    }

    public void Project() => Component.Project(0, Step, Hidden.View, Heads);

    public void Fold(in PageView pages) => Component.Fold(0, Step, Query.View, pages, State);

    public void Finish()
    {
        _doneMax.Upload();
        _doneSum.Upload();
        _doneAccumulator.Upload();
        _output.Upload();
        Component.Finish(0, Step, Done, _output.View);
    }

    /// <summary>What key mass is added to.</summary>
    public const float MassBefore = 0.5f;

    /// <summary>What the rows give to each key of some pages, which were folded: [G, ContextTokens].</summary>
    public float[] KeyMass(PageView[] pages)
    {
        GuardedTensor mass = Written("key mass", ElementType.F32, Model.KvHeads, Build.Limits.ContextTokens);
        mass.Floats.Fill(MassBefore);
        mass.Upload();
        IGivesKeyMass gives = (IGivesKeyMass)Component;
        Call(() => Array.ForEach(pages, page => gives.AddKeyMass(0, Step, Query.View, new ReadOnlySpan<PageView>(in page), State with { Accumulator = default }, mass.View)));
        return mass.Result();
    }

    /// <summary>As the host leaves a state: Sum is 0, the rest is undefined.</summary>
    public void Empty()
    {
        _max.Upload();
        _sum.Upload();
        _accumulator.Upload();
    }

    /// <summary>What Finish is given as a row's state: max, sum and accumulator.</summary>
    public (double Max, double Sum, double[] Accumulator) FinishedState(int row, int head)
    {
        int entry = row * Model.QueryHeads + head;
        return (_doneMax.Floats[entry], _doneSum.Floats[entry], [.. _doneAccumulator.Floats.Slice(entry * Model.ValueWidth, Model.ValueWidth).ToArray().Select(value => (double)value)]);
    }

    /// <summary>The accumulators over the sums, [T, H, Dv]; NaN where nothing was folded.</summary>
    public float[] Attended()
    {
        float[] sums = _sum.Result(), accumulators = _accumulator.Result();
        return [.. accumulators.Select((value, i) => value / sums[i / Model.ValueWidth])];
    }

    /// <summary>[T, H].</summary>
    public float[] Sums() => _sum.Result();

    /// <summary>Checks that pages are what they were.</summary>
    public void RequirePagesUntouched() => _watch.RequireUntouched();

    public override IEnumerable<(string What, Action Call)> WrongCalls()
    {
        yield return ("Project with an input of another width", () => Component.Project(0, Step, Narrower(Hidden.View), Heads));
        yield return ("Project with keys of another width", () => Component.Project(0, Step, Hidden.View, new() { Query = _query.View, Key = Narrower(_key.View), Value = _value.View }));
        yield return ("Fold with queries of another width", () => Component.Fold(0, Step, Narrower(Query.View), View, State));
        yield return ("Fold into an accumulator of another width", () => Component.Fold(0, Step, Query.View, View, new() { Max = _max.View, Sum = _sum.View, Accumulator = Narrower(_accumulator.View) }));
        yield return ("Finish into an output of another width", () => Component.Finish(0, Step, Done, Narrower(_output.View)));
    }

    // Where nothing is done yet, sums are 0; what Finish reads is made up.
    private void Fill()
    {
        _sum.Floats.Clear();
        Samples("max", Model.QueryHeads).CopyTo(_doneMax.Floats);
        Samples("sum", Model.QueryHeads).Select(value => 1.5f + value).ToArray().CopyTo(_doneSum.Floats);
        Samples("accumulator", Model.QueryHeads * Model.ValueWidth).CopyTo(_doneAccumulator.Floats);
        Before = Samples("before", Model.Hidden);
        Before.CopyTo(_output.Floats);
        Empty();
    }
}
