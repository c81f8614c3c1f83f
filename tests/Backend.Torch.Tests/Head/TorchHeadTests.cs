using Backend.Torch.Head;
using Backend.Torch.Tests.Shared;
using Spud;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Oracles;
using Xunit;

namespace Backend.Torch.Tests.Head;

public sealed class TorchHeadTests
{
    private static readonly TestModel s_plain = new() { Vocabulary = 333, Hidden = 96 };

    public static TheoryData<string, TestModel, ElementType> Models => new()
    {
        { "f32", s_plain, ElementType.F32 },
        { "q8_0", s_plain, ElementType.Q8_0 },
        { "tied f16", s_plain with { Traits = new() { [Trait.TiedHead] = 1 } }, ElementType.F16 },
        { "scaled q4_0", s_plain with { Traits = new() { [Trait.EmbeddingScale] = 8, [Trait.LogitScale] = 0.25f } }, ElementType.Q4_0 },
        { "odd width", s_plain with { Hidden = 72 }, ElementType.BF16 },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void EmbeddingsAndLogitsAreTheOracles(string name, TestModel model, ElementType type)
    {
        Libtorch.Require();
        Assert.NotEmpty(name);
        using TestBuild build = new(model.Describe(), threads: 2, type);
        using TorchHead head = new(new(), build);
        (Step step, TensorView hidden, TensorView logits) = Run(build, head);

        HeadOracle oracle = new(model, build);
        TensorView embedded = build.Floats(default, step.Rows, model.Hidden);
        head.Embed(step, embedded);
        for (int row = 0; row < step.Rows; row++)
            Compare.Near(oracle.Embed(step.TokenIds.AsSpan<int>()[row]), embedded.At(row).AsSpan<float>(), 1e-6);
        for (int i = 0; i < 3; i++)
            Compare.Near(oracle.Logits(Plain.Row(hidden, Rows[i])), logits.At(i).AsSpan<float>(), Compare.F32);
    }

    private static int[] Rows => [0, 4, 5];

    private static (Step Step, TensorView Hidden, TensorView Logits) Run(TestBuild build, TorchHead head)
    {
        Step step = TestStep.Of(build, TestStep.Slices((5, 0), (1, 17)));
        TensorView hidden = build.Floats(Samples.Of("hidden", step.Rows * build.Model.HiddenWidth), step.Rows, build.Model.HiddenWidth);
        TensorView logits = build.Floats(default, Rows.Length, build.Model.Vocabulary);
        build.Spoil();
        head.Logits(step, hidden, Rows, logits);
        return (step, hidden, logits);
    }
}
