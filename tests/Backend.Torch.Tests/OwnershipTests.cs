using Backend.Torch.Attention;
using Backend.Torch.Experts;
using Backend.Torch.Head;
using Backend.Torch.Router;
using Backend.Torch.Shared;
using Backend.Torch.Tests.Shared;
using Spud;
using Spud.Conformance.Fixtures;
using TorchSharp;
using Xunit;

namespace Backend.Torch.Tests;

/// <summary>
/// Native handles have owners (the first version kept bare addresses): what a call makes is gone when it returns, and what a component
/// holds is gone when it is disposed, at once and not when the collector comes.
/// </summary>
[Collection(Alone.Name)]
public sealed class OwnershipTests
{
    private static readonly TestModel s_model = new()
    {
        Experts = 6,
        ExpertsUsed = 2,
        ExpertWidth = 32,
        Traits = new() { [Trait.Window] = 40, [Trait.Sinks] = 1, [Trait.ExpertBias] = 1, [Trait.SharedExpert] = 24, [Trait.ExpertPostNorm] = 1 },
    };

    [Theory]
    [InlineData(1, "f32")]
    [InlineData(40, "f32")]
    [InlineData(1, "bf16")]
    [InlineData(40, "f16")]
    public void EveryTensorOfACallIsDisposedWhenItReturns(int rows, string dtype)
    {
        Libtorch.Require();
        ComputeType type = Enum.Parse<ComputeType>(dtype, ignoreCase: true);
        using TestBuild build = new(s_model.Describe());
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = torch.Tensor.TotalCount;
        using (Roles roles = new(build, type, rows))
        {
            roles.Run();
            long held = torch.Tensor.TotalCount;
            roles.Run();
            Assert.Equal(held, torch.Tensor.TotalCount);
        }

        Assert.Equal(before, torch.Tensor.TotalCount);
    }

    [Fact]
    public void AComponentThatWasDisposedDoesNotTouchItsMemory()
    {
        Libtorch.Require();
        using TestBuild build = new(s_model.Describe());
        Roles roles = new(build, ComputeType.F32, rows: 1);
        roles.Run();
        roles.Dispose();
        roles.Dispose();
        Assert.Throws<InvalidOperationException>(roles.Run);
    }

    /// <summary>All roles, called as a step calls them.</summary>
    private sealed class Roles : IDisposable
    {
        private readonly TorchHead _head;
        private readonly TorchAttention _attention;
        private readonly TorchRouter _router;
        private readonly TorchExperts _experts;
        private readonly Step _step;
        private readonly PageView _pages;
        private readonly TensorView _hidden, _logits;
        private readonly Heads _heads;
        private readonly AttentionState _state;
        private readonly RoutingPlan _plan;

        public Roles(TestBuild build, ComputeType type, int rows)
        {
            TorchOptions options = new() { Dtype = type };
            (_head, _attention, _router, _experts) = (new(options, build), new(options, build), new(new(), build), new(options, build));
            _step = TestStep.Of(build, TestStep.Slices((rows, 60)));
            TestPages pages = new() { PageTokens = 16, Type = ElementType.F32 };
            pages.Add(_step.Sequences[0].Id, Enumerable.Range(0, 60 + rows));
            _pages = pages.Build(build, s_model);
            (_hidden, _logits) = (build.Floats(Samples.Of("hidden", rows * s_model.Hidden), rows, s_model.Hidden), build.Floats(default, 1, build.Model.Vocabulary));
            _heads = new()
            {
                Query = build.Floats(default, rows, s_model.QueryHeads, s_model.KeyWidth),
                Key = build.Floats(default, rows, s_model.KvHeads, s_model.KeyWidth),
                Value = build.Floats(default, rows, s_model.KvHeads, s_model.ValueWidth),
            };
            _state = new()
            {
                Max = build.Floats(default, rows, s_model.QueryHeads),
                Sum = build.Floats(default, rows, s_model.QueryHeads),
                Accumulator = build.Floats(default, rows, s_model.QueryHeads, s_model.ValueWidth),
            };
            _plan = new() { Offsets = build.Ints(default, rows + 1), Experts = build.Ints(default, rows * 2), Weights = build.Floats(default, rows * 2) };
        }

        public void Run()
        {
            _head.Embed(_step, _hidden);
            _attention.Project(0, _step, _hidden, _heads);
            _state.Sum.AsSpan<float>().Clear();
            _attention.Fold(0, _step, _heads.Query, _pages, _state);
            _attention.Finish(0, _step, _state, _hidden);
            _router.Route(0, _step, _hidden, _plan);
            _experts.Execute(0, _step, _hidden, _plan, _hidden);
            _head.Logits(_step, _hidden, [_step.Rows - 1], _logits);
        }

        public void Dispose()
        {
            foreach (IDisposable role in (ReadOnlySpan<IDisposable>)[_head, _attention, _router, _experts])
                role.Dispose();
        }
    }
}
