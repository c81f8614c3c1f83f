using Backend.Onnx.Attention;
using Backend.Onnx.Tests.Shared;
using Spud;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Oracles;
using Xunit;

namespace Backend.Onnx.Tests;

/// <summary>One layer against the double-precision reference.</summary>
public sealed class AttentionTests
{
    private const double Exact = 2e-5;
    private static readonly TestModel s_plain = new();

    public static TheoryData<string, TestModel> Models => new()
    {
        { "plain", s_plain },
        { "one KV head, odd widths", s_plain with { Hidden = 40, QueryHeads = 3, KvHeads = 1, KeyWidth = 6, ValueWidth = 10, Rope = new() { Interleaved = true, Width = 4, Base = 10 } } },
        { "partial rope, factors, magnitude", s_plain with { Rope = new() { Interleaved = false, Width = 8, Base = 100, Factors = [1, 2, 4, 8], Magnitude = 1.2f } } },
        { "no rope, biases, scale", s_plain with { Rope = null, Traits = new() { [Trait.ProjectionBias] = 1, [Trait.OutputBias] = 1, [Trait.ScoreScale] = 0.5f } } },
        { "head norm, post norm", s_plain with { Traits = new() { [Trait.HeadNorm] = 1, [Trait.AttentionPostNorm] = 1, [Trait.OutputBias] = 1 } } },
        { "full norm, residual scale", s_plain with { KvHeads = 4, ValueWidth = 24, Traits = new() { [Trait.FullNorm] = 1, [Trait.AttentionResidualScale] = 0.22f } } },
        { "window and sinks", s_plain with { Traits = new() { [Trait.Window] = 7, [Trait.Sinks] = 1 } } },
        { "long window", s_plain with { Traits = new() { [Trait.Window] = 300 } } },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void EveryVerbIsTheOracles(string name, TestModel model)
    {
        Assert.NotEmpty(name);
        foreach (int pageTokens in new[] { 1024, 16 })
        {
            foreach (SequenceSlice[] slices in new[] { TestStep.Slices((9, 0), (1, 600), (1, 0)), TestStep.Slices((90, 251)) })
                Check(model, slices, pageTokens);
        }
    }

    [Fact]
    public void DisjointPagesFoldedOneAfterTheOtherAreOneFold()
    {
        using TestBuild build = new(s_plain.Describe());
        using OnnxAttention attention = Made.Attention(build);
        SequenceSlice[] slices = TestStep.Slices((5, 300));
        Step step = TestStep.Of(build, slices);
        TensorView query = build.Floats(Samples.Of("query", 5 * 64), 5, 4, 16);
        AttentionState whole = NewState(build, s_plain, 5), parts = NewState(build, s_plain, 5);
        build.Spoil();
        attention.Fold(0, step, query, Pages(build, s_plain, 64, [Enumerable.Range(0, 305)]), whole);
        attention.Fold(0, step, query, Pages(build, s_plain, 64, [Enumerable.Range(100, 205)]), parts);
        attention.Fold(0, step, query, Pages(build, s_plain, 512, [Enumerable.Range(0, 100)]), parts);
        Compare.Near(Attended(whole, s_plain, 0), [.. Attended(parts, s_plain, 0).Select(value => (float)value)], Exact);
        Compare.Near(Attended(whole, s_plain, 4), [.. Attended(parts, s_plain, 4).Select(value => (float)value)], Exact);
    }

    [Fact]
    public void RowsThatSeeNoKeyStayEmpty()
    {
        TestModel model = s_plain with { Traits = new() { [Trait.Window] = 4 } };
        using TestBuild build = new(model.Describe());
        using OnnxAttention attention = Made.Attention(build);
        Step step = TestStep.Of(build, TestStep.Slices((8, 10)));
        TensorView query = build.Floats(Samples.Of("query", 8 * 64), 8, 4, 16);
        AttentionState state = NewState(build, model, 8);
        build.Spoil();
        attention.Fold(0, step, query, Pages(build, model, 64, [Enumerable.Range(0, 11)]), state);
        Assert.All(state.Sum.At(0).AsSpan<float>().ToArray(), sum => Assert.True(sum >= 1));
        Assert.All(state.Sum.At(7).AsSpan<float>().ToArray(), sum => Assert.Equal(0, sum));
        TensorView output = build.Floats(Samples.Of("output", 8 * 64), 8, 64);
        attention.Finish(0, step, state, output);
        Assert.DoesNotContain(output.AsSpan<float>().ToArray(), float.IsNaN);
    }

    private static void Check(TestModel model, SequenceSlice[] slices, int pageTokens)
    {
        using TestBuild build = new(model.Describe());
        using OnnxAttention attention = Made.Attention(build);
        Step step = TestStep.Of(build, slices);
        int t = step.Rows;
        TensorView input = build.Floats(Samples.Of("input", t * model.Hidden), t, model.Hidden);
        Heads heads = new()
        {
            Query = build.Floats(default, t, model.QueryHeads, model.KeyWidth),
            Key = build.Floats(default, t, model.KvHeads, model.KeyWidth),
            Value = build.Floats(default, t, model.KvHeads, model.ValueWidth),
        };
        AttentionState state = NewState(build, model, t);
        PageView pages = Pages(build, model, pageTokens, slices.Select(slice => Enumerable.Range(0, slice.FirstPosition + slice.Rows)));
        build.Spoil();
        attention.Project(0, step, input, heads);
        attention.Fold(0, step, heads.Query, pages, state);
        double[][] attended = [.. Enumerable.Range(0, t).Select(row => Attended(state, model, row))];
        float[] before = Samples.Of("before", t * model.Hidden);
        TensorView output = build.Floats(before, t, model.Hidden);
        attention.Finish(0, step, state, output);

        AttentionOracle oracle = new(model, build);
        for (int row = 0; row < t; row++)
        {
            int position = step.Positions.AsSpan<int>()[row], sequence = step.SequenceOfRow.AsSpan<int>()[row];
            (double[] query, double[] key, double[] value) = oracle.Project(Plain.Row(input, row), position);
            Compare.Near(query, heads.Query.At(row).AsSpan<float>(), Exact);
            Compare.Near(key, heads.Key.At(row).AsSpan<float>(), Exact);
            Compare.Near(value, heads.Value.At(row).AsSpan<float>(), Exact);
            if (row % 5 != 0 && row != t - 1)
                continue;

            List<(int, double[], double[])> keys = [.. Enumerable.Range(0, position + 1).Select(at =>
                (at, Doubles(TestPages.KeyOf(model, sequence, at)), Doubles(TestPages.ValueOf(model, sequence, at))))];
            Compare.Near(oracle.Attend(query, position, keys, withSinks: false), [.. attended[row].Select(x => (float)x)], Exact);
            double[] added = oracle.Finish(oracle.Attend(query, position, keys, withSinks: true));
            Compare.Near([.. added.Select((x, i) => x + before[row * model.Hidden + i])], output.At(row).AsSpan<float>(), Exact);
        }
    }

    private static PageView Pages(TestBuild build, TestModel model, int pageTokens, IEnumerable<IEnumerable<int>> sequences)
    {
        TestPages pages = new() { PageTokens = pageTokens, Type = ElementType.F32 };
        foreach (IEnumerable<int> positions in sequences)
            pages.Add(positions);
        return pages.Build(build, model);
    }

    private static AttentionState NewState(TestBuild build, TestModel model, int rows)
    {
        AttentionState state = new()
        {
            Max = build.Floats(default, rows, model.QueryHeads),
            Sum = build.Floats(default, rows, model.QueryHeads),
            Accumulator = build.Floats(default, rows, model.QueryHeads, model.ValueWidth),
        };
        state.Max.AsSpan<float>().Fill(float.NaN);
        state.Accumulator.AsSpan<float>().Fill(float.NaN);
        return state;
    }

    private static double[] Attended(in AttentionState state, TestModel model, int row)
    {
        float[] sum = state.Sum.At(row).AsSpan<float>().ToArray();
        return [.. state.Accumulator.At(row).AsSpan<float>().ToArray().Select((value, i) => (double)value / sum[i / model.ValueWidth])];
    }

    private static double[] Doubles(float[] values) => [.. values.Select(value => (double)value)];
}
