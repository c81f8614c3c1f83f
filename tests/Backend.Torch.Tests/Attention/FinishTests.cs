using Backend.Torch.Tests.Shared;
using Spud;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Oracles;
using Xunit;

namespace Backend.Torch.Tests.Attention;

public sealed class FinishTests
{
    private static readonly TestModel s_plain = new() { Rope = null };

    public static TheoryData<string, TestModel> Models => new()
    {
        { "plain", s_plain },
        { "sinks", s_plain with { Traits = new() { [Trait.Sinks] = 1, [Trait.OutputBias] = 1 } } },
        { "post norm", s_plain with { Traits = new() { [Trait.AttentionPostNorm] = 1, [Trait.OutputBias] = 1 } } },
        { "residual scale", s_plain with { ValueWidth = 24, Traits = new() { [Trait.AttentionResidualScale] = 0.22f } } },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void WhatIsAddedIsTheOracles(string name, TestModel model)
    {
        Assert.NotEmpty(name);
        using AttentionRun run = new(model, TestStep.Slices((9, 40), (1, 3)));
        run.Fold();
        float[] before = Samples.Of("before", run.Step.Rows * model.Hidden);
        TensorView output = run.Build.Floats(before, run.Step.Rows, model.Hidden);
        run.Finish(output);

        AttentionOracle oracle = new(model, run.Build);
        for (int sequence = 0; sequence < run.Slices.Length; sequence++)
        {
            SequenceSlice slice = run.Slices[sequence];
            List<(int, double[], double[])> keys = [.. AttentionRun.Kept(slice).Select(position =>
                (position, Doubles(TestPages.KeyOf(model, sequence, position)), Doubles(TestPages.ValueOf(model, sequence, position))))];
            for (int row = slice.FirstRow; row < slice.FirstRow + slice.Rows; row++)
            {
                double[] attended = oracle.Attend(Plain.Row(run.Heads.Query, row), slice.FirstPosition + row - slice.FirstRow, keys, withSinks: true);
                double[] expected = [.. oracle.Finish(attended).Select((value, i) => value + before[row * model.Hidden + i])];
                Compare.Near(expected, output.At(row).AsSpan<float>(), Compare.F32);
            }
        }
    }

    private static double[] Doubles(float[] values) => [.. values.Select(value => (double)value)];
}
